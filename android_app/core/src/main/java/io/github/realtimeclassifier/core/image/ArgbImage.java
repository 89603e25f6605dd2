package io.github.realtimeclassifier.core.image;

import io.github.realtimeclassifier.core.ImageException;

/** A picture as Android's {@code Bitmap.getPixels} and Java's {@code BufferedImage.getRGB} give it: one int a pixel. */
public final class ArgbImage {
    /** The most pixels of a picture that is read: 64 million, 256 MB. */
    public static final int MOST_PIXELS = 64_000_000;

    private final int[] pixels;
    private final int width;
    private final int height;

    /**
     * Wraps pixels without copying them.
     *
     * @param pixels row by row, 0xAARRGGBB, at least width x height; the alpha byte is not looked at.
     * @throws ImageException there are too few pixels for the size, or the size is none.
     */
    public ArgbImage(int[] pixels, int width, int height) throws ImageException {
        checkSize(width, height);
        if (pixels.length < width * height) {
            throw new ImageException("expected " + width + " x " + height + " pixels (width x height), received "
                    + pixels.length + "; give the whole picture");
        }
        this.pixels = pixels;
        this.width = width;
        this.height = height;
    }

    /**
     * Refuses the size of a picture before memory is taken for it.
     *
     * @throws ImageException a side is less than 1, or there are more than {@link #MOST_PIXELS} pixels.
     */
    public static void checkSize(long width, long height) throws ImageException {
        // Each side alone first, so that their product cannot overflow.
        if (width < 1 || height < 1 || width > MOST_PIXELS || height > MOST_PIXELS || width * height > MOST_PIXELS) {
            throw new ImageException("expected a picture of at least 1 x 1 and at most " + MOST_PIXELS
                    + " pixels, received " + width + " x " + height + " (width x height); save it smaller");
        }
    }

    /** A pixel laid on white: each value of 0-255, not multiplied by the alpha value before, rounded to the nearest. */
    public static int onWhite(int red, int green, int blue, int alpha) {
        return 0xff000000 | onWhite(red, alpha) << 16 | onWhite(green, alpha) << 8 | onWhite(blue, alpha);
    }

    private static int onWhite(int value, int alpha) {
        return (2 * (value * alpha + 255 * (255 - alpha)) + 255) / 510;
    }

    /** The pixels themselves, not a copy: row by row, 0xAARRGGBB. */
    public int[] pixels() {
        return pixels;
    }

    /** Columns. */
    public int width() {
        return width;
    }

    /** Rows. */
    public int height() {
        return height;
    }
}
