package io.github.realtimeclassifier.core.image;

/**
 * Colours of a camera: one pixel's Y, U, V (0-255) as red, green and blue.
 *
 * <p>Coefficients of ITU-R BT.601 at full range, as JPEG uses them and Android's cameras deliver YUV_420_888 (data
 * space JFIF), as integers of 16 binary places. With u = U - 128 and v = V - 128, where {@code >>} rounds down:
 *
 * <pre>
 * red   = (65536 Y              +  91881 v + 32768) >> 16
 * green = (65536 Y -  22554 u   -  46802 v + 32768) >> 16
 * blue  = (65536 Y + 116130 u              + 32768) >> 16
 * </pre>
 *
 * each limited to 0-255. A pixel takes the U and V of the block of 2 x 2 pixels in which it lies: nothing is
 * interpolated.
 */
final class Yuv {
    private static final int HALF = 1 << 15;

    private Yuv() {}

    static int red(int y, int v) {
        return limited(((y << 16) + 91881 * (v - 128) + HALF) >> 16);
    }

    static int green(int y, int u, int v) {
        return limited(((y << 16) - 22554 * (u - 128) - 46802 * (v - 128) + HALF) >> 16);
    }

    static int blue(int y, int u) {
        return limited(((y << 16) + 116130 * (u - 128) + HALF) >> 16);
    }

    private static int limited(int value) {
        // No branch: camera noise would make the processor guess wrong.
        return Math.max(0, Math.min(value, 255));
    }
}
