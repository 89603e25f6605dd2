package io.github.realtimeclassifier.core;

import java.util.concurrent.TimeUnit;

/** The machine's own clock. */
public final class SystemClock implements Clock {
    /** The one instance; it has no state. */
    public static final Clock INSTANCE = new SystemClock();

    private SystemClock() {}

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long epochMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public void sleepUntil(long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        // A sleep may end a little early: what is left is slept again.
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }
}
