package io.github.realtimeclassifier.app.live;

import io.github.realtimeclassifier.core.pipeline.Classification;

/** The latencies of the results of the second just past. Safe to use from any thread. */
final class LatencyWindow {
    private static final long WINDOW_NANOS = 1_000_000_000L;
    private static final double NANOS_PER_MILLI = 1e6;
    // More results in a second are not counted; no network of ours is as fast.
    private static final int MOST = 256;

    private final long[] ends = new long[MOST];
    private final long[] latencies = new long[MOST];
    private long lastNumber = Classification.NONE.frameNumber();
    private int count;

    /** Takes a result; the same one again changes nothing. */
    synchronized void add(Classification result) {
        if (result.frameNumber() != lastNumber) {
            lastNumber = result.frameNumber();
            ends[count % MOST] = result.endNanos();
            latencies[count % MOST] = result.latencyNanos();
            count++;
        }
    }

    /**
     * The mean over the second before a moment, in milliseconds. Of a network that takes longer, the last result's; NaN
     * before the first.
     */
    synchronized double meanMillis(long nanos) {
        if (count == 0) {
            return Double.NaN;
        }
        double sum = 0;
        int used = 0;
        for (int i = count - 1; i >= 0 && i > count - 1 - MOST; i--) {
            if (used > 0 && nanos - ends[i % MOST] >= WINDOW_NANOS) {
                break;
            }
            sum += latencies[i % MOST];
            used++;
        }
        return sum / used / NANOS_PER_MILLI;
    }
}
