package io.github.realtimeclassifier.app.screen;

/**
 * What the real networks, as TensorFlow Lite files, say of the pictures in the screenshots: recorded, since these tests
 * have no runtime. The five most probable classes, and their probabilities.
 */
final class RealAnswers {
    /** SqueezeNet's for the photo of a cat, held upright. */
    static final int[] CAT_CLASSES = {285, 281, 282, 273, 349};

    static final float[] CAT_PROBABILITIES = {0.28687f, 0.27347f, 0.12829f, 0.11142f, 0.04176f};

    /** SqueezeNet's for the same photo, lying. */
    static final int[] LYING_CAT_CLASSES = {285, 282, 281, 287, 293};

    static final float[] LYING_CAT_PROBABILITIES = {0.45790f, 0.27218f, 0.25575f, 0.00758f, 0.00277f};

    /** ResNet50's, which has learnt nothing, for the photo held upright. */
    static final int[] UNTRAINED_CLASSES = {919, 761, 165, 956, 431};

    static final float[] UNTRAINED_PROBABILITIES = {0.68466f, 0.06801f, 0.05940f, 0.05528f, 0.02413f};

    /** LeNet's for the drawn 2. */
    static final int[] TWO_CLASSES = {2, 7, 8, 1, 9};

    static final float[] TWO_PROBABILITIES = {0.9999975f, 1.07e-6f, 9.8e-7f, 2.0e-7f, 6.1e-8f};

    private RealAnswers() {}
}
