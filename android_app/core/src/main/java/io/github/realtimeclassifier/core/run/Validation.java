package io.github.realtimeclassifier.core.run;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.Prediction;
import io.github.realtimeclassifier.core.engine.TopK;
import io.github.realtimeclassifier.core.image.ArgbImage;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Preprocessor;
import io.github.realtimeclassifier.core.image.Rotation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Classifies all images of a set on a single crop, as the paper measures accuracy (section III.C.1). */
public final class Validation {
    private static final int TOP_COUNT = 5;

    private Validation() {}

    /**
     * Runs it on the calling thread, which may be interrupted to end it.
     *
     * @param input the engine's input.
     * @param limit only so many images, from the first on.
     * @throws DeploymentException the engine failed, or the listener ended it. An image that cannot be read only counts
     *     as failed.
     * @throws InterruptedException the thread was interrupted.
     */
    public static AccuracyResult run(
            Engine engine, ImageInput input, ImageSet images, int limit, Clock clock, ValidationListener listener)
            throws DeploymentException, InterruptedException {
        int total = Math.min(images.count(), limit);
        List<ImageResult> results = new ArrayList<>(total);
        Map<String, String> failed = new LinkedHashMap<>();
        float[] tensor = new float[input.length()];
        float[] probabilities = new float[engine.classes()];
        PreprocessorCache preprocessors = new PreprocessorCache(input);
        for (int i = 0; i < total; i++) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            ArgbImage image;
            Preprocessor preprocessor;
            try {
                image = images.read(i);
                preprocessor = preprocessors.of(image);
            } catch (ImageException error) {
                failed.put(images.id(i), error.getMessage());
                listener.onFailed(i, total, error.getMessage());
                continue;
            }
            long start = clock.nanoTime();
            preprocessor.preprocess(image.pixels(), tensor);
            long invoke = clock.nanoTime();
            engine.classify(tensor, probabilities);
            long end = clock.nanoTime();
            List<Prediction> top = TopK.of(probabilities, TOP_COUNT);
            results.add(new ImageResult(images.id(i), images.label(i), top, invoke - start, end - invoke));
            listener.onClassified(i, total, probabilities);
        }
        return new AccuracyResult(images.name(), results, failed);
    }

    /** Data sets often have many images of one size: their weights are computed once. */
    static final class PreprocessorCache {
        private final ImageInput input;
        private final List<Preprocessor> last = new ArrayList<>(1);
        private int width;
        private int height;

        PreprocessorCache(ImageInput input) {
            this.input = input;
        }

        Preprocessor of(ArgbImage image) throws ImageException {
            if (last.isEmpty() || image.width() != width || image.height() != height) {
                last.clear();
                last.add(Preprocessor.create(input, image.width(), image.height(), Rotation.DEGREES_0));
                width = image.width();
                height = image.height();
            }
            return last.get(0);
        }
    }
}
