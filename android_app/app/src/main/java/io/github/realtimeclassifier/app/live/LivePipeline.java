package io.github.realtimeclassifier.app.live;

import io.github.realtimeclassifier.app.ClassifierApplication;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.OpenedModel;
import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.pipeline.Classification;
import io.github.realtimeclassifier.core.pipeline.Display;
import io.github.realtimeclassifier.core.pipeline.Frame;
import io.github.realtimeclassifier.core.pipeline.FrameClassifier;
import io.github.realtimeclassifier.core.pipeline.FrameReport;
import io.github.realtimeclassifier.core.pipeline.FrameSource;
import io.github.realtimeclassifier.core.pipeline.MultithreadedPipeline;
import io.github.realtimeclassifier.core.pipeline.Pipeline;
import io.github.realtimeclassifier.core.pipeline.SingleThreadedPipeline;
import java.io.Closeable;

/** What a live session has open: a model, the camera, and the pipeline between them and the screen. */
final class LivePipeline implements Closeable {
    private static final int TOP_COUNT = 5;

    private final OpenedModel model;
    private final FrameSource source;
    private final Pipeline pipeline;

    private LivePipeline(OpenedModel model, FrameSource source, Pipeline pipeline) {
        this.model = model;
        this.source = source;
        this.pipeline = pipeline;
    }

    /**
     * Opens everything, and closes again what was opened when something else cannot be.
     *
     * @param latencies gets each result that is shown.
     * @throws DeploymentException the model or the camera cannot be opened, or they do not fit together.
     * @throws InterruptedException the thread was interrupted.
     */
    static LivePipeline open(
            ClassifierApplication app,
            Choice choice,
            int displayDegrees,
            LiveDisplay display,
            LatencyWindow latencies,
            LiveEnd end)
            throws DeploymentException, InterruptedException {
        OpenedModel model = OpenedModel.open(choice, app.engines(), SystemClock.INSTANCE);
        boolean whole = false;
        try {
            FrameSource source = app.cameras().open(displayDegrees);
            try {
                Pipeline pipeline = pipeline(choice, model, source, metered(display, latencies), end);
                display.prepare(source.width(), source.height(), source.rotation());
                whole = true;
                return new LivePipeline(model, source, pipeline);
            } finally {
                if (!whole) {
                    source.close();
                }
            }
        } finally {
            if (!whole) {
                model.close();
            }
        }
    }

    private static Pipeline pipeline(
            Choice choice, OpenedModel model, FrameSource source, Display display, LiveEnd end) throws ImageException {
        Clock clock = SystemClock.INSTANCE;
        FrameClassifier classifier =
                FrameClassifier.create(clock, model.manifest().input(), model.engine(), source, TOP_COUNT);
        return choice.isMultithreaded()
                ? MultithreadedPipeline.create(source, classifier, display, clock, end)
                : SingleThreadedPipeline.create(source, classifier, display, clock, end);
    }

    private static Display metered(final Display display, final LatencyWindow latencies) {
        return new Display() {
            @Override
            public void show(Frame frame, Classification latest) throws FrameException, InterruptedException {
                latencies.add(latest);
                display.show(frame, latest);
            }
        };
    }

    OpenedModel model() {
        return model;
    }

    void start() {
        pipeline.start();
    }

    /** Gives the camera back at once, and waits for the threads. */
    void stop(long timeoutMillis) {
        // An engine cannot be interrupted, and another app may want the camera meanwhile.
        source.close();
        pipeline.stop(timeoutMillis);
    }

    FrameReport report() {
        return pipeline.log().report();
    }

    Classification latest() {
        return pipeline.log().latest();
    }

    double shownPerSecond(long nanos) {
        return pipeline.log().shownPerSecond(nanos);
    }

    double processedPerSecond(long nanos) {
        return pipeline.log().processedPerSecond(nanos);
    }

    String mode() {
        return pipeline.mode();
    }

    int workers() {
        return pipeline.workers();
    }

    String source() {
        return source.description();
    }

    /** Ends the pipeline, which closes the camera and the engine, also where it was never started. */
    @Override
    public void close() {
        pipeline.close();
    }
}
