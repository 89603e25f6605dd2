package io.github.realtimeclassifier.core.image;

import java.util.Arrays;
import java.util.Random;

/**
 * Preprocessing of a camera frame of 640 x 480 for a network of 224 x 224, beside the straightforward way: prints the
 * median nanoseconds a frame of each, side by side in one run. Not a test: run it from the test classes.
 */
public final class PreprocessingBenchmark {
    private PreprocessingBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
        YuvFrame frame = YuvFrames.noise(640, 480, new Random(1));
        ImageInput input = Inputs.colour(224, 224, 256, "rgb");
        for (Rotation rotation : new Rotation[] {Rotation.DEGREES_0, Rotation.DEGREES_90}) {
            Preprocessor preprocessor = Preprocessor.create(input, 640, 480, rotation);
            float[] tensor = new float[input.length()];
            long[] ours = new long[rounds];
            long[] straightforward = new long[rounds];
            float sum = 0;
            // In turn, so that whatever else the machine does meets both.
            for (int i = 0; i < 2 * rounds; i++) {
                long start = System.nanoTime();
                preprocessor.preprocess(frame, tensor);
                long middle = System.nanoTime();
                float[] other = StraightforwardPreprocessor.preprocessed(frame, rotation, input);
                straightforward[i % rounds] = System.nanoTime() - middle;
                ours[i % rounds] = middle - start;
                sum += tensor[i] - other[i];
            }
            Arrays.sort(ours);
            Arrays.sort(straightforward);
            System.out.printf(
                    "rotation %d ns_per_frame %d straightforward_ns_per_frame %d difference %.1f%n",
                    rotation.degrees(), ours[rounds / 2], straightforward[rounds / 2], sum);
        }
    }
}
