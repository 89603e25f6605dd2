package io.github.realtimeclassifier.core.measure;

import io.github.realtimeclassifier.core.Clock;
import java.util.List;

/** Times a run: from its making to {@link #stop}. For one thread at a time, but for {@link #readThreads}. */
public final class RunTimer {
    private final long startedEpochMillis;
    private final long startNanos;
    private final CpuMeter cpu;
    private final ThreadMeter threads;
    private final Clock clock;

    private RunTimer(CpuTime cpuTime, Clock clock, int cores) {
        this.clock = clock;
        startedEpochMillis = clock.epochMillis();
        startNanos = clock.nanoTime();
        // The threads' times last and, at the end, first: no thread can seem to have taken more than there was.
        cpu = CpuMeter.start(cpuTime, clock, cores);
        threads = ThreadMeter.start(ThreadMeter.OWN_THREADS);
    }

    /** Starts to measure; see {@link CpuMeter#start}. */
    public static RunTimer start(CpuTime cpuTime, Clock clock, int cores) {
        return new RunTimer(cpuTime, clock, cores);
    }

    /**
     * Looks at all threads: of one that ends before {@link #stop}, the CPU time is known up to the last look. It reads
     * a small file for each thread, and is not for each frame. May be called from any thread.
     */
    public void readThreads() {
        threads.read();
    }

    /** What was measured until now. */
    public RunTime stop() {
        threads.read();
        List<ThreadCpu> busiest = threads.threads();
        long wallNanos = clock.nanoTime() - startNanos;
        return new RunTime(startedEpochMillis, startNanos, wallNanos, cpu.cpuNanos(), cpu.cores(), busiest);
    }
}
