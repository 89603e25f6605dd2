package io.github.realtimeclassifier.core.json;

import io.github.realtimeclassifier.core.DeploymentException;

/** A JSON text is malformed, too large, or has not the expected content; the message names the field. */
public final class JsonException extends DeploymentException {
    private static final long serialVersionUID = 1L;

    JsonException(String message) {
        super(message);
    }

    JsonException(String message, Throwable cause) {
        super(message, cause);
    }
}
