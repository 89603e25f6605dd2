package io.github.realtimeclassifier.app;

import io.github.realtimeclassifier.app.camera.Cameras;
import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.pipeline.Frame;
import io.github.realtimeclassifier.core.pipeline.FrameSource;
import io.github.realtimeclassifier.core.pipeline.PacedSource;
import io.github.realtimeclassifier.core.run.NoiseFrame;
import java.util.concurrent.atomic.AtomicInteger;

/** A camera of 250 noisy frames a second that counts how often it is open, and can be taken away. */
public final class TestCamera implements Cameras {
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private volatile long frameCount = Long.MAX_VALUE;
    private volatile String failure = "";

    /** After so many frames each source ends. */
    public void endAfter(long frames) {
        frameCount = frames;
    }

    /** The next frame is a failure. */
    public void takeAway(String message) {
        failure = message;
    }

    /** How many sources are open now. */
    public int open() {
        return open.get();
    }

    /** How many sources were opened so far. */
    public int opened() {
        return opened.get();
    }

    @Override
    public FrameSource open(int displayDegrees) throws FrameException {
        final FrameSource frames;
        try {
            frames = PacedSource.create(
                    SystemClock.INSTANCE,
                    NoiseFrame.create(32, 24),
                    Rotation.ofDegrees((90 - displayDegrees + 360) % 360),
                    250,
                    frameCount);
        } catch (ImageException error) {
            throw new FrameException(error.getMessage(), error);
        }
        open.incrementAndGet();
        opened.incrementAndGet();
        return new FrameSource() {
            private boolean closed;

            @Override
            public String description() {
                return frames.description();
            }

            @Override
            public int width() {
                return frames.width();
            }

            @Override
            public int height() {
                return frames.height();
            }

            @Override
            public Rotation rotation() {
                return frames.rotation();
            }

            @Override
            public boolean next(Frame frame) throws FrameException, InterruptedException {
                if (!failure.isEmpty()) {
                    throw new FrameException(failure);
                }
                return !isClosed() && frames.next(frame);
            }

            private synchronized boolean isClosed() {
                return closed;
            }

            @Override
            public synchronized void close() {
                if (!closed) {
                    closed = true;
                    open.decrementAndGet();
                }
            }
        };
    }
}
