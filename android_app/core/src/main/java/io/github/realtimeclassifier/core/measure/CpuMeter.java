package io.github.realtimeclassifier.core.measure;

import io.github.realtimeclassifier.core.Clock;

/** The processor's use from one moment on: CPU time over (time passed x cores). Immutable. */
public final class CpuMeter {
    private final CpuTime cpuTime;
    private final Clock clock;
    private final int cores;
    private final long firstCpuNanos;
    private final long firstNanos;

    private CpuMeter(CpuTime cpuTime, Clock clock, int cores) {
        this.cpuTime = cpuTime;
        this.clock = clock;
        this.cores = cores;
        firstCpuNanos = cpuTime.processCpuNanos();
        firstNanos = clock.nanoTime();
    }

    /**
     * Begins to measure.
     *
     * @param cores of the machine, at least 1.
     */
    public static CpuMeter start(CpuTime cpuTime, Clock clock, int cores) {
        if (cores < 1) {
            throw new IllegalArgumentException("expected at least 1 core, received " + cores);
        }
        return new CpuMeter(cpuTime, clock, cores);
    }

    /** CPU time since the beginning, in nanoseconds. */
    public long cpuNanos() {
        return cpuTime.processCpuNanos() - firstCpuNanos;
    }

    /** Time passed since the beginning, in nanoseconds. */
    public long wallNanos() {
        return clock.nanoTime() - firstNanos;
    }

    /** The use since the beginning in percent: 100 is all cores, all the time; 0 when no time has passed. */
    public double percent() {
        return percent(cpuNanos(), wallNanos(), cores);
    }

    /**
     * The use over a stretch of time, in percent.
     *
     * <p>Systems count CPU time in ticks, which over a short stretch can come to a little more than there was: 100 is
     * the most.
     */
    public static double percent(long cpuNanos, long wallNanos, int cores) {
        return wallNanos <= 0 ? 0 : Math.min(100.0 * cpuNanos / ((double) wallNanos * cores), 100.0);
    }

    /** How many cores the use is related to. */
    public int cores() {
        return cores;
    }
}
