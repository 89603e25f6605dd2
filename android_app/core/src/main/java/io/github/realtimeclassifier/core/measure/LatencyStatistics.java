package io.github.realtimeclassifier.core.measure;

import java.util.Arrays;

/** Durations, summed up. Immutable. */
public final class LatencyStatistics {
    private static final double NANOS_PER_MILLI = 1e6;

    private final long[] sorted;

    private LatencyStatistics(long[] sorted) {
        this.sorted = sorted;
    }

    /** Sums up durations in nanoseconds, in any order; there may be none. */
    public static LatencyStatistics of(long[] durationsNanos) {
        long[] sorted = durationsNanos.clone();
        Arrays.sort(sorted);
        return new LatencyStatistics(sorted);
    }

    /** How many there are. */
    public int count() {
        return sorted.length;
    }

    /**
     * The duration that so many percent of all do not exceed, by nearest rank: the smallest one for which that is true.
     *
     * @param percent above 0, at most 100; 50 gives the median, 100 the longest.
     * @return milliseconds; NaN if there are no durations.
     */
    public double percentileMillis(double percent) {
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException("expected a percentage above 0 and at most 100, received " + percent);
        }
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(percent * sorted.length / 100);
        return sorted[Math.max(rank, 1) - 1] / NANOS_PER_MILLI;
    }

    /** The mean in milliseconds; NaN if there are no durations. */
    public double meanMillis() {
        double sum = 0;
        for (long nanos : sorted) {
            sum += nanos;
        }
        return sorted.length == 0 ? Double.NaN : sum / sorted.length / NANOS_PER_MILLI;
    }
}
