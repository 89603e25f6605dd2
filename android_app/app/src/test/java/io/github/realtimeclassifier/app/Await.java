package io.github.realtimeclassifier.app;

import static org.junit.Assert.fail;

import java.util.concurrent.Callable;
import org.robolectric.shadows.ShadowLooper;

/** Waits for what other threads do, and meanwhile does what they post to the main thread. */
public final class Await {
    private static final long DEADLINE_NANOS = 30_000_000_000L;

    private Await() {}

    /** Waits until something is true; fails the test when it does not become so. */
    public static void until(String what, Callable<Boolean> isTrue) throws Exception {
        long end = System.nanoTime() + DEADLINE_NANOS;
        while (true) {
            ShadowLooper.idleMainLooper();
            if (isTrue.call()) {
                return;
            }
            if (System.nanoTime() > end) {
                fail("expected within " + DEADLINE_NANOS / 1_000_000_000L + " seconds: " + what);
            }
            Thread.sleep(1);
        }
    }
}
