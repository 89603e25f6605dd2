package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.TopK;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Preprocessor;
import java.io.Closeable;

/** From a frame to its top classes: preprocessing, the network, the choice. For one thread at a time. */
public final class FrameClassifier implements Closeable {
    private final Clock clock;
    private final Preprocessor preprocessor;
    private final Engine engine;
    private final int topCount;
    private final float[] tensor;
    private final float[] probabilities;

    private FrameClassifier(Clock clock, Preprocessor preprocessor, Engine engine, int topCount) {
        this.clock = clock;
        this.preprocessor = preprocessor;
        this.engine = engine;
        this.topCount = topCount;
        tensor = new float[engine.inputLength()];
        probabilities = new float[engine.classes()];
    }

    /**
     * Joins an engine to a source of frames.
     *
     * @param input the engine's input.
     * @param engine is closed by {@link #close}.
     * @param topCount how many classes a result has.
     * @throws ImageException the network cannot take frames of the source's size.
     */
    public static FrameClassifier create(
            Clock clock, ImageInput input, Engine engine, FrameSource source, int topCount) throws ImageException {
        if (engine.inputLength() != input.length()) {
            throw new IllegalArgumentException(
                    "expected an engine for " + input.length() + " numbers, received one for " + engine.inputLength());
        }
        Preprocessor preprocessor =
                Preprocessor.create(input, source.width(), source.height(), source.rotation());
        return new FrameClassifier(clock, preprocessor, engine, topCount);
    }

    /**
     * Classifies a frame.
     *
     * @throws ModelFileException the engine failed, or gave something that is not probabilities.
     * @throws InterruptedException the thread was interrupted.
     */
    Classification classify(Frame frame) throws ModelFileException, InterruptedException {
        long start = clock.nanoTime();
        preprocessor.preprocess(frame.image(), tensor);
        long invoke = clock.nanoTime();
        engine.classify(tensor, probabilities);
        long end = clock.nanoTime();
        return new Classification(
                frame.number(), frame.captureNanos(), start, invoke, end, TopK.of(probabilities, topCount));
    }

    @Override
    public void close() {
        engine.close();
    }
}
