package io.github.realtimeclassifier.core.image;

import io.github.realtimeclassifier.core.ImageException;
import java.nio.ByteBuffer;

/**
 * A camera frame of one size, to be filled again and again: Y for each pixel, U and V for each block of 2 x 2 pixels.
 *
 * <p>The planes of Android's YUV_420_888 are copied in, because the camera wants its own buffers back. Rows may be
 * padded (row stride), and U and V may lie interleaved (pixel stride 2): a copy here is neither. For one thread at a
 * time.
 */
public final class YuvFrame {
    /** The longest side of a frame, in pixels. */
    public static final int LONGEST_SIDE = 16_384;

    private final int width;
    private final int height;
    private final byte[] y;
    private final byte[] u;
    private final byte[] v;
    private byte[] paddedRow = new byte[0];

    /**
     * Takes memory for frames of a size; a new frame is green, all zeros.
     *
     * @throws ImageException a side is less than 1 or more than {@link #LONGEST_SIDE}, or there are too many pixels.
     */
    public YuvFrame(int width, int height) throws ImageException {
        if (width < 1 || height < 1 || width > LONGEST_SIDE || height > LONGEST_SIDE
                || width * height > ArgbImage.MOST_PIXELS) {
            throw new ImageException("expected a frame with sides of 1 to " + LONGEST_SIDE + " and at most "
                    + ArgbImage.MOST_PIXELS + " pixels, received " + width + " x " + height
                    + " (width x height); choose another camera resolution");
        }
        this.width = width;
        this.height = height;
        y = new byte[width * height];
        u = new byte[chromaWidth() * chromaHeight()];
        v = new byte[chromaWidth() * chromaHeight()];
    }

    /**
     * Copies a frame's planes in. U and V share one pair of strides, as YUV_420_888 guarantees. Each plane is read from
     * its buffer's index 0 on; the buffers' positions are the same afterwards. Allocates nothing, except when the
     * strides change.
     *
     * @param yRowStride bytes from one row to the next, at least the row's length.
     * @param yPixelStride bytes from one pixel to the next, at least 1.
     * @throws ImageException a buffer is too short for its strides, or a stride is too small.
     */
    public void copyFrom(
            ByteBuffer yPlane,
            int yRowStride,
            int yPixelStride,
            ByteBuffer uPlane,
            ByteBuffer vPlane,
            int chromaRowStride,
            int chromaPixelStride)
            throws ImageException {
        // All are checked before the first is copied: a frame is new as a whole or not at all.
        checkPlane("Y", yPlane, width, height, yRowStride, yPixelStride);
        checkPlane("U", uPlane, chromaWidth(), chromaHeight(), chromaRowStride, chromaPixelStride);
        checkPlane("V", vPlane, chromaWidth(), chromaHeight(), chromaRowStride, chromaPixelStride);
        copyPlane(yPlane, y, width, height, yRowStride, yPixelStride);
        copyPlane(uPlane, u, chromaWidth(), chromaHeight(), chromaRowStride, chromaPixelStride);
        copyPlane(vPlane, v, chromaWidth(), chromaHeight(), chromaRowStride, chromaPixelStride);
    }

    /** Copies another frame of the same size. */
    public void copyFrom(YuvFrame other) {
        if (other.width != width || other.height != height) {
            throw new IllegalArgumentException("expected a frame of " + width + " x " + height + " (width x height), "
                    + "received one of " + other.width + " x " + other.height);
        }
        System.arraycopy(other.y, 0, y, 0, y.length);
        System.arraycopy(other.u, 0, u, 0, u.length);
        System.arraycopy(other.v, 0, v, 0, v.length);
    }

    private static void checkPlane(String name, ByteBuffer plane, int width, int height, int rowStride, int pixelStride)
            throws ImageException {
        long rowBytes = (width - 1L) * pixelStride + 1;
        if (pixelStride < 1 || rowStride < rowBytes) {
            throw new ImageException("expected plane " + name + " of " + width + " x " + height
                    + " values to have a pixel stride of at least 1 and rows that do not overlap, "
                    + "received pixel stride " + pixelStride + " and row stride " + rowStride
                    + "; give the strides of the same camera image");
        }
        // A camera may leave out the padding after the last row.
        long needed = (height - 1L) * rowStride + rowBytes;
        if (plane.limit() < needed) {
            throw new ImageException("expected plane " + name + " of " + width + " x " + height + " values to have "
                    + needed + " bytes (row stride " + rowStride + ", pixel stride " + pixelStride + "), received "
                    + plane.limit() + "; give the planes of a frame of this size");
        }
    }

    private void copyPlane(ByteBuffer plane, byte[] target, int width, int height, int rowStride, int pixelStride) {
        int position = plane.position();
        if (pixelStride == 1) {
            for (int row = 0; row < height; row++) {
                plane.position(row * rowStride);
                plane.get(target, row * width, width);
            }
        } else {
            int rowBytes = (width - 1) * pixelStride + 1;
            if (paddedRow.length < rowBytes) {
                paddedRow = new byte[rowBytes];
            }
            for (int row = 0; row < height; row++) {
                // Whole rows: asking a camera's buffer for single bytes is slow.
                plane.position(row * rowStride);
                plane.get(paddedRow, 0, rowBytes);
                int to = row * width;
                for (int from = 0; from < rowBytes; from += pixelStride) {
                    target[to++] = paddedRow[from];
                }
            }
        }
        plane.position(position);
    }

    /** Columns. */
    public int width() {
        return width;
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** Columns of U and V: one for two of the frame's, rounded up. */
    public int chromaWidth() {
        return (width + 1) / 2;
    }

    /** Rows of U and V: one for two of the frame's, rounded up. */
    public int chromaHeight() {
        return (height + 1) / 2;
    }

    /**
     * Writes the frame's colours, opaque and not turned; for display and for checks, since it needs no resizing.
     *
     * @param argb gets width x height pixels, row by row.
     */
    public void toArgb(int[] argb) {
        for (int row = 0, pixel = 0; row < height; row++) {
            for (int column = 0; column < width; column++, pixel++) {
                int luma = y[pixel] & 0xff;
                int chroma = (row >> 1) * chromaWidth() + (column >> 1);
                int blueness = u[chroma] & 0xff;
                int redness = v[chroma] & 0xff;
                argb[pixel] = 0xff000000
                        | Yuv.red(luma, redness) << 16
                        | Yuv.green(luma, blueness, redness) << 8
                        | Yuv.blue(luma, blueness);
            }
        }
    }

    byte[] y() {
        return y;
    }

    byte[] u() {
        return u;
    }

    byte[] v() {
        return v;
    }
}
