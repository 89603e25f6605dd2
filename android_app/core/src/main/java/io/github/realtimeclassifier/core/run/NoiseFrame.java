package io.github.realtimeclassifier.core.run;

import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.YuvFrame;
import java.nio.ByteBuffer;
import java.util.Random;

/** A camera frame for measuring without a camera: noise, the same each time and on each machine. */
public final class NoiseFrame {
    private static final int SEED = 1;

    private NoiseFrame() {}

    /**
     * Makes one.
     *
     * @throws ImageException there are no frames of that size.
     */
    public static YuvFrame create(int width, int height) throws ImageException {
        YuvFrame frame = new YuvFrame(width, height);
        Random random = new Random(SEED);
        frame.copyFrom(
                noise(random, frame.width() * frame.height()),
                frame.width(),
                1,
                noise(random, frame.chromaWidth() * frame.chromaHeight()),
                noise(random, frame.chromaWidth() * frame.chromaHeight()),
                frame.chromaWidth(),
                1);
        return frame;
    }

    private static ByteBuffer noise(Random random, int length) {
        byte[] values = new byte[length];
        random.nextBytes(values);
        return ByteBuffer.wrap(values);
    }
}
