package io.github.realtimeclassifier.core.log;

import io.github.realtimeclassifier.core.measure.RunTime;
import io.github.realtimeclassifier.core.measure.ThreadCpu;
import java.io.IOException;

/** What a run took, as far as the platform tells it. Each part can be given once it is known. For one thread. */
public final class Resources {
    private static final int UNKNOWN = -1;

    private long peakMemoryBytes = UNKNOWN;
    private double batteryStartPercent = UNKNOWN;
    private double batteryEndPercent = UNKNOWN;
    private String thermalState = "";

    /** The most memory that the process had, in bytes. */
    public Resources peakMemory(long bytes) {
        peakMemoryBytes = bytes;
        return this;
    }

    /** How full the battery was before and after the run, in percent. */
    public Resources battery(double startPercent, double endPercent) {
        batteryStartPercent = startPercent;
        batteryEndPercent = endPercent;
        return this;
    }

    /** How hot the system says it is, in its own word, such as light. */
    public Resources thermalState(String state) {
        thermalState = state;
        return this;
    }

    void write(LogJson json, RunTime time) throws IOException {
        json.beginObject("resources").number("cpu_ns", time.cpuNanos()).number("cpu_percent", time.cpuPercent());
        if (time.threads().isEmpty()) {
            json.nothing("threads");
        } else {
            json.beginArray("threads");
            for (ThreadCpu thread : time.threads()) {
                json.beginObject()
                        .text("name", thread.name())
                        .number("cpu_ns", thread.cpuNanos())
                        .endObject();
            }
            json.endArray();
        }
        if (peakMemoryBytes > 0) {
            json.number("peak_memory_bytes", peakMemoryBytes);
        } else {
            json.nothing("peak_memory_bytes");
        }
        if (batteryStartPercent >= 0 && batteryEndPercent >= 0) {
            json.number("battery_start_percent", batteryStartPercent);
            json.number("battery_end_percent", batteryEndPercent);
        } else {
            json.nothing("battery_start_percent").nothing("battery_end_percent");
        }
        // Both engines compute on the processor alone.
        json.optionalText("thermal_state", thermalState).nothing("gpu_percent").nothing("gpu_source").endObject();
    }
}
