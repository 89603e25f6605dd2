package io.github.realtimeclassifier.core.measure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** When a run began, and how long it took. Immutable. */
public final class RunTime {
    private final long startedEpochMillis;
    private final long startNanos;
    private final long wallNanos;
    private final long cpuNanos;
    private final int cores;
    private final List<ThreadCpu> threads;

    RunTime(
            long startedEpochMillis,
            long startNanos,
            long wallNanos,
            long cpuNanos,
            int cores,
            List<ThreadCpu> threads) {
        this.startedEpochMillis = startedEpochMillis;
        this.startNanos = startNanos;
        this.wallNanos = Math.max(wallNanos, 1);
        this.cpuNanos = cpuNanos;
        this.cores = cores;
        this.threads = Collections.unmodifiableList(new ArrayList<>(threads));
    }

    /** When it began, in milliseconds since 1970 in UTC. */
    public long startedEpochMillis() {
        return startedEpochMillis;
    }

    /** When it began, in nanoseconds of its clock. */
    public long startNanos() {
        return startNanos;
    }

    /** How long it took, in nanoseconds, at least 1. */
    public long wallNanos() {
        return wallNanos;
    }

    /** The CPU time it took of all cores together, in nanoseconds. */
    public long cpuNanos() {
        return cpuNanos;
    }

    /** CPU time over (time passed x cores), in percent. */
    public double cpuPercent() {
        return CpuMeter.percent(cpuNanos, wallNanos, cores);
    }

    /** The CPU time that each thread took, the busiest first, at most 64; empty where the system does not tell. */
    public List<ThreadCpu> threads() {
        return threads;
    }
}
