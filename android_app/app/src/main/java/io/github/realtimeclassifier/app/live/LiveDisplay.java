package io.github.realtimeclassifier.app.live;

import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.pipeline.Display;

/** The screen of a live session. */
public interface LiveDisplay extends Display {
    /**
     * Tells what the frames will be like. Called once, before the first frame is shown, on a thread of the session.
     *
     * @param width columns of a frame, before it is turned.
     * @param height rows of a frame, before it is turned.
     * @param rotation by how much frames are turned to stand upright.
     */
    void prepare(int width, int height, Rotation rotation);
}
