package io.github.realtimeclassifier.core;

/** A run log could not be written, or would not be true. */
public final class RunLogException extends DeploymentException {
    private static final long serialVersionUID = 1L;

    /** Makes one with a message for the user. */
    public RunLogException(String message) {
        super(message);
    }

    /** Makes one with a message for the user, and the exception behind it. */
    public RunLogException(String message, Throwable cause) {
        super(message, cause);
    }
}
