package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.engine.Prediction;
import java.util.Collections;
import java.util.List;

/** What a network said of a frame, and how long it took. Immutable. */
public final class Classification {
    /** Nothing was classified yet. */
    public static final Classification NONE =
            new Classification(-1, 0, 0, 0, 0, Collections.<Prediction>emptyList());

    private final long frameNumber;
    private final long captureNanos;
    private final long startNanos;
    private final long invokeNanos;
    private final long endNanos;
    private final List<Prediction> top;

    Classification(
            long frameNumber,
            long captureNanos,
            long startNanos,
            long invokeNanos,
            long endNanos,
            List<Prediction> top) {
        this.frameNumber = frameNumber;
        this.captureNanos = captureNanos;
        this.startNanos = startNanos;
        this.invokeNanos = invokeNanos;
        this.endNanos = endNanos;
        this.top = top;
    }

    /** The frame's number; -1 for {@link #NONE}. */
    public long frameNumber() {
        return frameNumber;
    }

    /** The most probable classes, the most probable first; empty for {@link #NONE}. */
    public List<Prediction> top() {
        return top;
    }

    /** When preprocessing began, in nanoseconds of the pipeline's clock. */
    public long startNanos() {
        return startNanos;
    }

    /** When the result was there, in nanoseconds of the pipeline's clock. */
    public long endNanos() {
        return endNanos;
    }

    /** How long preprocessing took, in nanoseconds. */
    public long preprocessNanos() {
        return invokeNanos - startNanos;
    }

    /** How long preprocessing and the network took together, in nanoseconds. */
    public long latencyNanos() {
        return endNanos - startNanos;
    }

    /** How old the frame was when its result was there, in nanoseconds. */
    public long ageNanos() {
        return endNanos - captureNanos;
    }
}
