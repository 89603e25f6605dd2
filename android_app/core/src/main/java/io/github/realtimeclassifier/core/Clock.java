package io.github.realtimeclassifier.core;

/** Time, as the pipelines see it: the machine's, or a test's. Safe to use from any thread. */
public interface Clock {
    /** Nanoseconds since a fixed but unknown moment; never runs backwards. */
    long nanoTime();

    /** Milliseconds since 1970 in UTC, for the head of a run log. */
    long epochMillis();

    /**
     * Waits until {@link #nanoTime} has reached a moment; returns at once when it has passed already.
     *
     * @throws InterruptedException the thread was interrupted while it waited, or before.
     */
    void sleepUntil(long nanos) throws InterruptedException;
}
