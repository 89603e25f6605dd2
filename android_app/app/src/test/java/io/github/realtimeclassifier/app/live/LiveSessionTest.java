package io.github.realtimeclassifier.app.live;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import android.os.Looper;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.realtimeclassifier.app.Await;
import io.github.realtimeclassifier.app.ClassifierApplication;
import io.github.realtimeclassifier.app.Folders;
import io.github.realtimeclassifier.app.KeptLogs;
import io.github.realtimeclassifier.app.LogcatLines;
import io.github.realtimeclassifier.app.StubProvider;
import io.github.realtimeclassifier.app.TestCamera;
import io.github.realtimeclassifier.app.camera.Cameras;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.EngineDecorator;
import io.github.realtimeclassifier.app.model.Engines;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.pipeline.Classification;
import io.github.realtimeclassifier.core.pipeline.Frame;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27)
public final class LiveSessionTest {
    private final ClassifierApplication app = ClassifierApplication.of(RuntimeEnvironment.getApplication());
    private final TestCamera camera = new TestCamera();
    private final StubProvider tflite = StubProvider.tflite();
    private final Screen screen = new Screen();
    private final List<LiveSession.State> states = new ArrayList<>();

    /** Counts what it is told and shown. */
    private static final class Screen implements LiveDisplay {
        private final AtomicInteger shown = new AtomicInteger();
        private final List<String> prepared = new ArrayList<>();
        private volatile String failure = "";

        @Override
        public void prepare(int width, int height, Rotation rotation) {
            assertEquals(0, shown.get());
            synchronized (prepared) {
                prepared.add(width + " x " + height + ", " + rotation.degrees());
            }
        }

        @Override
        public void show(Frame frame, Classification latest) throws FrameException {
            if (!failure.isEmpty()) {
                throw new FrameException(failure);
            }
            shown.incrementAndGet();
        }
    }

    @Before
    public void standIn() {
        app.use(Engines.of(StubProvider.tfMobile(), tflite));
        app.use(camera);
    }

    private Choice choice(String model) throws DeploymentException {
        for (InstalledModel each : app.models().list()) {
            if (each.name().equals(model)) {
                return Choice.load(app, app.models().list()).with(each).withEngine("tflite");
            }
        }
        throw new AssertionError("no model " + model);
    }

    private LiveSession start(Choice choice, Recording recording) {
        return LiveSession.start(app, choice, 90, screen, recording, (session, state) -> {
            assertSame(Looper.getMainLooper(), Looper.myLooper());
            states.add(state);
        });
    }

    private LiveSession start() throws DeploymentException {
        return start(choice("colours"), Recording.none());
    }

    private void awaitLast(LiveSession.State state) throws Exception {
        Await.until("the state " + state, () -> states.contains(LiveSession.State.STOPPED)
                || states.contains(LiveSession.State.FAILED));
        assertEquals(state, states.get(states.size() - 1));
        assertEquals(0, camera.open());
        assertEquals(0, tflite.open());
    }

    @Test
    public void runsUntilItIsStopped() throws Exception {
        LiveSession session = start();
        Await.until("frames on the screen", () -> screen.shown.get() >= 20);
        assertEquals(LiveSession.State.RUNNING, session.state());
        assertEquals("Colours", session.manifest().title());
        Await.until("results", () -> session.latest().top().size() == 3);
        Meters meters = session.meters();
        assertTrue(meters.fps() > 0 && meters.processedPerSecond() > 0);
        assertTrue("" + meters.latencyMillis(), meters.latencyMillis() >= 1);
        assertTrue(meters.cpuPercent() >= 0 && meters.cpuPercent() <= 100);
        session.stop();
        session.stop();
        awaitLast(LiveSession.State.STOPPED);
        assertEquals(
                Arrays.asList(LiveSession.State.OPENING, LiveSession.State.RUNNING, LiveSession.State.STOPPED), states);
        assertEquals(Arrays.asList("32 x 24, 0"), screen.prepared);
        assertNull(session.log());
        assertNull(session.failure());
        assertEquals("", session.message());
        assertSame(Classification.NONE, session.latest());
        assertEquals(0, session.meters().fps(), 0);
        assertTrue(Double.isNaN(session.meters().latencyMillis()));
    }

