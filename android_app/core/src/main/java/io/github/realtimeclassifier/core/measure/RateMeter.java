package io.github.realtimeclassifier.core.measure;

/** How often something happens per second, over the time just past. For one thread at a time. */
public final class RateMeter {
    /** More in one window are not counted; no screen and no network is as fast. */
    private static final int MOST_MARKS = 4_096;

    private final long windowNanos;
    private final long[] marks = new long[MOST_MARKS];
    private int oldest;
    private int count;

    /** Counts over windows of a length in nanoseconds. */
    public RateMeter(long windowNanos) {
        if (windowNanos < 1) {
            throw new IllegalArgumentException("expected a window of at least 1 ns, received " + windowNanos);
        }
        this.windowNanos = windowNanos;
    }

    /** It happened, at a moment not before the last one. */
    public void mark(long nanos) {
        if (count == MOST_MARKS) {
            oldest = (oldest + 1) % MOST_MARKS;
            count--;
        }
        marks[(oldest + count) % MOST_MARKS] = nanos;
        count++;
    }

    /** How often per second, over the window that ends at a moment. */
    public double perSecond(long nanos) {
        while (count > 0 && nanos - marks[oldest] >= windowNanos) {
            oldest = (oldest + 1) % MOST_MARKS;
            count--;
        }
        return count * 1e9 / windowNanos;
    }
}
