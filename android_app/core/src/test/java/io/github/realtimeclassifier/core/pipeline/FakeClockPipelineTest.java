package io.github.realtimeclassifier.core.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.realtimeclassifier.core.engine.StubEngine;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Inputs;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.image.YuvFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Both pipelines under a clock that the test holds: every number is known beforehand. */
class FakeClockPipelineTest {
    private static final long MILLI = 1_000_000L;
    private static final ImageInput INPUT = Inputs.colour(4, 4, 4, "rgb");
    private static final PipelineListener NOBODY = new PipelineListener() {
        @Override
        public void onError(io.github.realtimeclassifier.core.DeploymentException error) {
            throw new AssertionError(error);
        }

        @Override
        public void onThreadEnd() {}

        @Override
        public void onEnd() {}
    };

    private final FakeClock clock = new FakeClock();
    private final List<Long> shownResults = new ArrayList<>();

    private final Display display = (frame, latest) -> shownResults.add(latest.frameNumber());

    private final Display slowDisplay = (frame, latest) -> {
        shownResults.add(latest.frameNumber());
        clock.sleepUntil(clock.nanoTime() + 2 * MILLI);
    };

    private PacedSource source(long frames) throws Exception {
        return PacedSource.create(clock, new YuvFrame(8, 6), Rotation.DEGREES_0, 50, frames);
    }

    private FrameClassifier classifier(FrameSource source, long latencyMillis) throws Exception {
        StubEngine engine = StubEngine.create(clock, INPUT.length(), 10, 1, latencyMillis * MILLI);
        return FrameClassifier.create(clock, INPUT, engine, source, 5);
    }

    /**
     * 50 frames a second, 70 ms for the network and 2 ms to draw: the screen gets what the network manages, and the
     * camera loses the rest.
     */
    @Test
    void aSingleThreadShowsNoMoreThanItsNetworkManages() throws Exception {
        PacedSource source = source(101);
        SingleThreadedPipeline pipeline =
                SingleThreadedPipeline.create(source, classifier(source, 70), slowDisplay, clock, NOBODY);
        while (pipeline.step()) {
            continue;
        }
        FrameReport report = pipeline.log().report();
        // A turn takes 72 ms. Fetched at 0, 72 (frame 3, taken at 60), 144 (frame 7), ... until 1,944; the next
        // turn, at 2,016 ms, would fetch frame 100, the last.
        assertEquals(29, report.processed());
        assertEquals(29, report.shown());
        assertEquals(101, report.captured());
        assertEquals(72, report.dropped(DropReason.SKIPPED_BY_SOURCE));
        assertEquals(3, report.numbers()[1]);
        assertEquals(7, report.numbers()[2]);
        assertEquals(60 * MILLI, report.captureNanos()[1]);
        assertEquals(72 * MILLI, report.startNanos()[1]);
        assertEquals(142 * MILLI, report.endNanos()[1]);
        assertEquals(144 * MILLI, report.shownNanos()[1]);
        assertEquals(70.0, report.latency().percentileMillis(100));
        // Frame 0 is fetched at once; frame 3 is 12 ms old by then.
        assertEquals(82.0, (report.endNanos()[1] - report.captureNanos()[1]) / 1e6);
        assertEquals(List.of(0L, 3L, 7L), shownResults.subList(0, 3));
    }

