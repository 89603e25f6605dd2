package io.github.realtimeclassifier.core;

/** A model file is missing, damaged, of another model, or cannot be run. */
public final class ModelFileException extends DeploymentException {
    private static final long serialVersionUID = 1L;

    /** Makes one with a message for the user. */
    public ModelFileException(String message) {
        super(message);
    }

    /** Makes one with a message for the user, and the exception behind it. */
    public ModelFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
