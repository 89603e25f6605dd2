package io.github.realtimeclassifier.core.run;

import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;

/** Images to be classified, counted from 0. */
public interface ImageSet {
    /** The label of an image whose class is not known. */
    int NO_LABEL = -1;

    /** What run logs call the set. */
    String name();

    /** How many images there are. */
    int count();

    /** What run logs call an image; no two have the same. */
    String id(int image);

    /** The true class, or {@link #NO_LABEL}. */
    int label(int image);

    /**
     * Reads an image.
     *
     * @throws ImageException it is missing, damaged or too large.
     */
    ArgbImage read(int image) throws ImageException;
}
