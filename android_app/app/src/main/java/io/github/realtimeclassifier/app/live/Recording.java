package io.github.realtimeclassifier.app.live;

/** Whether a live session leaves a run log, and when it ends by itself. Immutable. */
public final class Recording {
    private static final int UNTIL_STOPPED = 0;

    private final boolean logged;
    private final int seconds;

    private Recording(boolean logged, int seconds) {
        this.logged = logged;
        this.seconds = seconds;
    }

    /** No log; until it is stopped. */
    public static Recording none() {
        return new Recording(false, UNTIL_STOPPED);
    }

    /** A log of all until it is stopped. */
    public static Recording untilStopped() {
        return new Recording(true, UNTIL_STOPPED);
    }

    /**
     * For a time, counted from the first frame on.
     *
     * @param seconds at least 1.
     * @param logged whether it leaves a log.
     */
    public static Recording ofSeconds(int seconds, boolean logged) {
        if (seconds < 1) {
            throw new IllegalArgumentException("expected at least 1 second, received " + seconds);
        }
        return new Recording(logged, seconds);
    }

    /** Whether it leaves a log. */
    public boolean isLogged() {
        return logged;
    }

    boolean isLimited() {
        return seconds != UNTIL_STOPPED;
    }

    int seconds() {
        return seconds;
    }
}
