package io.github.realtimeclassifier.core;

/** A manifest is malformed, or does not describe the files beside it. */
public final class ManifestException extends DeploymentException {
    private static final long serialVersionUID = 1L;

    /** Makes one with a message for the user. */
    public ManifestException(String message) {
        super(message);
    }

    /** Makes one with a message for the user, and the exception behind it. */
    public ManifestException(String message, Throwable cause) {
        super(message, cause);
    }
}