    /** The same camera and the same network on two threads: every frame is shown, the worker is never idle. */
    @Test
    void twoThreadsShowEveryFrameAndProcessAsManyAsTheNetworkManages() throws Exception {
        PacedSource source = source(101);
        MultithreadedPipeline pipeline =
                MultithreadedPipeline.create(source, classifier(source, 70), display, clock, NOBODY);
        play(pipeline, 101);
        FrameReport report = pipeline.log().report();
        assertEquals(101, report.captured());
        assertEquals(101, report.shown());
        assertEquals(0, report.dropped(DropReason.SKIPPED_BY_SOURCE));
        assertEquals(101, report.processed() + report.dropped(DropReason.REPLACED_BY_NEWER));
        // The worker begins at 0 and every 70 ms after that; at 2,030 ms it takes the last frame, taken at 2,000 ms.
        assertEquals(30, report.processed());
        assertEquals(71, report.dropped(DropReason.REPLACED_BY_NEWER));
        long previousEnd = 0;
        for (int row = 0; row < 101; row++) {
            assertEquals(row * 20 * MILLI, report.captureNanos()[row]);
            assertEquals(row * 20 * MILLI, report.shownNanos()[row]);
            if (report.startNanos()[row] != FrameReport.NEVER) {
                assertEquals(previousEnd, report.startNanos()[row], "the worker is never idle");
                assertEquals(Math.min(100, previousEnd / (20 * MILLI)), row, "it takes the newest frame");
                previousEnd = report.endNanos()[row];
                assertEquals(report.startNanos()[row] + 70 * MILLI, previousEnd);
            }
        }
        assertEquals(70.0, report.latency().percentileMillis(1));
        assertEquals(70.0, report.latency().percentileMillis(100));
        // Shown with each frame: nothing until 70 ms, then the result of frame 0, which frame 4 is the first to meet.
        assertEquals(List.of(-1L, -1L, -1L, -1L, 0L), shownResults.subList(0, 5));
    }

    /** While the worker was away, two frames came: it takes the second, and the first is dropped. */
    @Test
    void theFrameThatIsProcessedIsTheNewest() throws Exception {
        PacedSource source = source(3);
        MultithreadedPipeline pipeline =
                MultithreadedPipeline.create(source, classifier(source, 1), display, clock, NOBODY);
        pipeline.displayStep();
        assertEquals(0, pipeline.log().dropped(DropReason.REPLACED_BY_NEWER));
        pipeline.displayStep();
        assertEquals(1, pipeline.log().dropped(DropReason.REPLACED_BY_NEWER));
        pipeline.workerStep();
        assertFalse(pipeline.isWorkWaiting());
        assertEquals(1, pipeline.log().latest().frameNumber());
        FrameReport report = pipeline.log().report();
        assertEquals(FrameReport.NEVER, report.startNanos()[0]);
        assertEquals(20 * MILLI, report.startNanos()[1]);
        assertEquals(20 * MILLI, report.captureNanos()[1]);
    }

    /** A network faster than the camera processes every frame: both rates are the same. */
    @Test
    void nothingIsDroppedWhenTheNetworkIsFastEnough() throws Exception {
        PacedSource source = source(40);
        MultithreadedPipeline pipeline =
                MultithreadedPipeline.create(source, classifier(source, 15), display, clock, NOBODY);
        play(pipeline, 40);
        FrameReport report = pipeline.log().report();
        assertEquals(40, report.processed());
        assertEquals(40, report.shown());
        assertEquals(15.0, report.age().percentileMillis(100));
        // Of the frames at 0 to 780 ms, all lie in the last second.
        assertEquals(40.0, pipeline.log().shownPerSecond(790 * MILLI));
        assertEquals(39.0, pipeline.log().shownPerSecond(1_000 * MILLI));
        assertEquals(39.0, pipeline.log().processedPerSecond(1_015 * MILLI));
    }

    /**
     * Plays the display's thread as planned events, one when each frame is taken, and the worker's on the test's own.
     */
    private void play(MultithreadedPipeline pipeline, int frames) throws Exception {
        for (int i = 0; i < frames; i++) {
            clock.plan(i * 20 * MILLI, pipeline::displayStep);
        }
        while (pipeline.isWorkWaiting() || clock.sleepToNext()) {
            if (pipeline.isWorkWaiting()) {
                pipeline.workerStep();
            }
        }
        assertFalse(pipeline.displayStep(), "the source has ended");
    }
}
