package io.github.realtimeclassifier.engines;

import io.github.realtimeclassifier.core.ModelFileException;

/** What both engines check and say. */
final class Failures {
    private static final int LONGEST_SHOWN = 240;

    private Failures() {}

    static void checkOpen(boolean open) {
        if (!open) {
            throw new IllegalStateException("expected an open engine, received one that was closed");
        }
    }

    static void checkLength(String what, int expected, int received) {
        if (received != expected) {
            throw new IllegalArgumentException("expected room for " + expected + " " + what + ", received " + received);
        }
    }

    /** What a runtime says: what it found first, and of that the first line's beginning. More is for its developers. */
    static String reason(Throwable error) {
        Throwable first = error;
        while (first.getCause() != null && first.getCause() != first) {
            first = first.getCause();
        }
        String message = first.getMessage() == null ? "" : first.getMessage().trim();
        String line = message.isEmpty() ? first.toString() : message.split("\\R", 2)[0];
        return "'" + (line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "...") + "'";
    }

    static ModelFileException notLoaded(String runtime, LinkageError error) {
        return new ModelFileException("expected the native library of " + runtime + " to load here; received "
                + reason(error) + "; choose another engine", error);
    }
}
