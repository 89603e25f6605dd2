package io.github.realtimeclassifier.app.live;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.measure.CpuMeter;
import io.github.realtimeclassifier.core.measure.CpuTime;
import java.util.ArrayDeque;

/** The processor's use over the second just past, as seen at each look. For one thread at a time. */
final class CpuWindow {
    private static final long WINDOW_NANOS = 1_000_000_000L;

    private final CpuTime cpuTime;
    private final Clock clock;
    private final int cores;
    // Each look leaves a meter that has run since then; the first is the youngest that is at least a second old.
    private final ArrayDeque<CpuMeter> meters = new ArrayDeque<>();

    CpuWindow(CpuTime cpuTime, Clock clock, int cores) {
        this.cpuTime = cpuTime;
        this.clock = clock;
        this.cores = cores;
        meters.add(CpuMeter.start(cpuTime, clock, cores));
    }

    /** CPU time over (time passed x cores), in percent. */
    double percent() {
        meters.add(CpuMeter.start(cpuTime, clock, cores));
        CpuMeter oldest = meters.remove();
        while (meters.peek().wallNanos() >= WINDOW_NANOS) {
            oldest = meters.remove();
        }
        meters.addFirst(oldest);
        return oldest.percent();
    }
}
