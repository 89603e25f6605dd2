package io.github.realtimeclassifier.core.image;

/** A picture, read row by row as it looks after its rotation. */
abstract class UprightRows {
    // Where the upright picture's first pixel lies, and how far a step along its rows and columns leads.
    final int firstX;
    final int firstY;
    final int xPerRow;
    final int yPerRow;
    final int xPerColumn;
    final int yPerColumn;

    UprightRows(int width, int height, Rotation rotation) {
        boolean sideways = rotation.isSideways();
        boolean fromRight = rotation == Rotation.DEGREES_180 || rotation == Rotation.DEGREES_270;
        boolean fromBottom = rotation == Rotation.DEGREES_90 || rotation == Rotation.DEGREES_180;
        int xStep = fromRight ? -1 : 1;
        int yStep = fromBottom ? -1 : 1;
        firstX = fromRight ? width - 1 : 0;
        firstY = fromBottom ? height - 1 : 0;
        xPerRow = sideways ? xStep : 0;
        yPerRow = sideways ? 0 : yStep;
        xPerColumn = sideways ? 0 : xStep;
        yPerColumn = sideways ? yStep : 0;
    }

    /**
     * Reads a part of an upright row.
     *
     * @param row counted from the upright picture's top.
     * @param column the first column of the part, counted from the upright picture's left.
     * @param count how many pixels.
     * @param values gets red, green, blue (0-255) of one pixel after those of another; of a gray picture one value
     *     each.
     */
    abstract void read(int row, int column, int count, int[] values);
}