    @Test
    public void aSingleThreadShowsNoMoreThanItProcesses() throws Exception {
        LiveSession session = start(choice("colours").withMultithreaded(false), Recording.untilStopped());
        Await.until("frames on the screen", () -> screen.shown.get() >= 5);
        session.stop();
        awaitLast(LiveSession.State.STOPPED);
        JsonObject pipeline = json(session.log()).getAsJsonObject("pipeline");
        assertEquals("single", pipeline.get("mode").getAsString());
        assertTrue(pipeline.get("processed").getAsLong() >= pipeline.get("shown").getAsLong());
        List<String> threads = threads(session.log());
        assertTrue("" + threads, threads.contains("screen") && !threads.contains("worker"));
        KeptLogs.keep(session.log(), "live_single");
    }

    /** The names of the threads of a run log, which have ended by then. */
    private static List<String> threads(File log) throws Exception {
        List<String> names = new ArrayList<>();
        for (JsonElement thread : json(log).getAsJsonObject("resources").getAsJsonArray("threads")) {
            names.add(thread.getAsJsonObject().get("name").getAsString());
        }
        return names;
    }

    @Test
    public void aRecordingLeavesALog() throws Exception {
        LiveSession session = start(choice("colours"), Recording.ofSeconds(1, true));
        awaitLast(LiveSession.State.STOPPED);
        File log = session.log();
        assertEquals(app.logs().list(), Arrays.asList(log));
        assertTrue(log.getName(), log.getName().startsWith("live_colours_tflite_"));
        JsonObject json = json(log);
        assertEquals("live", json.get("kind").getAsString());
        assertEquals("phone", json.get("where").getAsString());
        assertEquals("Android", json.getAsJsonObject("device").get("os").getAsString());
        assertEquals("8.1.0", json.getAsJsonObject("device").get("os_version").getAsString());
        assertEquals("untrained", json.getAsJsonObject("model").get("weights_kind").getAsString());
        JsonObject pipeline = json.getAsJsonObject("pipeline");
        assertEquals("multi", pipeline.get("mode").getAsString());
        assertTrue(pipeline.get("source").getAsString().startsWith("simulated camera"));
        long all = pipeline.get("processed").getAsLong();
        for (String reason : pipeline.getAsJsonObject("dropped").keySet()) {
            all += pipeline.getAsJsonObject("dropped").get(reason).getAsLong();
        }
        assertEquals(pipeline.get("captured").getAsLong(), all);
        assertEquals(screen.shown.get(), pipeline.get("shown").getAsLong());
        assertTrue("" + threads(log), threads(log).containsAll(Arrays.asList("screen", "worker")));
        assertTrue(json.getAsJsonObject("resources").get("peak_memory_bytes").getAsLong() > 0);
        KeptLogs.keep(log, "live_multi");
    }

    @Test
    public void aMeasurementThatNeverBeganLeavesALineAndOneOfTheUserNone() throws Exception {
        stopBeforeItsTurn(Recording.none());
        assertEquals(Collections.emptyList(), LogcatLines.all());
        states.clear();
        stopBeforeItsTurn(Recording.unlogged());
        assertEquals(
                Collections.singletonList(
                        "ended without a run log: the live session was stopped before it began"),
                LogcatLines.all());
    }

    /** Something else is measured, until the session is stopped. */
    private void stopBeforeItsTurn(Recording recording) throws Exception {
        CountDownLatch other = new CountDownLatch(1);
        app.oneAtATime().execute(() -> {
            try {
                other.await();
            } catch (InterruptedException error) {
                throw new AssertionError(error);
            }
        });
        start(choice("colours"), recording).stop();
        other.countDown();
        awaitLast(LiveSession.State.STOPPED);
    }

    private static JsonObject json(File file) throws Exception {
        return JsonParser.parseString(new String(Files.readAllBytes(file.toPath()), StandardCharsets.UTF_8))
                .getAsJsonObject();
    }

