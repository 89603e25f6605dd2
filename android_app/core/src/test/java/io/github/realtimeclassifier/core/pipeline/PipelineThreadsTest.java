package io.github.realtimeclassifier.core.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Inputs;
import io.github.realtimeclassifier.core.image.Rotation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both pipelines with real threads: nothing twice, nothing lost, and the end always comes. */
class PipelineThreadsTest {
    private static final ImageInput INPUT = Inputs.gray(2, 2, 2);
    private static final Duration LONG = Duration.ofSeconds(25);

    private final List<Long> classified = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> shown = Collections.synchronizedList(new ArrayList<>());
    private final List<DeploymentException> errors = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger threadEnds = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();
    private final AtomicInteger engineCloses = new AtomicInteger();
    private final AtomicInteger sourceCloses = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    private final PipelineListener listener = new PipelineListener() {
        @Override
        public void onError(DeploymentException error) {
            errors.add(error);
        }

        @Override
        public void onThreadEnd() {
            assertEquals(0, engineCloses.get() + sourceCloses.get(), "all is still open");
            threadEnds.incrementAndGet();
        }

        @Override
        public void onEnd() {
            ends.incrementAndGet();
            ended.countDown();
        }
    };

    /** What an engine does at each frame. */
    private interface Work {
        void at(int call) throws ModelFileException, InterruptedException;
    }

    private final class TestEngine implements Engine {
        private final Work work;
        private int calls;
        private boolean busy;

        TestEngine(Work work) {
            this.work = work;
        }

        @Override
        public String name() {
            return "test";
        }

        @Override
        public String version() {
            return "1";
        }

        @Override
        public int threads() {
            return 1;
        }

        @Override
        public int inputLength() {
            return INPUT.length();
        }

        @Override
        public int classes() {
            return 2;
        }

        @Override
        public void classify(float[] tensor, float[] probabilities) throws ModelFileException, InterruptedException {
            busy = true;
            try {
                work.at(calls++);
            } finally {
                busy = false;
            }
        }

