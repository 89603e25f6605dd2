package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.image.YuvFrame;

/**
 * A camera without a camera: it takes frames at a fixed rate, whether anybody fetches them or not, and gives the
 * newest. Frame k is taken k periods after the first call of {@link #next}.
 */
public final class PacedSource implements FrameSource {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final Clock clock;
    private final YuvFrame picture;
    private final Rotation rotation;
    private final double framesPerSecond;
    private final long frameCount;
    private long firstNanos;
    private long last = -1;

    private PacedSource(Clock clock, YuvFrame picture, Rotation rotation, double framesPerSecond, long frameCount) {
        this.clock = clock;
        this.picture = picture;
        this.rotation = rotation;
        this.framesPerSecond = framesPerSecond;
        this.frameCount = frameCount;
    }

    /**
     * Makes one.
     *
     * @param picture what each frame shows.
     * @param frameCount after so many frames it ends.
     */
    public static PacedSource create(
            Clock clock, YuvFrame picture, Rotation rotation, double framesPerSecond, long frameCount) {
        if (!(framesPerSecond > 0 && framesPerSecond <= 1e6) || frameCount < 1) {
            throw new IllegalArgumentException("expected up to a million frames a second and at least one frame, "
                    + "received " + framesPerSecond + " and " + frameCount);
        }
        return new PacedSource(clock, picture, rotation, framesPerSecond, frameCount);
    }

    @Override
    public String description() {
        return "simulated camera, " + width() + " x " + height() + ", " + framesPerSecond + " frames per second";
    }

    @Override
    public int width() {
        return picture.width();
    }

    @Override
    public int height() {
        return picture.height();
    }

    @Override
    public Rotation rotation() {
        return rotation;
    }

    @Override
    public boolean next(Frame frame) throws InterruptedException {
        if (last < 0) {
            firstNanos = clock.nanoTime();
        }
        // The newest that was taken by now, or else the one after the last.
        long number = Math.max(last + 1, (long) ((clock.nanoTime() - firstNanos) * framesPerSecond / SECOND_NANOS));
        if (number >= frameCount) {
            return false;
        }
        long taken = firstNanos + (long) Math.ceil(number * SECOND_NANOS / framesPerSecond);
        clock.sleepUntil(taken);
        frame.image().copyFrom(picture);
        frame.stamp(number, taken);
        last = number;
        return true;
    }

    @Override
    public void close() {
        // There is nothing to give back.
    }
}
