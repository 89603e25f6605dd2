package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.image.Rotation;
import java.io.Closeable;

/** A camera, or what stands in for one. A pipeline calls it from one thread, but may close it from another. */
public interface FrameSource extends Closeable {
    /** What it is, for the run log, such as Camera2, back camera. */
    String description();

    /** Columns of each frame, before it is turned. */
    int width();

    /** Rows of each frame, before it is turned. */
    int height();

    /** How frames are turned to stand upright. */
    Rotation rotation();

    /**
     * Waits for a frame newer than the last one and copies it; if there are several, the newest.
     *
     * @param frame gets the pixels, and the stamp of {@link Frame#stamp}.
     * @return false when no more frames will come; the frame is then as it was.
     * @throws FrameException the camera failed or was taken away.
     * @throws InterruptedException the thread was interrupted while it waited.
     */
    boolean next(Frame frame) throws FrameException, InterruptedException;

    /** Gives the camera back. Calling it twice does no harm. */
    @Override
    void close();
}
