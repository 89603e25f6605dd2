package io.github.realtimeclassifier.app.camera;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.YuvFrame;
import io.github.realtimeclassifier.core.pipeline.Frame;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Where the camera's thread leaves the newest frame for the pipeline. The camera's own buffers go back to it at once,
 * so that it never waits for a slow pipeline.
 */
final class LatestFrame {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Clock clock;
    // Filled by the camera's thread alone, then exchanged for the newest.
    private YuvFrame filling;
    private YuvFrame newest;
    private long delivered;
    private long newestNanos;
    private boolean fresh;
    private boolean begun;
    private boolean closed;
    private FrameException failure;

    LatestFrame(Clock clock, int width, int height) throws ImageException {
        this.clock = clock;
        filling = new YuvFrame(width, height);
        newest = new YuvFrame(width, height);
    }

    /** The camera gives a frame; see {@link YuvFrame#copyFrom}. It is stamped with the time of its arrival. */
    void deliver(
            ByteBuffer y,
            int yRowStride,
            int yPixelStride,
            ByteBuffer u,
            ByteBuffer v,
            int chromaRowStride,
            int chromaPixelStride)
            throws ImageException {
        long arrival = clock.nanoTime();
        filling.copyFrom(y, yRowStride, yPixelStride, u, v, chromaRowStride, chromaPixelStride);
        synchronized (this) {
            YuvFrame older = newest;
            newest = filling;
            filling = older;
            newestNanos = arrival;
            delivered++;
            fresh = true;
            notifyAll();
        }
    }

    /** The camera failed; the first failure counts, and none after the end. */
    synchronized void fail(FrameException error) {
        if (failure == null && !closed) {
            failure = error;
            notifyAll();
        }
    }

    /** Waits until the camera has given its first frame, or failed, or so much time has passed; says whether it has. */
    synchronized boolean awaitFirst(long timeoutMillis) throws FrameException, InterruptedException {
        long end = System.nanoTime() + timeoutMillis * NANOS_PER_MILLI;
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            checkFailure();
            if (delivered > 0 || closed) {
                break;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        checkFailure();
        return delivered > 0;
    }

    /** As {@code FrameSource.next}. Frames from before the first call are too old. */
    synchronized boolean next(Frame frame) throws FrameException, InterruptedException {
        if (!begun) {
            begun = true;
            fresh = false;
        }
        while (!fresh && failure == null && !closed) {
            wait();
        }
        if (closed) {
            return false;
        }
        checkFailure();
        frame.image().copyFrom(newest);
        frame.stamp(delivered, newestNanos);
        fresh = false;
        return true;
    }

    private void checkFailure() throws FrameException {
        if (failure != null) {
            throw failure;
        }
    }

    /** No more frames; says whether this was the first call. */
    synchronized boolean close() {
        boolean first = !closed;
        closed = true;
        notifyAll();
        return first;
    }

    synchronized boolean isClosed() {
        return closed;
    }
}
