package io.github.realtimeclassifier.core.image;

/** By how much a frame is turned clockwise to stand upright; Android calls it the sensor's orientation. */
public enum Rotation {
    DEGREES_0(0),
    DEGREES_90(90),
    DEGREES_180(180),
    DEGREES_270(270);

    private final int degrees;

    Rotation(int degrees) {
        this.degrees = degrees;
    }

    /** Degrees, clockwise. */
    public int degrees() {
        return degrees;
    }

    /** Whether width and height change places. */
    public boolean isSideways() {
        return this == DEGREES_90 || this == DEGREES_270;
    }

    /**
     * The rotation by a number of degrees, as a camera or a command line gives it.
     *
     * @throws IllegalArgumentException it is none of 0, 90, 180, 270.
     */
    public static Rotation ofDegrees(int degrees) {
        for (Rotation rotation : values()) {
            if (rotation.degrees == degrees) {
                return rotation;
            }
        }
        throw new IllegalArgumentException("expected a rotation of 0, 90, 180 or 270 degrees, received " + degrees);
    }
}
