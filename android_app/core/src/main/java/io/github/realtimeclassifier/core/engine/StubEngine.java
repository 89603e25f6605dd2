package io.github.realtimeclassifier.core.engine;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.ModelFileException;

/**
 * No network, but an engine of a chosen latency whose answers follow from its input: class k's score is the mean of the
 * numbers k, k + classes, k + 2 classes, ... of the tensor, and the probabilities are the scores' softmax. For tests,
 * and to measure everything around an engine.
 */
public final class StubEngine implements Engine {
    /** The node whose values are the scores. */
    public static final String SCORES = "scores";

    private final Clock clock;
    private final int inputLength;
    private final int threads;
    private final double[] scores;
    private final long latencyNanos;
    private boolean closed;

    private StubEngine(Clock clock, int inputLength, int classes, int threads, long latencyNanos) {
        this.clock = clock;
        this.inputLength = inputLength;
        this.threads = threads;
        this.scores = new double[classes];
        this.latencyNanos = latencyNanos;
    }

    /**
     * Makes one.
     *
     * @param clock measures out the latency; the thread sleeps meanwhile.
     * @param inputLength how many numbers the tensor has, at least as many as there are classes.
     * @param latencyNanos how long a call takes at least, in nanoseconds.
     */
    public static StubEngine create(Clock clock, int inputLength, int classes, int threads, long latencyNanos) {
        if (classes < 2 || inputLength < classes || threads < 1 || latencyNanos < 0) {
            throw new IllegalArgumentException("expected 2 classes or more, as many numbers, a thread and a latency, "
                    + "received " + classes + ", " + inputLength + ", " + threads + ", " + latencyNanos);
        }
        return new StubEngine(clock, inputLength, classes, threads, latencyNanos);
    }

    @Override
    public String name() {
        return "stub";
    }

    @Override
    public String version() {
        return "1";
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public int inputLength() {
        return inputLength;
    }

    @Override
    public int classes() {
        return scores.length;
    }

    @Override
    public void classify(float[] tensor, float[] probabilities) throws ModelFileException, InterruptedException {
        if (probabilities.length != scores.length) {
            throw new IllegalArgumentException(
                    "expected room for " + scores.length + " probabilities, received " + probabilities.length);
        }
        compute(tensor);
        double largest = scores[0];
        for (double score : scores) {
            largest = Math.max(largest, score);
        }
        double sum = 0;
        for (double score : scores) {
            sum += Math.exp(score - largest);
        }
        for (int i = 0; i < scores.length; i++) {
            probabilities[i] = (float) (Math.exp(scores[i] - largest) / sum);
        }
    }

    @Override
    public float[] fetch(float[] tensor, String node) throws ModelFileException, InterruptedException {
        if (!node.equals(SCORES)) {
            throw new ModelFileException("expected the node " + SCORES + ", the only one of the stub engine, received '"
                    + node + "'; choose another engine to look into a model");
        }
        compute(tensor);
        float[] values = new float[scores.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) scores[i];
        }
        return values;
    }

    private void compute(float[] tensor) throws InterruptedException {
        if (closed) {
            throw new IllegalStateException("expected an open engine, received one that was closed");
        }
        if (tensor.length != inputLength) {
            throw new IllegalArgumentException("expected " + inputLength + " numbers, received " + tensor.length);
        }
        long end = clock.nanoTime() + latencyNanos;
        for (int k = 0; k < scores.length; k++) {
            double sum = 0;
            int count = 0;
            for (int i = k; i < tensor.length; i += scores.length) {
                sum += tensor[i];
                count++;
            }
            scores[k] = sum / count;
        }
        clock.sleepUntil(end);
    }

    @Override
    public void close() {
        closed = true;
    }
}
