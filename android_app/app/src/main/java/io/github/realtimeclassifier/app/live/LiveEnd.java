package io.github.realtimeclassifier.app.live;

import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.measure.RunTimer;
import io.github.realtimeclassifier.core.pipeline.PipelineListener;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Why and when a live session ends: it is stopped, its time is over, its frames end, or something fails. */
final class LiveEnd implements PipelineListener {
    private final CountDownLatch end = new CountDownLatch(1);
    // While the model and the camera are opened: the thread to be interrupted.
    private Thread opening;
    private boolean stopped;
    private DeploymentException failure;
    private volatile RunTimer timer;

    /**
     * The calling thread begins to open.
     *
     * @throws InterruptedException the session was stopped before.
     */
    synchronized void begin() throws InterruptedException {
        if (stopped) {
            throw new InterruptedException();
        }
        opening = Thread.currentThread();
    }

    /**
     * All is open.
     *
     * @throws InterruptedException the session was stopped meanwhile.
     */
    synchronized void opened() throws InterruptedException {
        finish();
        if (stopped) {
            throw new InterruptedException();
        }
    }

    /** Lets a timer look at each thread before it ends; called before the pipeline starts. */
    void watch(RunTimer started) {
        timer = started;
    }

    /** From now on nobody interrupts the session's thread, which goes on to other work. */
    synchronized void finish() {
        if (opening != null) {
            opening = null;
            Thread.interrupted();
        }
    }

    /** Ends the session, whatever it does. */
    synchronized void stop() {
        stopped = true;
        if (opening != null) {
            opening.interrupt();
        }
        end.countDown();
    }

    /** Waits for the end. */
    void await(Recording recording) throws InterruptedException {
        if (recording.isLimited()) {
            // Over, or ended before: both are an end.
            end.await(recording.seconds(), TimeUnit.SECONDS);
        } else {
            end.await();
        }
    }

    @Override
    public synchronized void onError(DeploymentException error) {
        failure = error;
        end.countDown();
    }

    @Override
    public void onThreadEnd() {
        timer.readThreads();
    }

    @Override
    public void onEnd() {
        end.countDown();
    }

    /** Throws what the pipeline failed with, if it did. */
    synchronized void checkFailure() throws DeploymentException {
        if (failure != null) {
            throw failure;
        }
    }
}
