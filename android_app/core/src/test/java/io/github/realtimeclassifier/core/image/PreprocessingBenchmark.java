package io.github.realtimeclassifier.core.image;

import java.util.Random;

/**
 * Preprocessing of a camera frame of 640 x 480 for a network of 224 x 224, beside the straightforward way, by turns in
 * one run. Not a test: {@code benchmarks/jvm.py} compiles and runs it. Prints a line for each round: the rotation in
 * degrees, our nanoseconds a frame, the straightforward way's.
 */
public final class PreprocessingBenchmark {
    private static final int WARM_UP_ROUNDS = 50;
    private static final int FRAMES_PER_ROUND = 5;

    private final YuvFrame frame;
    private final ImageInput input = Inputs.colour(224, 224, 256, "rgb");
    private final Rotation rotation;
    private final Preprocessor preprocessor;
    private final float[] tensor = new float[input.length()];
    private float[] other = new float[0];

    private PreprocessingBenchmark(YuvFrame frame, Rotation rotation) throws Exception {
        this.frame = frame;
        this.rotation = rotation;
        preprocessor = Preprocessor.create(input, frame.width(), frame.height(), rotation);
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        YuvFrame frame = YuvFrames.noise(640, 480, new Random(1));
        for (Rotation rotation : new Rotation[] {Rotation.DEGREES_0, Rotation.DEGREES_90}) {
            PreprocessingBenchmark benchmark = new PreprocessingBenchmark(frame, rotation);
            for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                // In alternating order, so that a slow moment of the machine meets both alike.
                long first = benchmark.nanosPerFrame(round % 2 == 0);
                long second = benchmark.nanosPerFrame(round % 2 != 0);
                if (round >= 0) {
                    System.out.println(rotation.degrees() + " "
                            + (round % 2 == 0 ? first + " " + second : second + " " + first));
                }
            }
            benchmark.compare();
        }
    }

    private long nanosPerFrame(boolean ours) {
        long start = System.nanoTime();
        for (int i = 0; i < FRAMES_PER_ROUND; i++) {
            if (ours) {
                preprocessor.preprocess(frame, tensor);
            } else {
                other = StraightforwardPreprocessor.preprocessed(frame, rotation, input);
            }
        }
        return (System.nanoTime() - start) / FRAMES_PER_ROUND;
    }

    /** Both have to give the same numbers, or their times cannot be compared. */
    private void compare() {
        for (int i = 0; i < tensor.length; i++) {
            if (tensor[i] != other[i]) {
                throw new AssertionError("expected " + other[i] + " at " + i + ", received " + tensor[i]);
            }
        }
    }
}
