package io.github.realtimeclassifier.core.measure;

import io.github.realtimeclassifier.core.Clock;

/** Times a run: from its making to {@link #stop}. For one thread at a time. */
public final class RunTimer {
    private final long startedEpochMillis;
    private final long startNanos;
    private final CpuMeter cpu;
    private final Clock clock;

    private RunTimer(CpuTime cpuTime, Clock clock, int cores) {
        this.clock = clock;
        startedEpochMillis = clock.epochMillis();
        startNanos = clock.nanoTime();
        cpu = CpuMeter.start(cpuTime, clock, cores);
    }

    /** Starts to measure; see {@link CpuMeter#start}. */
    public static RunTimer start(CpuTime cpuTime, Clock clock, int cores) {
        return new RunTimer(cpuTime, clock, cores);
    }

    /** What was measured until now. */
    public RunTime stop() {
        return new RunTime(startedEpochMillis, startNanos, clock.nanoTime() - startNanos, cpu.cpuNanos(), cpu.cores());
    }
}
