package io.github.realtimeclassifier.core;

/**
 * Base of every exception that the core throws on purpose. Its message is for the person at the screen: what was
 * expected, what was received, and what to do about it.
 */
public class DeploymentException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Makes one with a message for the user. */
    public DeploymentException(String message) {
        super(message);
    }

    /** Makes one with a message for the user, and the exception behind it. */
    public DeploymentException(String message, Throwable cause) {
        super(message, cause);
    }
}
