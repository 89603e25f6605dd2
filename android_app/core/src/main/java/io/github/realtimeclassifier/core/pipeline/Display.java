package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.FrameException;

/** The screen, or what stands in for it. */
public interface Display {
    /**
     * Shows a frame. When this returns, the frame counts as shown, and its pixels may be overwritten.
     *
     * @param frame is not to be kept.
     * @param latest the newest result, which may be of an older frame; {@link Classification#NONE} before the first.
     * @throws FrameException the frame cannot be shown any more.
     * @throws InterruptedException the thread was interrupted while it waited for the screen.
     */
    void show(Frame frame, Classification latest) throws FrameException, InterruptedException;
}
