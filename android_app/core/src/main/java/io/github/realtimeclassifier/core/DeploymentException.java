package io.github.realtimeclassifier.core;

import java.util.regex.Pattern;

/**
 * Base of every exception that the core throws on purpose. Its message is for the person at the screen: what was
 * expected, what was received, and what to do about it. It is one line, whatever the names of files and fields in it.
 */
public class DeploymentException extends Exception {
    private static final long serialVersionUID = 1L;

    // What a screen or a terminal would act on: control characters, ends of lines, changes of the writing's direction.
    private static final Pattern UNSEEN =
            Pattern.compile("[\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]+");

    /** Makes one with a message for the user. */
    public DeploymentException(String message) {
        super(oneLine(message));
    }

    /** Makes one with a message for the user, and the exception behind it. */
    public DeploymentException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    private static String oneLine(String message) {
        return UNSEEN.matcher(String.valueOf(message)).replaceAll(" ");
    }
}
