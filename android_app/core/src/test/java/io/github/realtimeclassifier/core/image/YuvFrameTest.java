package io.github.realtimeclassifier.core.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.realtimeclassifier.core.ImageException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Camera frames: every layout of the planes gives the same frame, and wrong layouts are refused. */
class YuvFrameTest {
    private final Random random = new Random(3);

    @Test
    void readsEveryLayoutOfTheSameFrame() throws ImageException {
        for (int i = 0; i < 100; i++) {
            int width = 1 + random.nextInt(40);
            int height = 1 + random.nextInt(40);
            YuvFrame expected = YuvFrames.noise(width, height, random);
            int yPixelStride = 1 + random.nextInt(2);
            int yRowStride = (width - 1) * yPixelStride + 1 + random.nextInt(20);
            int chromaPixelStride = 1 + random.nextInt(3);
            int chromaRowStride = (expected.chromaWidth() - 1) * chromaPixelStride + 1 + random.nextInt(20);

            YuvFrame frame = new YuvFrame(width, height);
            frame.copyFrom(
                    plane(expected.y(), width, height, yRowStride, yPixelStride),
                    yRowStride,
                    yPixelStride,
                    chroma(expected, expected.u(), chromaRowStride, chromaPixelStride),
                    chroma(expected, expected.v(), chromaRowStride, chromaPixelStride),
                    chromaRowStride,
                    chromaPixelStride);

            assertArrayEquals(expected.y(), frame.y());
            assertArrayEquals(expected.u(), frame.u());
            assertArrayEquals(expected.v(), frame.v());
        }
    }

    private ByteBuffer chroma(YuvFrame frame, byte[] values, int rowStride, int pixelStride) {
        return plane(values, frame.chromaWidth(), frame.chromaHeight(), rowStride, pixelStride);
    }

    /** Lays values out with strides and noise between them, and with nothing after the last. */
    private ByteBuffer plane(byte[] values, int width, int height, int rowStride, int pixelStride) {
        byte[] bytes = new byte[(height - 1) * rowStride + (width - 1) * pixelStride + 1];
        random.nextBytes(bytes);
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                bytes[row * rowStride + column * pixelStride] = values[row * width + column];
            }
        }
        boolean direct = random.nextBoolean();
        ByteBuffer plane = direct ? ByteBuffer.allocateDirect(bytes.length) : ByteBuffer.allocate(bytes.length);
        plane.put(bytes);
        return plane;
    }

    @Test
    void leavesTheBuffersPositionsAlone() throws ImageException {
        ByteBuffer y = ByteBuffer.allocate(24);
        ByteBuffer chroma = ByteBuffer.allocate(12);
        y.position(5);
        chroma.position(12);
        new YuvFrame(4, 6).copyFrom(y, 4, 1, chroma, chroma, 4, 2);
        assertEquals(5, y.position());
        assertEquals(12, chroma.position());
    }

    @Test
    void refusesPlanesThatAreTooShortAndStridesThatAreTooSmall() throws ImageException {
        YuvFrame frame = new YuvFrame(4, 6);
        ByteBuffer y = ByteBuffer.allocate(24);
        ByteBuffer u = ByteBuffer.allocate(6);
        ByteBuffer shortPlane = ByteBuffer.allocate(5);
        assertRefused("plane V of 2 x 3 values to have 6 bytes", () -> frame.copyFrom(y, 4, 1, u, shortPlane, 2, 1));
        assertRefused("plane Y of 4 x 6 values to have 29 bytes", () -> frame.copyFrom(y, 5, 1, u, u, 2, 1));
        assertRefused("row stride 3", () -> frame.copyFrom(y, 3, 1, u, u, 2, 1));
        assertRefused("pixel stride 0", () -> frame.copyFrom(y, 4, 0, u, u, 2, 1));
        assertRefused("pixel stride -1", () -> frame.copyFrom(y, 4, 1, u, u, 2, -1));
        assertRefused("10737418", () -> frame.copyFrom(y, Integer.MAX_VALUE, 1, u, u, 2, 1));
        y.limit(23);
        assertRefused("received 23", () -> frame.copyFrom(y, 4, 1, u, u, 2, 1));
        assertArrayEquals(new byte[24], frame.y(), "a refused frame leaves nothing behind");
    }

    private static void assertRefused(String part, org.junit.jupiter.api.function.Executable call) {
        String message = assertThrows(ImageException.class, call).getMessage();
        assertTrue(message.startsWith("expected plane") && message.contains(part), message);
    }

    @Test
    void refusesSizesThatNoCameraHas() {
        int[][] sizes = {{0, 4}, {4, -1}, {16_385, 4}, {4, 16_385}, {16_000, 16_000}};
        for (int[] size : sizes) {
            String message = assertThrows(ImageException.class, () -> new YuvFrame(size[0], size[1])).getMessage();
            assertTrue(message.contains("received " + size[0] + " x " + size[1]), message);
        }
    }

    @Test
    void showsKnownColours() throws ImageException {
        // Black, white, gray; then red, green and blue as JPEG encodes them; then values beyond all colours.
        int[][] known = {
            {0, 128, 128, 0x000000},
            {255, 128, 128, 0xffffff},
            {128, 128, 128, 0x808080},
            {76, 85, 255, 0xfe0000},
            {150, 44, 21, 0x00ff01},
            {29, 255, 107, 0x0000fe},
            {255, 255, 255, 0xff79ff},
            {0, 0, 0, 0x008700},
        };
        for (int[] entry : known) {
            YuvFrame frame = YuvFrames.of(
                    1, 1, new byte[] {(byte) entry[0]}, new byte[] {(byte) entry[1]}, new byte[] {(byte) entry[2]});
            int[] argb = new int[1];
            frame.toArgb(argb);
            assertEquals(Integer.toHexString(0xff000000 | entry[3]), Integer.toHexString(argb[0]));
        }
    }

    @Test
    void copiesOfOneSizeOnly() throws ImageException {
        YuvFrame frame = YuvFrames.noise(5, 7, random);
        YuvFrame copy = new YuvFrame(5, 7);
        copy.copyFrom(frame);
        assertArrayEquals(frame.v(), copy.v());
        assertThrows(IllegalArgumentException.class, () -> new YuvFrame(7, 5).copyFrom(frame));
    }
}
