package io.github.realtimeclassifier.core.run;

import io.github.realtimeclassifier.core.measure.LatencyStatistics;

/** How long a model's calls took: the first, those that warm up, and the steady ones, apart. Immutable. */
public final class BenchmarkResult {
    private final long firstNanos;
    private final long[] warmUpNanos;
    private final long[] preprocessNanos;
    private final long[] invokeNanos;

    /** Keeps the arrays. */
    BenchmarkResult(long firstNanos, long[] warmUpNanos, long[] preprocessNanos, long[] invokeNanos) {
        this.firstNanos = firstNanos;
        this.warmUpNanos = warmUpNanos;
        this.preprocessNanos = preprocessNanos;
        this.invokeNanos = invokeNanos;
    }

    /** The first call, preprocessing and network together, in nanoseconds. */
    public long firstNanos() {
        return firstNanos;
    }

    /** The calls after it that warm up, preprocessing and network together, in nanoseconds; a copy. */
    public long[] warmUpNanos() {
        return warmUpNanos.clone();
    }

    /** Preprocessing in each steady call, in nanoseconds; a copy. */
    public long[] preprocessNanos() {
        return preprocessNanos.clone();
    }

    /** The network in each steady call, in nanoseconds; a copy. */
    public long[] invokeNanos() {
        return invokeNanos.clone();
    }

    /** The steady calls, preprocessing and network together. */
    public LatencyStatistics steady() {
        long[] both = new long[invokeNanos.length];
        for (int i = 0; i < both.length; i++) {
            both[i] = preprocessNanos[i] + invokeNanos[i];
        }
        return LatencyStatistics.of(both);
    }
}
