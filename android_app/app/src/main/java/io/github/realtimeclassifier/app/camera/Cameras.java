package io.github.realtimeclassifier.app.camera;

import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.pipeline.FrameSource;

/** Opens the phone's camera, or what stands in for it in a test. Safe to use from any thread. */
public interface Cameras {
    /**
     * Opens a camera, and waits for its first frame: not for the main thread.
     *
     * @param displayDegrees by how much the screen is turned: 0, 90, 180 or 270.
     * @return a source, to be closed by the caller.
     * @throws FrameException there is no camera, it must not be used, or it fails.
     * @throws InterruptedException the thread was interrupted while it waited.
     */
    FrameSource open(int displayDegrees) throws FrameException, InterruptedException;
}
