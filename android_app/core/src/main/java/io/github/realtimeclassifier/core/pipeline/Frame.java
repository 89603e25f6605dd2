package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.YuvFrame;

/** A camera frame on its way through a pipeline. Used again and again; belongs to one thread at a time. */
public final class Frame {
    private final YuvFrame image;
    private long number = -1;
    private long captureNanos;
    private int row;

    /**
     * Takes memory for frames of a size.
     *
     * @throws ImageException there are no frames of that size.
     */
    public Frame(int width, int height) throws ImageException {
        image = new YuvFrame(width, height);
    }

    /** The pixels, to be filled by the source. */
    public YuvFrame image() {
        return image;
    }

    /**
     * Says which frame this is; the source calls it after it filled the pixels.
     *
     * @param number counts the frames that the camera took, also those that nobody fetched.
     * @param captureNanos when the camera took it, by the pipeline's clock.
     */
    public void stamp(long number, long captureNanos) {
        this.number = number;
        this.captureNanos = captureNanos;
    }

    /** The number among all that the camera took; greater than that of the frame before. */
    public long number() {
        return number;
    }

    /** When the camera took it, in nanoseconds of the pipeline's clock. */
    public long captureNanos() {
        return captureNanos;
    }

    /** Its row in the frame log. */
    int row() {
        return row;
    }

    void setRow(int row) {
        this.row = row;
    }
}
