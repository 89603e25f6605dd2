package io.github.realtimeclassifier.core.image;

import io.github.realtimeclassifier.core.ImageException;
import java.nio.ByteBuffer;
import java.util.Random;

/** Camera frames for tests. */
public final class YuvFrames {
    private YuvFrames() {}

    public static YuvFrame noise(int width, int height, Random random) throws ImageException {
        YuvFrame frame = new YuvFrame(width, height);
        byte[] y = new byte[width * height];
        byte[] u = new byte[frame.chromaWidth() * frame.chromaHeight()];
        byte[] v = new byte[u.length];
        random.nextBytes(y);
        random.nextBytes(u);
        random.nextBytes(v);
        return of(width, height, y, u, v);
    }

    /** A frame of planes without padding. */
    public static YuvFrame of(int width, int height, byte[] y, byte[] u, byte[] v) throws ImageException {
        YuvFrame frame = new YuvFrame(width, height);
        frame.copyFrom(
                ByteBuffer.wrap(y), width, 1, ByteBuffer.wrap(u), ByteBuffer.wrap(v), frame.chromaWidth(), 1);
        return frame;
    }
}
