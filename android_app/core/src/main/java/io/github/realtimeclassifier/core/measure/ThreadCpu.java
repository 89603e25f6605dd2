package io.github.realtimeclassifier.core.measure;

/** A thread, and the CPU time that it took. Immutable. */
public final class ThreadCpu {
    private final String name;
    private final long cpuNanos;

    ThreadCpu(String name, long cpuNanos) {
        this.name = name;
        this.cpuNanos = cpuNanos;
    }

    /** The name that the system knows it by; of threads with one name, those after the first are numbered. */
    public String name() {
        return name;
    }

    /** Nanoseconds, in its own code and in the system's for it. */
    public long cpuNanos() {
        return cpuNanos;
    }
}
