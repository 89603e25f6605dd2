package io.github.realtimeclassifier.app.screen;

import io.github.realtimeclassifier.app.camera.Cameras;
import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.image.YuvFrame;
import io.github.realtimeclassifier.core.pipeline.Frame;
import io.github.realtimeclassifier.core.pipeline.FrameSource;
import io.github.realtimeclassifier.core.pipeline.PacedSource;
import java.util.concurrent.atomic.AtomicInteger;

/** A camera that sees one picture thirty times a second, until a test takes it away. */
final class FakeCameras implements Cameras {
    private static final double FRAMES_PER_SECOND = 30;

    private final YuvFrame upright;
    private final YuvFrame sideways;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private volatile String missing = "";
    private volatile String takenAway = "";

    /**
     * Makes one.
     *
     * @param upright what it sees when the phone lies on its side.
     * @param sideways what it sees when the phone is held upright: to be turned by 90 degrees.
     */
    FakeCameras(YuvFrame upright, YuvFrame sideways) {
        this.upright = upright;
        this.sideways = sideways;
    }

    /** From now on there is none, for a reason; with an empty text, there is one again. */
    void miss(String reason) {
        missing = reason;
    }

    /** From now on each next frame fails, for a reason; with an empty text, none does. */
    void takeAway(String reason) {
        takenAway = reason;
    }

    /** How many are open now. */
    int open() {
        return open.get();
    }

    /** How many were opened so far. */
    int opened() {
        return opened.get();
    }

    @Override
    public FrameSource open(int displayDegrees) throws FrameException {
        if (!missing.isEmpty()) {
            throw new FrameException(missing);
        }
        boolean turned = displayDegrees % 180 == 0;
        final FrameSource source = PacedSource.create(
                SystemClock.INSTANCE,
                turned ? sideways : upright,
                turned ? Rotation.DEGREES_90 : Rotation.DEGREES_0,
                FRAMES_PER_SECOND,
                Long.MAX_VALUE);
        open.incrementAndGet();
        opened.incrementAndGet();
        return new FrameSource() {
            private boolean closed;

            @Override
            public String description() {
                return source.description();
            }

            @Override
            public int width() {
                return source.width();
            }

            @Override
            public int height() {
                return source.height();
            }

            @Override
            public Rotation rotation() {
                return source.rotation();
            }

            @Override
            public boolean next(Frame frame) throws FrameException, InterruptedException {
                if (!takenAway.isEmpty()) {
                    throw new FrameException(takenAway);
                }
                return source.next(frame);
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
