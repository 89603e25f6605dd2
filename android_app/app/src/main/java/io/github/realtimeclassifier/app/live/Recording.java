package io.github.realtimeclassifier.app.live;

/** Whether a live session is a measurement, leaves a run log, and when it ends by itself. Immutable. */
public final class Recording {
    private static final int UNTIL_STOPPED = 0;

    private final boolean measured;
    private final boolean logged;
    private final int seconds;

    private Recording(boolean measured, boolean logged, int seconds) {
        this.measured = measured;
        this.logged = logged;
        this.seconds = seconds;
    }

    /** No measurement: the user only looks, until it is stopped. */
    public static Recording none() {
        return new Recording(false, false, UNTIL_STOPPED);
    }

    /** A measurement without a log, until it is stopped. */
    public static Recording unlogged() {
        return new Recording(true, false, UNTIL_STOPPED);
    }

    /** A measurement with a log of all until it is stopped. */
    public static Recording untilStopped() {
        return new Recording(true, true, UNTIL_STOPPED);
    }

    /**
     * A measurement for a time, counted from the first frame on.
     *
     * @param seconds at least 1.
     * @param logged whether it leaves a log.
     */
    public static Recording ofSeconds(int seconds, boolean logged) {
        if (seconds < 1) {
            throw new IllegalArgumentException("expected at least 1 second, received " + seconds);
        }
        return new Recording(true, logged, seconds);
    }

    /** Whether somebody waits for its end: nothing should cut it short, and logcat tells of it. */
    public boolean isMeasured() {
        return measured;
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