    @Test
    public void endsWhereTheFramesEnd() throws Exception {
        camera.endAfter(30);
        start();
        awaitLast(LiveSession.State.STOPPED);
        assertTrue(screen.shown.get() > 0 && screen.shown.get() <= 30);
    }

    @Test
    public void aCameraThatIsTakenAwayIsAFailure() throws Exception {
        LiveSession session = start(choice("colours"), Recording.untilStopped());
        Await.until("frames on the screen", () -> screen.shown.get() >= 3);
        camera.takeAway("the camera was taken away");
        awaitLast(LiveSession.State.FAILED);
        assertEquals("the camera was taken away", session.message());
        assertTrue(session.failure() instanceof FrameException);
        assertNull(session.log());
        session.stop();
        Await.until("nothing more", () -> states.size() == 3);
    }

    @Test
    public void aCameraThatCannotBeOpenedIsAFailure() throws Exception {
        app.use((Cameras) degrees -> {
            throw new FrameException("another app has it");
        });
        LiveSession session = start();
        awaitLast(LiveSession.State.FAILED);
        assertEquals("another app has it", session.message());
        assertEquals(Arrays.asList(LiveSession.State.OPENING, LiveSession.State.FAILED), states);
        assertEquals(1, tflite.opened());
    }

    @Test
    public void aScreenThatFailsIsAFailure() throws Exception {
        screen.failure = "the surface is gone";
        LiveSession session = start();
        awaitLast(LiveSession.State.FAILED);
        assertEquals("the surface is gone", session.message());
    }

    @Test
    public void aModelThatCannotBeUsedIsAFailure() throws Exception {
        LiveSession missing = start(choice("without_file"), Recording.none());
        awaitLast(LiveSession.State.FAILED);
        assertTrue(missing.failure() instanceof ManifestException);
        states.clear();

        Path folder = Folders.push("colours", "damaged");
        Files.write(folder.resolve("colours.tflite"), new byte[8]);
        LiveSession damaged = start(choice("damaged"), Recording.none());
        awaitLast(LiveSession.State.FAILED);
        assertTrue(damaged.message(), damaged.message().contains("damaged or of another model"));
        states.clear();

        LiveSession digits = start(choice("digits"), Recording.none());
        awaitLast(LiveSession.State.FAILED);
        assertTrue(digits.message(), digits.failure() instanceof ImageException);
        assertEquals(1, camera.opened());
    }

    @Test
    public void anEngineThatFailsIsAFailure() throws Exception {
        useEngine(manifest -> {
            throw new ModelFileException("the native library does not load");
        });
        LiveSession session = start();
        awaitLast(LiveSession.State.FAILED);
        assertEquals("the native library does not load", session.message());
        states.clear();

        useEngine(manifest -> {
            throw new UnsatisfiedLinkError("no native code");
        });
        session = start();
        awaitLast(LiveSession.State.FAILED);
        assertTrue(session.message(), session.message().contains("no native code"));
        states.clear();

        useEngine(manifest -> {
            throw new OutOfMemoryError("100 MB");
        });
        session = start();
        awaitLast(LiveSession.State.FAILED);
        assertTrue(session.message(), session.message().contains("choose a smaller model"));
        states.clear();

        useEngine(manifest -> new EngineDecorator(tflite.open(manifest, choice("colours").model().folder(), 1)) {
            @Override
            public void classify(float[] tensor, float[] probabilities) throws ModelFileException {
                throw new ModelFileException("the runtime gave up");
            }
        });
        session = start();
        awaitLast(LiveSession.State.FAILED);
        assertEquals("the runtime gave up", session.message());
    }

    /** Opens an engine for a manifest, or fails at it. */
    private interface Opening {
        Engine open(Manifest manifest) throws DeploymentException, InterruptedException;
    }

