package io.github.realtimeclassifier.app.live;

/** What a live session's meters read at one moment, over the second before it. Immutable. */
public final class Meters {
    private final double fps;
    private final double processedPerSecond;
    private final double latencyMillis;
    private final double cpuPercent;

    Meters(double fps, double processedPerSecond, double latencyMillis, double cpuPercent) {
        this.fps = fps;
        this.processedPerSecond = processedPerSecond;
        this.latencyMillis = latencyMillis;
        this.cpuPercent = cpuPercent;
    }

    /** Frames shown per second (FPS). */
    public double fps() {
        return fps;
    }

    /** Frames processed per second. */
    public double processedPerSecond() {
        return processedPerSecond;
    }

    /** The mean latency of preprocessing and network together, in milliseconds; NaN where no frame was processed. */
    public double latencyMillis() {
        return latencyMillis;
    }

    /** CPU time over (time passed x cores), in percent. */
    public double cpuPercent() {
        return cpuPercent;
    }
}
