package io.github.realtimeclassifier.app.screen;

/**
 * Makes a drawing what MNIST's digits are: 28 x 28 pixels, white on black, the digit fitted into 20 x 20 with its
 * proportions kept and its centre of mass in the middle (LeCun, Cortes and Burges, "The MNIST database").
 */
final class MnistDigit {
    /** Rows and columns of the result. */
    static final int SIDE = 28;

    private static final int DIGIT_SIDE = 20;

    private MnistDigit() {}

    /**
     * Converts a drawing.
     *
     * @param ink how white each pixel is, 0 to 255, row by row.
     * @param width of the drawing, in pixels.
     * @return 28 x 28 pixels, 0xFFRRGGBB, row by row; all black if nothing was drawn.
     */
    static int[] of(byte[] ink, int width) {
        int height = ink.length / width;
        int left = width;
        int right = 0;
        int top = height;
        int bottom = 0;
        double mass = 0;
        double massX = 0;
        double massY = 0;
        for (int pixel = 0; pixel < ink.length; pixel++) {
            int value = ink[pixel] & 0xff;
            if (value > 0) {
                int x = pixel % width;
                int y = pixel / width;
                left = Math.min(left, x);
                right = Math.max(right, x + 1);
                top = Math.min(top, y);
                bottom = Math.max(bottom, y + 1);
                mass += value;
                massX += value * (x + 0.5);
                massY += value * (y + 0.5);
            }
        }
        double[] sums = new double[SIDE * SIDE];
        if (mass > 0) {
            double step = (double) Math.max(right - left, bottom - top) / DIGIT_SIDE;
            // The drawing's place of the result's first corner.
            double firstX = massX / mass - step * SIDE / 2;
            double firstY = massY / mass - step * SIDE / 2;
            for (int row = 0; row < SIDE; row++) {
                for (int column = 0; column < SIDE; column++) {
                    sums[row * SIDE + column] =
                            mean(ink, width, height, firstX + column * step, firstY + row * step, step);
                }
            }
        }
        int[] argb = new int[SIDE * SIDE];
        for (int i = 0; i < argb.length; i++) {
            argb[i] = 0xff000000 | 0x010101 * (int) Math.round(sums[i]);
        }
        return argb;
    }

    /** The mean over a square, in which a pixel counts by the area that lies inside; outside all is black. */
    private static double mean(byte[] ink, int width, int height, double x, double y, double side) {
        double sum = 0;
        int lastRow = (int) Math.min(Math.ceil(y + side), height);
        int lastColumn = (int) Math.min(Math.ceil(x + side), width);
        for (int row = (int) Math.max(Math.floor(y), 0); row < lastRow; row++) {
            double rowPart = Math.min(row + 1, y + side) - Math.max(row, y);
            for (int column = (int) Math.max(Math.floor(x), 0); column < lastColumn; column++) {
                double columnPart = Math.min(column + 1, x + side) - Math.max(column, x);
                sum += (ink[row * width + column] & 0xff) * rowPart * columnPart;
            }
        }
        return sum / (side * side);
    }
}
