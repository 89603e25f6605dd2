package io.github.realtimeclassifier.core.image;

/** The rows of a picture of one int a pixel. The picture can be exchanged for another of the same size. */
final class ArgbRows extends UprightRows {
    private final int width;
    private final boolean gray;
    private int[] pixels = new int[0];

    ArgbRows(int width, int height, Rotation rotation, boolean gray) {
        super(width, height, rotation);
        this.width = width;
        this.gray = gray;
    }

    /** The rows of another picture, of the size that was given at first. Needed before rows are read. */
    ArgbRows of(int[] argb) {
        pixels = argb;
        return this;
    }

    @Override
    void read(int row, int column, int count, int[] values) {
        int x = firstX + row * xPerRow + column * xPerColumn;
        int y = firstY + row * yPerRow + column * yPerColumn;
        int pixel = y * width + x;
        int step = yPerColumn * width + xPerColumn;
        for (int i = 0, at = 0; i < count; i++, pixel += step) {
            int argb = pixels[pixel];
            int red = (argb >> 16) & 0xff;
            int green = (argb >> 8) & 0xff;
            int blue = argb & 0xff;
            if (gray) {
                values[at++] = Gray.of(red, green, blue);
            } else {
                values[at++] = red;
                values[at++] = green;
                values[at++] = blue;
            }
        }
    }
}
