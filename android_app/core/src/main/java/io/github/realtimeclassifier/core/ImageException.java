package io.github.realtimeclassifier.core;

/** An image or a camera frame has the wrong size, layout or content. */
public final class ImageException extends DeploymentException {
    private static final long serialVersionUID = 1L;

    /** Makes one with a message for the user. */
    public ImageException(String message) {
        super(message);
    }

    /** Makes one with a message for the user, and the exception behind it. */
    public ImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
