package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.DeploymentException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The life of a pipeline's threads: started once, ended together, their first failure reported once. */
final class PipelineThreads {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    /** What a thread does. It returns when there is nothing more to do. */
    interface Task {
        void run() throws DeploymentException, InterruptedException;
    }

    private final PipelineListener listener;
    private final Closeable[] resources;
    private final List<Thread> threads = new ArrayList<>();
    private boolean started;
    private boolean stopping;
    private int running;
    private DeploymentException failure;

    /**
     * Prepares.
     *
     * @param resources are closed after the last thread has ended, in this order.
     */
    PipelineThreads(PipelineListener listener, Closeable... resources) {
        this.listener = listener;
        this.resources = resources.clone();
    }

    /** Adds a thread; all are added before the start. */
    void add(String name, final Task task) {
        threads.add(new Thread(
                new Runnable() {
                    @Override
                    public void run() {
                        live(task);
                    }
                },
                name));
    }

    synchronized void start() {
        if (started || stopping) {
            throw new IllegalStateException("expected a new pipeline, received one that was started or stopped before");
        }
        started = true;
        running = threads.size();
        for (Thread thread : threads) {
            thread.start();
        }
    }

    synchronized boolean isStopping() {
        return stopping;
    }

    /** Asks all threads to end, and waits; see {@link Pipeline#stop}. */
    boolean stop(long timeoutMillis) {
        boolean neverStarted;
        synchronized (this) {
            neverStarted = !started && !stopping;
            stopping = true;
        }
        if (neverStarted) {
            end();
            return true;
        }
        interruptOthers();
        return join(timeoutMillis);
    }

    private void live(Task task) {
        try {
            try {
                task.run();
            } finally {
                listener.onThreadEnd();
            }
        } catch (InterruptedException error) {
            // Who stops the pipeline interrupts its threads; anybody else's interruption ends it as well.
            if (!isStopping()) {
                fail(new DeploymentException(
                        "expected only the pipeline to interrupt its threads, received another's; start it again",
                        error));
            }
        } catch (DeploymentException error) {
            fail(error);
        } catch (RuntimeException | Error error) {
            fail(new DeploymentException(
                    "expected the pipeline to run, received " + error + "; start it again, or choose another engine",
                    error));
        } finally {
            boolean last;
            synchronized (this) {
                running--;
                last = running == 0;
            }
            if (last) {
                end();
            }
        }
    }

    /** Reports the first failure, and ends all threads. */
    private void fail(DeploymentException error) {
        synchronized (this) {
            stopping = true;
            if (failure != null) {
                failure.addSuppressed(error);
                return;
            }
            failure = error;
        }
        interruptOthers();
        listener.onError(error);
    }

    private void end() {
        for (Closeable resource : resources) {
            try {
                resource.close();
            } catch (IOException | RuntimeException | Error error) {
                // The others are closed all the same.
                fail(new DeploymentException(
                        "expected the pipeline to let go of everything, received " + error + "; start the app again",
                        error));
            }
        }
        listener.onEnd();
    }

    private void interruptOthers() {
        for (Thread thread : threads) {
            if (thread != Thread.currentThread()) {
                thread.interrupt();
            }
        }
    }

    private boolean join(long timeoutMillis) {
        // The threads' own clock is not asked: a test's clock may stand still.
        long end = System.nanoTime() + timeoutMillis * NANOS_PER_MILLI;
        boolean interrupted = false;
        boolean ended = true;
        for (Thread thread : threads) {
            if (thread == Thread.currentThread()) {
                continue;
            }
            try {
                long left = end - System.nanoTime();
                if (!interrupted && left > 0) {
                    TimeUnit.NANOSECONDS.timedJoin(thread, left);
                }
            } catch (InterruptedException error) {
                // The caller is in a hurry: no more waiting, and its own code sees the interruption.
                interrupted = true;
            }
            ended &= !thread.isAlive();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return ended;
    }
}
