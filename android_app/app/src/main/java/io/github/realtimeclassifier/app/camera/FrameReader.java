package io.github.realtimeclassifier.app.camera;

import android.os.Handler;
import android.view.Surface;

/** Takes the camera's frames from its surface to {@link LatestFrame}. For the camera's thread. */
interface FrameReader {
    /** Makes readers: by Android's ImageReader, or by what stands in for it in a test. */
    interface Factory {
        /**
         * Makes one.
         *
         * @param latest gets each frame, and what fails.
         * @param handler of the camera's thread.
         */
        FrameReader create(int width, int height, LatestFrame latest, Handler handler);
    }

    /** What the camera draws on. */
    Surface surface();

    /** No more frames. */
    void close();
}
