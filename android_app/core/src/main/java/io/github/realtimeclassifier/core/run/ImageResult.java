package io.github.realtimeclassifier.core.run;

import io.github.realtimeclassifier.core.engine.Prediction;
import java.util.List;

/** What a model said of one image. Immutable. */
public final class ImageResult {
    private final String id;
    private final int label;
    private final List<Prediction> top;
    private final long preprocessNanos;
    private final long invokeNanos;

    ImageResult(String id, int label, List<Prediction> top, long preprocessNanos, long invokeNanos) {
        this.id = id;
        this.label = label;
        this.top = top;
        this.preprocessNanos = preprocessNanos;
        this.invokeNanos = invokeNanos;
    }

    /** The image, as its set calls it. */
    public String id() {
        return id;
    }

    /** The true class, or {@link ImageSet#NO_LABEL}. */
    public int label() {
        return label;
    }

    /** The five most probable classes, or all if there are fewer, the most probable first. */
    public List<Prediction> top() {
        return top;
    }

    /** How long preprocessing took, in nanoseconds, without decoding the image. */
    public long preprocessNanos() {
        return preprocessNanos;
    }

    /** How long the network took, in nanoseconds. */
    public long invokeNanos() {
        return invokeNanos;
    }

    /** Whether the true class is among the first so many. */
    public boolean isCorrect(int topCount) {
        for (Prediction prediction : top.subList(0, Math.min(topCount, top.size()))) {
            if (prediction.classNumber() == label) {
                return true;
            }
        }
        return false;
    }
}
