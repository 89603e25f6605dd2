package io.github.realtimeclassifier.core.pipeline;

import java.io.Closeable;

/**
 * Frames from a source through a network to a display. It owns its source and its classifier, and closes them when it
 * ends: by itself when the source ends or something fails, or when it is stopped. All methods may be called from any
 * thread.
 */
public interface Pipeline extends Closeable {
    /** How long {@link #close} waits, in milliseconds. */
    long CLOSE_MILLIS = 1_000;

    /**
     * Starts the threads.
     *
     * @throws IllegalStateException it was started or stopped before.
     */
    void start();

    /**
     * Ends the pipeline, and waits until its threads have ended.
     *
     * <p>An engine's native code cannot be interrupted: where it does not come back in time, this returns all the same,
     * and the engine is closed as soon as it comes back. Called from one of the pipeline's own threads, it does not
     * wait for that one.
     *
     * @param timeoutMillis how long to wait at most; 0 does not wait.
     * @return whether all threads (but the calling one) have ended.
     */
    boolean stop(long timeoutMillis);

    /** Stops, and waits for {@link #CLOSE_MILLIS} at most. Calling it twice does no harm. */
    @Override
    void close();

    /** What became of the frames so far. */
    FrameLog log();

    /** How many threads run the network: 1. */
    int workers();

    /** single or multi, as run logs call it. */
    String mode();
}
