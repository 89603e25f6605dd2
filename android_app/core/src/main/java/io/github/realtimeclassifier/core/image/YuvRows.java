package io.github.realtimeclassifier.core.image;

/** The rows of a camera frame in red, green and blue: only the pixels that are asked for are ever converted. */
final class YuvRows extends UprightRows {
    private final boolean gray;
    private YuvFrame frame;

    YuvRows(int width, int height, Rotation rotation, boolean gray) {
        super(width, height, rotation);
        this.gray = gray;
    }

    /** The rows of another frame, of the size that was given at first. Needed before rows are read. */
    YuvRows of(YuvFrame other) {
        frame = other;
        return this;
    }

    @Override
    void read(int row, int column, int count, int[] values) {
        byte[] lumas = frame.y();
        byte[] bluenesses = frame.u();
        byte[] rednesses = frame.v();
        int width = frame.width();
        int chromaWidth = frame.chromaWidth();
        int x = firstX + row * xPerRow + column * xPerColumn;
        int y = firstY + row * yPerRow + column * yPerColumn;
        for (int i = 0, at = 0; i < count; i++, x += xPerColumn, y += yPerColumn) {
            int luma = lumas[y * width + x] & 0xff;
            int chroma = (y >> 1) * chromaWidth + (x >> 1);
            int blueness = bluenesses[chroma] & 0xff;
            int redness = rednesses[chroma] & 0xff;
            int red = Yuv.red(luma, redness);
            int green = Yuv.green(luma, blueness, redness);
            int blue = Yuv.blue(luma, blueness);
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
