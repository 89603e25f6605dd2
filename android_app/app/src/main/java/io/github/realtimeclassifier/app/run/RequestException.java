package io.github.realtimeclassifier.app.run;

import io.github.realtimeclassifier.core.DeploymentException;

/** What was asked for cannot be measured: an intent's extra, or an entry on the screen. */
public final class RequestException extends DeploymentException {
    private static final long serialVersionUID = 1L;

    /** Makes one with a message for the user. */
    public RequestException(String message) {
        super(message);
    }

    /** Makes one with a message for the user, and the exception behind it. */
    public RequestException(String message, Throwable cause) {
        super(message, cause);
    }
}
