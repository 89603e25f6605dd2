package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ImageException;

/**
 * Capture and drawing on one thread, inference on another: the screen shows every frame with the newest result, while
 * the worker takes the newest frame whenever it is free (paper, section III.B). Frames that became stale meanwhile are
 * dropped and counted.
 */
public final class MultithreadedPipeline implements Pipeline {
    private final FrameSource source;
    private final FrameClassifier classifier;
    private final Display display;
    private final Clock clock;
    private final FrameLog log = new FrameLog();
    private final FrameExchange exchange;
    private final PipelineThreads threads;

    private MultithreadedPipeline(
            FrameSource source, FrameClassifier classifier, Display display, Clock clock, PipelineListener listener)
            throws ImageException {
        this.source = source;
        this.classifier = classifier;
        this.display = display;
        this.clock = clock;
        exchange = new FrameExchange(log, source.width(), source.height());
        threads = new PipelineThreads(listener, source, classifier);
        threads.add("screen", new PipelineThreads.Task() {
            @Override
            public void run() throws DeploymentException, InterruptedException {
                try {
                    while (!threads.isStopping() && displayStep()) {
                        continue;
                    }
                } finally {
                    exchange.end();
                }
            }
        });
        threads.add("worker", new PipelineThreads.Task() {
            @Override
            public void run() throws DeploymentException, InterruptedException {
                try {
                    while (!threads.isStopping() && exchange.await()) {
                        workerStep();
                    }
                } finally {
                    exchange.abandon();
                }
            }
        });
    }

    /**
     * Prepares a pipeline; nothing runs yet.
     *
     * @param source is closed when the pipeline ends.
     * @param classifier is closed when the pipeline ends.
     * @throws ImageException there are no frames of the source's size.
     */
    public static MultithreadedPipeline create(
            FrameSource source, FrameClassifier classifier, Display display, Clock clock, PipelineListener listener)
            throws ImageException {
        return new MultithreadedPipeline(source, classifier, display, clock, listener);
    }

    /** Shows one frame and leaves it for the worker; false when the source has ended. */
    boolean displayStep() throws DeploymentException, InterruptedException {
        Frame frame = exchange.takeFree();
        boolean captured = false;
        boolean offered = false;
        DropReason reason = DropReason.FAILED;
        try {
            if (!source.next(frame)) {
                return false;
            }
            log.captured(frame);
            captured = true;
            display.show(frame, log.latest());
            log.shown(frame, clock.nanoTime());
            offered = true;
        } catch (InterruptedException error) {
            reason = DropReason.STOPPED;
            throw error;
        } finally {
            if (offered) {
                exchange.offer(frame);
            } else {
                exchange.release(frame);
                if (captured) {
                    log.drop(reason);
                }
            }
        }
        return true;
    }

    /** Whether a frame waits for {@link #workerStep}. */
    boolean isWorkWaiting() {
        return exchange.isWaiting();
    }

    /** Classifies the frame that waits. */
    void workerStep() throws DeploymentException, InterruptedException {
        Frame frame = exchange.take();
        DropReason reason = DropReason.FAILED;
        boolean done = false;
        try {
            log.processed(frame, classifier.classify(frame));
            done = true;
        } catch (InterruptedException error) {
            reason = DropReason.STOPPED;
            throw error;
        } finally {
            if (!done) {
                log.drop(reason);
            }
            exchange.release(frame);
        }
    }

    @Override
    public void start() {
        threads.start();
    }

    @Override
    public boolean stop(long timeoutMillis) {
        return threads.stop(timeoutMillis);
    }

    @Override
    public void close() {
        stop(CLOSE_MILLIS);
    }

    @Override
    public FrameLog log() {
        return log;
    }

    @Override
    public int workers() {
        return 1;
    }

    @Override
    public String mode() {
        return "multi";
    }
}
