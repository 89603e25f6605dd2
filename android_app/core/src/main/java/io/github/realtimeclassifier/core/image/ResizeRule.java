package io.github.realtimeclassifier.core.image;

import io.github.realtimeclassifier.core.json.JsonException;
import io.github.realtimeclassifier.core.json.JsonFields;

/**
 * How a picture of any size becomes one of the network's size: resize it whole, then cut out the middle; or not at all.
 * The arithmetic is defined by {@code ResizeRule} in {@code helpers/preprocess.py}. Immutable.
 */
public final class ResizeRule {
    /** No rule: pictures come at the network's size. */
    public static final ResizeRule NONE = new ResizeRule(0);

    private final int shorterSide;

    private ResizeRule(int shorterSide) {
        this.shorterSide = shorterSide;
    }

    /** The rule that makes the shorter side of a picture so many pixels long. */
    public static ResizeRule shorterSide(int pixels) {
        if (pixels < 1 || pixels > ImageInput.LONGEST_SIDE) {
            throw new IllegalArgumentException(
                    "expected a shorter side of 1 to " + ImageInput.LONGEST_SIDE + " pixels, received " + pixels);
        }
        return new ResizeRule(pixels);
    }

    static ResizeRule read(JsonFields fields) throws JsonException {
        fields.only("shorter_side", "interpolation", "crop");
        for (String[] choice : new String[][] {{"interpolation", "bilinear"}, {"crop", "center"}}) {
            if (fields.has(choice[0]) && !fields.text(choice[0]).equals(choice[1])) {
                throw fields.wrong(choice[0], '"' + choice[1] + '"');
            }
        }
        return shorterSide((int) fields.integer("shorter_side", 1, ImageInput.LONGEST_SIDE));
    }

    /** Whether pictures are resized. */
    public boolean resizes() {
        return shorterSide > 0;
    }

    /** What the shorter side of a picture becomes, in pixels; 0 where pictures are not resized. */
    public int shorterSide() {
        return shorterSide;
    }

    /**
     * What one side of a picture becomes before the middle is cut out.
     *
     * @param side the side asked for, in pixels.
     * @param other the picture's other side, in pixels.
     * @return pixels; more than an int holds for extreme strips.
     */
    public long resizedSide(int side, int other) {
        if (!resizes()) {
            return side;
        }
        return side <= other ? shorterSide : ((long) side * shorterSide + other / 2) / other;
    }
}
