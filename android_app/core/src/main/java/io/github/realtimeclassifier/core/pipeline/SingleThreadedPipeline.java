package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ImageException;

/**
 * Capture, inference and drawing in turn on one thread: the screen shows a frame only after its network has run, so
 * that frames per second and frames processed per second are the same, and both as low as the network is slow (paper,
 * section III.B).
 */
public final class SingleThreadedPipeline implements Pipeline {
    private final FrameSource source;
    private final FrameClassifier classifier;
    private final Display display;
    private final Clock clock;
    private final Frame frame;
    private final FrameLog log = new FrameLog();
    private final PipelineThreads threads;

    private SingleThreadedPipeline(
            FrameSource source, FrameClassifier classifier, Display display, Clock clock, PipelineListener listener)
            throws ImageException {
        this.source = source;
        this.classifier = classifier;
        this.display = display;
        this.clock = clock;
        frame = new Frame(source.width(), source.height());
        threads = new PipelineThreads(listener, source, classifier);
        threads.add("screen", new PipelineThreads.Task() {
            @Override
            public void run() throws DeploymentException, InterruptedException {
                while (!threads.isStopping() && step()) {
                    continue;
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
    public static SingleThreadedPipeline create(
            FrameSource source, FrameClassifier classifier, Display display, Clock clock, PipelineListener listener)
            throws ImageException {
        return new SingleThreadedPipeline(source, classifier, display, clock, listener);
    }

    /** Takes one frame all the way; false when the source has ended. */
    boolean step() throws DeploymentException, InterruptedException {
        if (!source.next(frame)) {
            return false;
        }
        log.captured(frame);
        Classification result;
        DropReason reason = DropReason.FAILED;
        boolean done = false;
        try {
            result = classifier.classify(frame);
            log.processed(frame, result);
            done = true;
        } catch (InterruptedException error) {
            reason = DropReason.STOPPED;
            throw error;
        } finally {
            if (!done) {
                log.drop(reason);
            }
        }
        display.show(frame, result);
        log.shown(frame, clock.nanoTime());
        return true;
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
        return "single";
    }
}
