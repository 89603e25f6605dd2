package io.github.realtimeclassifier.core.engine;

import io.github.realtimeclassifier.core.ModelFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The most probable classes. The softmax is in the model: what an engine gives are probabilities already. */
public final class TopK {
    // Probabilities are float32: the softmax of a network may miss its range by a rounding.
    private static final float TOLERANCE = 1e-4f;

    private TopK() {}

    /**
     * Finds them.
     *
     * @param probabilities one number for each class.
     * @param k how many are wanted; all, where there are fewer classes.
     * @return the most probable first; of two that are equally probable, that with the lower number.
     * @throws ModelFileException a number is no probability.
     */
    public static List<Prediction> of(float[] probabilities, int k) throws ModelFileException {
        int wanted = Math.min(k, probabilities.length);
        int[] best = new int[wanted];
        int found = 0;
        for (int i = 0; i < probabilities.length; i++) {
            // Also true for NaN.
            if (!(probabilities[i] >= -TOLERANCE && probabilities[i] <= 1 + TOLERANCE)) {
                throw new ModelFileException("expected probabilities of 0 to 1, received " + probabilities[i]
                        + " for class " + i + "; is it another model's file, or one without softmax?");
            }
            int place = found;
            while (place > 0 && probabilities[best[place - 1]] < probabilities[i]) {
                place--;
            }
            if (place < wanted) {
                found = Math.min(found + 1, wanted);
                System.arraycopy(best, place, best, place + 1, found - place - 1);
                best[place] = i;
            }
        }
        List<Prediction> predictions = new ArrayList<>(found);
        for (int i = 0; i < found; i++) {
            predictions.add(new Prediction(best[i], Math.min(Math.max(probabilities[best[i]], 0f), 1f)));
        }
        return Collections.unmodifiableList(predictions);
    }
}
