package io.github.realtimeclassifier.core;

/** A camera, or whatever else gives or shows frames, failed. */
public final class FrameException extends DeploymentException {
    private static final long serialVersionUID = 1L;

    /** Makes one with a message for the user. */
    public FrameException(String message) {
        super(message);
    }

    /** Makes one with a message for the user, and the exception behind it. */
    public FrameException(String message, Throwable cause) {
        super(message, cause);
    }
}
