package io.github.realtimeclassifier.app.camera;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.pipeline.Frame;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.Test;

public final class LatestFrameTest {
    private final LatestFrame latest;
    private final Frame frame;

    public LatestFrameTest() throws Exception {
        latest = new LatestFrame(SystemClock.INSTANCE, 4, 2);
        frame = new Frame(4, 2);
    }

    /** Gray of one brightness, with padded rows and U and V interleaved. */
    private void deliver(int brightness) throws ImageException {
        ByteBuffer y = ByteBuffer.allocateDirect(20);
        for (int i = 0; i < y.capacity(); i++) {
            y.put(i, (byte) brightness);
        }
        ByteBuffer chroma = ByteBuffer.allocateDirect(3);
        for (int i = 0; i < chroma.capacity(); i++) {
            chroma.put(i, (byte) 128);
        }
        latest.deliver(y, 10, 1, chroma, chroma, 4, 2);
    }

    private int brightness() {
        int[] argb = new int[8];
        frame.image().toArgb(argb);
        return argb[0] & 0xff;
    }

    /** Calls next for the first time, and delivers a frame only while it waits. */
    private void begin() throws Exception {
        FutureTask<Boolean> first = new FutureTask<>(() -> latest.next(frame));
        Thread thread = new Thread(first);
        thread.start();
        awaitWaiting(thread);
        deliver(1);
        assertTrue(first.get());
    }

    private static void awaitWaiting(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING) {
            assertTrue(thread.isAlive());
            Thread.sleep(1);
        }
    }

    @Test
    public void givesTheNewestAndCountsAll() throws Exception {
        begin();
        assertEquals(1, frame.number());
        deliver(20);
        long before = System.nanoTime();
        deliver(30);
        assertTrue(latest.next(frame));
        assertEquals(30, brightness());
        assertEquals(3, frame.number());
        assertTrue(frame.captureNanos() >= before && frame.captureNanos() <= System.nanoTime());
    }

    @Test
    public void framesFromBeforeTheFirstCallAreTooOld() throws Exception {
        deliver(10);
        deliver(10);
        long begun = System.nanoTime();
        begin();
        assertEquals(1, brightness());
        assertEquals(3, frame.number());
        assertTrue(frame.captureNanos() >= begun);
    }

    @Test
    public void noFrameIsGivenTwice() throws Exception {
        begin();
        FutureTask<Boolean> second = new FutureTask<>(() -> latest.next(frame));
        Thread thread = new Thread(second);
        thread.start();
        awaitWaiting(thread);
        deliver(2);
        assertTrue(second.get());
        assertEquals(2, frame.number());
    }

    @Test
    public void theFirstFailureCounts() throws Exception {
        begin();
        FrameException first = CameraFailures.takenAway();
        latest.fail(first);
        latest.fail(CameraFailures.none());
        deliver(9);
        assertSame(first, assertThrows(FrameException.class, () -> latest.next(frame)));
        assertSame(first, assertThrows(FrameException.class, () -> latest.awaitFirst(1)));
    }

    @Test
    public void closingWakesWhoWaits() throws Exception {
        FutureTask<Boolean> waiting = new FutureTask<>(() -> latest.next(frame));
        Thread thread = new Thread(waiting);
        thread.start();
        awaitWaiting(thread);
        assertTrue(latest.close());
        assertFalse(waiting.get());
        assertFalse(latest.close());
        latest.fail(CameraFailures.takenAway());
        deliver(3);
        assertFalse(latest.next(frame));
        assertEquals(-1, frame.number());
    }

    @Test
    public void anInterruptionWakesWhoWaits() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            try {
                latest.next(frame);
            } catch (InterruptedException error) {
                interrupted.countDown();
            } catch (FrameException error) {
                throw new AssertionError(error);
            }
        });
        thread.start();
        awaitWaiting(thread);
        thread.interrupt();
        interrupted.await();
    }

    @Test
    public void waitsForTheFirst() throws Exception {
        assertFalse(latest.awaitFirst(1));
        deliver(1);
        assertTrue(latest.awaitFirst(1));
    }

    @Test
    public void aFrameThatIsTooShortIsRefused() {
        ByteBuffer few = ByteBuffer.allocateDirect(3);
        assertThrows(ImageException.class, () -> latest.deliver(few, 4, 1, few, few, 2, 1));
    }
}
