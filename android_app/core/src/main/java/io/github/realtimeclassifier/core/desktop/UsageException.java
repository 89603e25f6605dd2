package io.github.realtimeclassifier.core.desktop;

import io.github.realtimeclassifier.core.DeploymentException;

/** The command line is not as it should be. */
final class UsageException extends DeploymentException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message + "; run without arguments for help");
    }
}