    private void useEngine(Opening opening) {
        app.use(Engines.of(new EngineProvider() {
            @Override
            public String name() {
                return "tflite";
            }

            @Override
            public String fileFormat() {
                return "tflite";
            }

            @Override
            public Engine open(Manifest manifest, File folder, int threads) throws DeploymentException {
                try {
                    return opening.open(manifest);
                } catch (InterruptedException error) {
                    // As native code, which sees no interruption; who waits for it does later.
                    Thread.currentThread().interrupt();
                    return tflite.open(manifest, folder, threads);
                }
            }
        }));
    }

    @Test
    public void stopsWhileTheModelIsOpened() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        useEngine(manifest -> {
            opening.countDown();
            never.await();
            throw new AssertionError("nobody counts down");
        });
        LiveSession session = start();
        opening.await();
        session.stop();
        awaitLast(LiveSession.State.STOPPED);
        assertFalse(states.contains(LiveSession.State.RUNNING));
        assertEquals(0, screen.shown.get());
    }

    @Test
    public void stopsWhileTheCameraIsOpened() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        app.use((Cameras) degrees -> {
            opening.countDown();
            new CountDownLatch(1).await();
            throw new AssertionError("nobody counts down");
        });
        LiveSession session = start();
        opening.await();
        session.stop();
        awaitLast(LiveSession.State.STOPPED);
        assertFalse(states.contains(LiveSession.State.RUNNING));
    }

    @Test
    public void stopsBeforeItBegins() throws Exception {
        LiveSession first = start();
        LiveSession second = start();
        second.stop();
        first.stop();
        Await.until("both ends", () -> first.state() == LiveSession.State.STOPPED
                && second.state() == LiveSession.State.STOPPED);
        assertTrue(tflite.opened() <= 1);
    }

    @Test
    public void anEngineInItsNativeCodeHoldsNobodyUp() throws Exception {
        CountDownLatch computing = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        useEngine(manifest -> new EngineDecorator(tflite.open(manifest, choice("colours").model().folder(), 1)) {
            @Override
            public void classify(float[] tensor, float[] probabilities) throws ModelFileException {
                computing.countDown();
                boolean waiting = true;
                while (waiting) {
                    try {
                        done.await();
                        waiting = false;
                    } catch (InterruptedException error) {
                        // Native code hears of no interruption.
                        waiting = true;
                    }
                }
                Arrays.fill(probabilities, 0f);
            }
        });
        LiveSession session = start();
        computing.await();
        session.stop();
        Await.until("the camera's release", () -> camera.open() == 0);
        Await.until("the end", () -> states.contains(LiveSession.State.STOPPED));
        assertEquals(1, tflite.open());
        done.countDown();
        Await.until("the engine's end", () -> tflite.open() == 0);
        assertNotNull(session.manifest());
    }

    @Test
    public void twoHundredSessionsLeaveNothingBehind() throws Exception {
        Choice choice = choice("colours");
        choice.model().folder();
        int threadsBefore = Thread.activeCount();
        AtomicInteger ended = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            List<LiveSession.State> seen = new ArrayList<>();
            LiveSession session = LiveSession.start(
                    app,
                    choice.withMultithreaded(i % 2 == 0),
                    (i % 4) * 90,
                    new Screen(),
                    i % 10 == 0 ? Recording.untilStopped() : Recording.none(),
                    (which, state) -> {
                        seen.add(state);
                        ended.addAndGet(state == LiveSession.State.STOPPED ? 1 : 0);
                    });
            // In every state: at once, while it opens, and after frames.
            if (i % 3 == 1) {
                Await.until("an open model", () -> session.manifest() != null);
            } else if (i % 3 == 2) {
                Await.until("a result", () -> session.latest() != Classification.NONE);
            }
            session.stop();
            if (i % 20 == 19) {
                int expected = i + 1;
                Await.until(expected + " ends", () -> ended.get() == expected);
                assertEquals(LiveSession.State.STOPPED, seen.get(seen.size() - 1));
            }
        }
        Await.until("200 ends", () -> ended.get() == 200);
        assertEquals(0, camera.open());
        assertEquals(0, tflite.open());
        Await.until("the end of all threads", () -> Thread.activeCount() <= threadsBefore);
    }
}