        @Override
        public float[] fetch(float[] tensor, String node) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            assertFalse(busy, "an engine is never closed while it works");
            engineCloses.incrementAndGet();
        }
    }

    /** Gives frames as fast as they are fetched, after a random moment; some numbers are jumped over. */
    private class TestSource implements FrameSource {
        private final Random random = new Random(11);
        private final long frames;
        private long number = -1;
        private long given;

        TestSource(long frames) {
            this.frames = frames;
        }

        @Override
        public String description() {
            return "test";
        }

        @Override
        public int width() {
            return 4;
        }

        @Override
        public int height() {
            return 4;
        }

        @Override
        public Rotation rotation() {
            return Rotation.DEGREES_0;
        }

        @Override
        public boolean next(Frame frame) throws InterruptedException, FrameException {
            if (given == frames) {
                return false;
            }
            given++;
            number += 1 + (random.nextInt(10) == 0 ? random.nextInt(3) : 0);
            pause(random);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            frame.stamp(number, System.nanoTime());
            return true;
        }

        @Override
        public void close() {
            sourceCloses.incrementAndGet();
        }
    }

    private static void pause(Random random) {
        if (random.nextInt(3) > 0) {
            LockSupport.parkNanos(random.nextInt(40_000));
        }
    }

    private Pipeline pipeline(String mode, FrameSource source, Work work) throws Exception {
        return pipeline(mode, source, work, (frame, latest) -> shown.add(frame.number()));
    }

    private Pipeline pipeline(String mode, FrameSource source, Work work, Display display) throws Exception {
        FrameClassifier classifier =
                FrameClassifier.create(SystemClock.INSTANCE, INPUT, new TestEngine(work), source, 2);
        return mode.equals("single")
                ? SingleThreadedPipeline.create(source, classifier, display, SystemClock.INSTANCE, listener)
                : MultithreadedPipeline.create(source, classifier, display, SystemClock.INSTANCE, listener);
    }

    @AfterEach
    void letGo() {
        release.countDown();
    }

    private void assertEndedWell(Pipeline pipeline) {
        assertEquals(1, ends.get(), "onEnd");
        assertEquals(1, engineCloses.get(), "the engine is closed once");
        assertEquals(1, sourceCloses.get(), "the source is closed once");
        FrameLog log = pipeline.log();
        long dropped = 0;
        for (DropReason reason : DropReason.values()) {
            dropped += log.dropped(reason);
        }
        assertEquals(log.captured(), log.processed() + dropped, "every frame is processed or dropped");
        assertEquals(log.shown(), shown.size());
        FrameReport report = log.report();
        for (int row = 0; row < report.numbers().length; row++) {
            if (report.startNanos()[row] != FrameReport.NEVER) {
                classified.add(report.numbers()[row]);
            }
        }
        assertEquals(log.processed(), classified.size());
        assertStrictlyGrowing(classified);
        assertStrictlyGrowing(shown);
    }

    private static void assertStrictlyGrowing(List<Long> numbers) {
        for (int i = 1; i < numbers.size(); i++) {
            assertTrue(numbers.get(i - 1) < numbers.get(i), "frame " + numbers.get(i) + " twice or late");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"single", "multi"})
    void tenThousandFramesWithRandomDelays(String mode) throws Exception {
        Random random = new Random(5);
        Pipeline pipeline = pipeline(mode, new TestSource(10_000), call -> pause(random));
        pipeline.start();
        assertTrue(ended.await(LONG.toSeconds(), TimeUnit.SECONDS), "it ends with its source");
        assertTrue(pipeline.stop(5_000));
        assertEndedWell(pipeline);
        assertEquals(List.of(), errors);
        assertEquals(mode.equals("single") ? 1 : 2, threadEnds.get());
        assertEquals(10_000, shown.size());
        assertTrue(pipeline.log().dropped(DropReason.SKIPPED_BY_SOURCE) > 0);
        assertEquals(0, pipeline.log().dropped(DropReason.FAILED));
        assertEquals(0, pipeline.log().dropped(DropReason.STOPPED));
        if (mode.equals("single")) {
            assertEquals(10_000, pipeline.log().processed());
            assertEquals(0, pipeline.log().dropped(DropReason.REPLACED_BY_NEWER));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"single", "multi"})
    void stopEndsItAtAnyMoment(String mode) throws Exception {
        Random random = new Random(9);
        for (int i = 0; i < 200; i++) {
            PipelineThreadsTest run = new PipelineThreadsTest();
            Random delays = new Random(i);
            Pipeline pipeline = run.pipeline(mode, run.new TestSource(Long.MAX_VALUE), call -> pause(delays));
            pipeline.start();
            LockSupport.parkNanos(random.nextInt(2_000_000));
            assertTrue(pipeline.stop(10_000), "run " + i);
            run.assertEndedWell(pipeline);
            assertEquals(mode.equals("single") ? 1 : 2, run.threadEnds.get());
            assertEquals(List.of(), run.errors);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"single", "multi"})
    void anEngineThatFailsEndsItAndIsReportedOnce(String mode) throws Exception {
        ModelFileException failure = new ModelFileException("the engine failed");
        Pipeline pipeline = pipeline(mode, new TestSource(Long.MAX_VALUE), call -> {
            if (call == 20) {
                throw failure;
            }
        });
        pipeline.start();
        assertTrue(ended.await(LONG.toSeconds(), TimeUnit.SECONDS));
        assertTrue(pipeline.stop(5_000));
        assertEndedWell(pipeline);
        assertEquals(1, errors.size());
        assertSame(failure, errors.get(0));
        assertEquals(20, pipeline.log().processed());
        assertEquals(1, pipeline.log().dropped(DropReason.FAILED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"single", "multi"})
    void anErrorOfAnyKindIsReportedOnce(String mode) throws Exception {
        Pipeline pipeline = pipeline(mode, new TestSource(Long.MAX_VALUE), call -> {
            throw new UnsatisfiedLinkError("no native library");
        });
        pipeline.start();
        assertTrue(ended.await(LONG.toSeconds(), TimeUnit.SECONDS));
        assertEndedWell(pipeline);
        assertEquals(1, errors.size());
        assertTrue(errors.get(0).getMessage().contains("no native library"), errors.get(0).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"single", "multi"})
    void aCameraThatIsTakenAwayAndAScreenThatFailsAreReportedOnce(String mode) throws Exception {
        FrameSource source = new TestSource(Long.MAX_VALUE) {
            private int calls;

            @Override
            public boolean next(Frame frame) throws InterruptedException, FrameException {
                if (calls++ == 7) {
                    throw new FrameException("the camera was taken away");
                }
                return super.next(frame);
            }
        };
        Pipeline pipeline = pipeline(mode, source, call -> {});
        pipeline.start();
        assertTrue(ended.await(LONG.toSeconds(), TimeUnit.SECONDS));
        assertEndedWell(pipeline);
        assertEquals(List.of("the camera was taken away"), errors.stream().map(Throwable::getMessage).toList());

        PipelineThreadsTest other = new PipelineThreadsTest();
        Pipeline second = other.pipeline(mode, other.new TestSource(Long.MAX_VALUE), call -> {}, (frame, latest) -> {
            throw new FrameException("no screen");
        });
        second.start();
        assertTrue(other.ended.await(LONG.toSeconds(), TimeUnit.SECONDS));
        other.assertEndedWell(second);
        assertEquals(List.of("no screen"), other.errors.stream().map(Throwable::getMessage).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"single", "multi"})
    void aSourceThatGivesAFrameTwiceIsRefused(String mode) throws Exception {
        FrameSource source = new TestSource(Long.MAX_VALUE) {
            @Override
            public boolean next(Frame frame) throws InterruptedException, FrameException {
                frame.stamp(3, System.nanoTime());
                return true;
            }
        };
        Pipeline pipeline = pipeline(mode, source, call -> {});
        pipeline.start();
        assertTrue(ended.await(LONG.toSeconds(), TimeUnit.SECONDS));
        assertEquals(1, errors.size());
        assertTrue(errors.get(0).getMessage().contains("no frame twice"), errors.get(0).getMessage());
        assertTrue(pipeline.log().captured() == 1);
    }

    /** Native code that does not come back: stop returns, and the engine is closed when it does come back. */
    @ParameterizedTest
    @ValueSource(strings = {"single", "multi"})
    void stopReturnsWhileAnEngineBlocks(String mode) throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        Pipeline pipeline = pipeline(mode, new TestSource(Long.MAX_VALUE), call -> {
            blocked.countDown();
            boolean released = false;
            while (!released) {
                try {
                    release.await();
                    released = true;
                } catch (InterruptedException error) {
                    // As native code: interruptions go unnoticed.
                    continue;
                }
            }
        });
        pipeline.start();
        assertTrue(blocked.await(LONG.toSeconds(), TimeUnit.SECONDS));
        assertFalse(assertTimeoutPreemptively(LONG, () -> pipeline.stop(20)), "the engine still works");
        assertEquals(0, engineCloses.get());
        assertEquals(0, ends.get());
        FrameReport meanwhile = pipeline.log().report();
        long dropped = 0;
        for (DropReason reason : DropReason.values()) {
            dropped += meanwhile.dropped(reason);
        }
        assertEquals(meanwhile.captured(), meanwhile.processed() + dropped, "a frame on its way counts as stopped");
        release.countDown();
        assertTrue(ended.await(LONG.toSeconds(), TimeUnit.SECONDS));
        assertTrue(pipeline.stop(5_000));
        assertEndedWell(pipeline);
        assertEquals(List.of(), errors);
    }

    @ParameterizedTest
    @ValueSource(strings = {"single", "multi"})
    void stopEndsAnEngineThatSleepsAndASourceThatWaits(String mode) throws Exception {
        CountDownLatch sleeping = new CountDownLatch(1);
        Pipeline pipeline = pipeline(mode, new TestSource(Long.MAX_VALUE), call -> {
            sleeping.countDown();
            Thread.sleep(1_000_000);
        });
        pipeline.start();
        assertTrue(sleeping.await(LONG.toSeconds(), TimeUnit.SECONDS));
        assertTrue(pipeline.stop(10_000));
        assertEndedWell(pipeline);
        assertTrue(pipeline.log().dropped(DropReason.STOPPED) >= 1);

        PipelineThreadsTest other = new PipelineThreadsTest();
        CountDownLatch waiting = new CountDownLatch(1);
        FrameSource source = other.new TestSource(Long.MAX_VALUE) {
            @Override
            public boolean next(Frame frame) throws InterruptedException {
                waiting.countDown();
                Thread.sleep(1_000_000);
                return false;
            }
        };
        Pipeline second = other.pipeline(mode, source, call -> {});
        second.start();
        assertTrue(waiting.await(LONG.toSeconds(), TimeUnit.SECONDS));
        assertTrue(second.stop(10_000));
        other.assertEndedWell(second);
        assertEquals(0, second.log().captured());
    }

    @ParameterizedTest
    @ValueSource(strings = {"single", "multi"})
    void itCanBeStoppedFromItsOwnThreads(String mode) throws Exception {
        Pipeline[] pipelines = new Pipeline[1];
        Display display = (frame, latest) -> {
            shown.add(frame.number());
            if (frame.number() > 30) {
                pipelines[0].close();
            }
        };
        pipelines[0] = pipeline(mode, new TestSource(Long.MAX_VALUE), call -> {}, display);
        pipelines[0].start();
        assertTrue(ended.await(LONG.toSeconds(), TimeUnit.SECONDS));
        assertTrue(pipelines[0].stop(5_000));
        assertEndedWell(pipelines[0]);
        assertEquals(List.of(), errors);
    }

    @ParameterizedTest
    @ValueSource(strings = {"single", "multi"})
    void itStartsOnceAndEndsOnce(String mode) throws Exception {
        Pipeline pipeline = pipeline(mode, new TestSource(5), call -> {});
        assertEquals(mode, pipeline.mode());
        pipeline.start();
        assertThrows(IllegalStateException.class, pipeline::start);
        assertTrue(ended.await(LONG.toSeconds(), TimeUnit.SECONDS));
        pipeline.close();
        pipeline.close();
        assertThrows(IllegalStateException.class, pipeline::start);
        assertEndedWell(pipeline);

        PipelineThreadsTest other = new PipelineThreadsTest();
        Pipeline never = other.pipeline(mode, other.new TestSource(5), call -> {});
        assertTrue(never.stop(0));
        never.close();
        assertThrows(IllegalStateException.class, never::start);
        other.assertEndedWell(never);
    }

    @Test
    void aFrameThatWaitsWhenTheSourceEndsIsStillProcessed() throws Exception {
        Pipeline pipeline = pipeline("multi", new TestSource(2), call -> release.await());
        pipeline.start();
        while (pipeline.log().shown() < 2) {
            Thread.onSpinWait();
        }
        release.countDown();
        assertTrue(ended.await(LONG.toSeconds(), TimeUnit.SECONDS));
        assertEndedWell(pipeline);
        long lost = pipeline.log().dropped(DropReason.REPLACED_BY_NEWER);
        assertEquals(2, pipeline.log().processed() + lost);
        assertEquals(0, pipeline.log().dropped(DropReason.STOPPED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"single", "multi"})
    void aCameraThatCannotBeGivenBackIsReportedAndTheEngineIsClosedAllTheSame(String mode) throws Exception {
        FrameSource source = new TestSource(3) {
            @Override
            public void close() {
                super.close();
                throw new IllegalStateException("no camera service");
            }
        };
        Pipeline pipeline = pipeline(mode, source, call -> {});
        pipeline.start();
        assertTrue(ended.await(LONG.toSeconds(), TimeUnit.SECONDS));
        assertTrue(pipeline.stop(5_000));
        assertEndedWell(pipeline);
        assertEquals(1, errors.size());
        assertTrue(errors.get(0).getMessage().contains("no camera service"), errors.get(0).getMessage());
    }

    /** The engine fails, and so does the camera when it is told to end: one report, with the second failure inside. */
    @Test
    void ofTwoFailuresTheFirstIsReported() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        FrameSource source = new TestSource(Long.MAX_VALUE) {
            @Override
            public boolean next(Frame frame) throws InterruptedException, FrameException {
                if (frame.number() < 0 && shown.isEmpty()) {
                    return super.next(frame);
                }
                waiting.countDown();
                try {
                    Thread.sleep(1_000_000);
                } catch (InterruptedException error) {
                    throw new FrameException("the camera does not end well", error);
                }
                return false;
            }
        };
        Pipeline pipeline = pipeline("multi", source, call -> {
            waiting.await();
            throw new ModelFileException("the engine failed");
        });
        pipeline.start();
        assertTrue(ended.await(LONG.toSeconds(), TimeUnit.SECONDS));
        assertTrue(pipeline.stop(5_000));
        assertEquals(List.of("the engine failed"), errors.stream().map(Throwable::getMessage).toList());
        assertEquals("the camera does not end well", errors.get(0).getSuppressed()[0].getMessage());
        assertEndedWell(pipeline);
    }

    @Test
    void timesAreKeptOfTheFirstFramesOnlyAndCountsOfAll() throws Exception {
        FrameLog log = new FrameLog();
        Frame frame = new Frame(1, 1);
        for (int number = 0; number < FrameLog.MOST_ROWS + 100; number++) {
            frame.stamp(number, number);
            log.captured(frame);
            log.shown(frame, number);
            log.drop(DropReason.REPLACED_BY_NEWER);
        }
        assertEquals(FrameLog.MOST_ROWS + 100, log.captured());
        assertEquals(FrameLog.MOST_ROWS, log.report().numbers().length);
        assertEquals(FrameLog.MOST_ROWS + 100, log.report().dropped(DropReason.REPLACED_BY_NEWER));
    }
}
