package io.github.realtimeclassifier.core.measure;

/** How long the processor worked for this program; each platform tells it in its own way. */
public interface CpuTime {
    /** Nanoseconds that all threads of the process took from all cores together, since it began. */
    long processCpuNanos();
}
