package io.github.realtimeclassifier.core.run;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Preprocessor;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.image.YuvFrame;
import java.util.Arrays;

/** Measures a model's latency on camera frames, without a camera and without a screen. */
public final class Benchmark {
    /** The most steady calls. */
    public static final int MOST_CALLS = 100_000;

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final int warmUpCount;
    private final int count;
    private final long steadyNanos;

    private Benchmark(int warmUpCount, int count, long steadyNanos) {
        this.warmUpCount = warmUpCount;
        this.count = count;
        this.steadyNanos = steadyNanos;
    }

    /**
     * Says how much to measure.
     *
     * @param warmUpCount calls after the first that do not count yet.
     * @param count steady calls at most.
     * @param seconds the steady calls end after so long, even if there were fewer; one there is always.
     */
    public static Benchmark of(int warmUpCount, int count, int seconds) {
        if (warmUpCount < 0 || warmUpCount > MOST_CALLS || count < 1 || count > MOST_CALLS || seconds < 1) {
            throw new IllegalArgumentException("expected up to " + MOST_CALLS
                    + " calls, at least one of them steady, and at least 1 second, received " + warmUpCount + ", "
                    + count + ", " + seconds);
        }
        return new Benchmark(warmUpCount, count, seconds * SECOND_NANOS);
    }

    /**
     * Measures on the calling thread, which may be interrupted to end it.
     *
     * @param input the engine's input.
     * @param frame what the camera shows in each call.
     * @throws ImageException the network cannot take frames of that size.
     * @throws DeploymentException the engine failed.
     * @throws InterruptedException the thread was interrupted.
     */
    public BenchmarkResult run(Engine engine, ImageInput input, YuvFrame frame, Rotation rotation, Clock clock)
            throws DeploymentException, InterruptedException {
        Preprocessor preprocessor = Preprocessor.create(input, frame.width(), frame.height(), rotation);
        float[] tensor = new float[input.length()];
        float[] probabilities = new float[engine.classes()];
        // The first call and those that warm up come before the steady ones, in the same arrays.
        int before = 1 + warmUpCount;
        long[] preprocess = new long[before + count];
        long[] invoke = new long[before + count];
        int calls = 0;
        long end = 0;
        while (calls <= before || (calls < before + count && clock.nanoTime() < end)) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long start = clock.nanoTime();
            if (calls == before) {
                end = start + steadyNanos;
            }
            preprocessor.preprocess(frame, tensor);
            long middle = clock.nanoTime();
            engine.classify(tensor, probabilities);
            invoke[calls] = clock.nanoTime() - middle;
            preprocess[calls] = middle - start;
            calls++;
        }
        long[] warmUp = new long[warmUpCount];
        for (int i = 0; i < warmUpCount; i++) {
            warmUp[i] = preprocess[i + 1] + invoke[i + 1];
        }
        return new BenchmarkResult(
                preprocess[0] + invoke[0],
                warmUp,
                Arrays.copyOfRange(preprocess, before, calls),
                Arrays.copyOfRange(invoke, before, calls));
    }
}
