package io.github.realtimeclassifier.core.run;

import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;

/** Turns the bytes of a picture's file into pixels; each platform has its own. */
public interface ImageDecoder {
    /**
     * Decodes a PNG or JPEG file.
     *
     * @param content the whole file.
     * @param name what messages call the picture.
     * @return the picture as a viewer shows it, opaque: transparent parts laid on white.
     * @throws ImageException the content is no such picture, is damaged, or too large.
     */
    ArgbImage decode(byte[] content, String name) throws ImageException;
}
