package io.github.realtimeclassifier.app.screen;

import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.core.engine.Prediction;
import io.github.realtimeclassifier.core.pipeline.Classification;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The five most probable classes of the newest frame, as bars. For the main thread. */
final class TopFive {
    private static final int COUNT = 5;
    private static final float NAME_SHARE = 0.45f;
    private static final long SPOKEN_NANOS = 2_000_000_000L;

    private final ProbabilityBars bars;
    private long shownFrame;
    private String spokenName;
    private long spokenNanos;

    /** Takes the view. */
    TopFive(ProbabilityBars bars) {
        this.bars = bars;
        bars.setShape(COUNT, NAME_SHARE, R.dimen.bar_row_gap);
        clear();
    }

    /** Shows nothing until the next result. */
    void clear() {
        shownFrame = Classification.NONE.frameNumber();
        spokenName = "";
        spokenNanos = 0;
        bars.showEmpty(Collections.<String>emptyList());
    }

    /**
     * Shows a result, if it is a new one. It is read aloud when another class has become the most probable one, but not
     * while the last one may still be being read.
     *
     * @param labels of the model's classes.
     * @param nanos when this is, by any clock.
     */
    void show(Classification result, List<String> labels, long nanos) {
        if (result.frameNumber() == shownFrame) {
            return;
        }
        shownFrame = result.frameNumber();
        List<String> names = new ArrayList<>();
        float[] probabilities = new float[result.top().size()];
        for (Prediction prediction : result.top()) {
            probabilities[names.size()] = prediction.probability();
            names.add(labels.get(prediction.classNumber()));
        }
        bars.show(names, probabilities, 0);
        if (!names.isEmpty() && !names.get(0).equals(spokenName)
                && (spokenName.isEmpty() || nanos - spokenNanos >= SPOKEN_NANOS)) {
            spokenName = names.get(0);
            spokenNanos = nanos;
            bars.describe();
        }
    }
}
