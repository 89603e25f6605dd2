package io.github.realtimeclassifier.app.screen;

import io.github.realtimeclassifier.app.live.Meters;
import org.robolectric.annotation.Implementation;
import org.robolectric.annotation.Implements;

/** Lets the live screen's meters read what a test says: what they measure would differ from picture to picture. */
@Implements(Meters.class)
public final class FixedMeters {
    private static volatile double shown = Double.NaN;
    private static volatile double processed = Double.NaN;
    private static volatile double latency = Double.NaN;
    private static volatile double cpu = Double.NaN;

    /** What they read from now on. */
    static void read(double fps, double processedPerSecond, double latencyMillis, double cpuPercent) {
        shown = fps;
        processed = processedPerSecond;
        latency = latencyMillis;
        cpu = cpuPercent;
    }

    /** Not what was measured. */
    @Implementation
    protected double fps() {
        return shown;
    }

    /** Not what was measured. */
    @Implementation
    protected double processedPerSecond() {
        return processed;
    }

    /** Not what was measured. */
    @Implementation
    protected double latencyMillis() {
        return latency;
    }

    /** Not what was measured. */
    @Implementation
    protected double cpuPercent() {
        return cpu;
    }
}
