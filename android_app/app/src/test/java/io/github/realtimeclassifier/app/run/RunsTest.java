package io.github.realtimeclassifier.app.run;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import android.os.Looper;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.realtimeclassifier.app.Await;
import io.github.realtimeclassifier.app.ClassifierApplication;
import io.github.realtimeclassifier.app.Folders;
import io.github.realtimeclassifier.app.KeptLogs;
import io.github.realtimeclassifier.app.StubProvider;
import io.github.realtimeclassifier.app.model.EngineDecorator;
import io.github.realtimeclassifier.app.model.Engines;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;
import org.robolectric.shadows.ShadowLog;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class RunsTest {
    private final ClassifierApplication app = ClassifierApplication.of(RuntimeEnvironment.getApplication());
    private final StubProvider tflite = new StubProvider("tflite", "tflite", 0);
    private final List<Run.State> states = new ArrayList<>();

    @Before
    public void standIn() {
        app.use(Engines.of(StubProvider.tfMobile(), tflite));
        app.runs().attach(run -> {
            assertSame(Looper.getMainLooper(), Looper.myLooper());
            states.add(run.state());
        });
    }

    private Run run(Object... namesAndValues) throws Exception {
        android.content.Intent intent = new android.content.Intent();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            intent.putExtra((String) namesAndValues[i], namesAndValues[i + 1].toString());
        }
        return app.runs().start(RunRequest.fromIntent(intent, app.engines()));
    }

    private void await(Run run, Run.State state) throws Exception {
        Await.until("the run's end", () -> !states.isEmpty() && states.get(states.size() - 1) != Run.State.RUNNING);
        assertEquals(run.message(), state, run.state());
        assertEquals(0, tflite.open());
    }

    private static String value(Run run, String label) {
        for (Run.Line line : run.summary()) {
            if (line.label().equals(label)) {
                return line.value();
            }
        }
        throw new AssertionError("no line " + label);
    }

    private static JsonObject json(Run run) throws Exception {
        return JsonParser.parseString(new String(Files.readAllBytes(run.log().toPath()), StandardCharsets.UTF_8))
                .getAsJsonObject();
    }

    private static boolean logged(String beginning) {
        for (ShadowLog.LogItem item : ShadowLog.getLogsForTag("RealTimeClassifier")) {
            if (item.msg.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }

    private Path images() throws Exception {
        Path folder = Folders.shared("images").toPath();
        Path golden = Paths.get(System.getProperty("golden.dir"));
        for (String label : new String[] {"n1", "green", "2"}) {
            Files.createDirectories(folder.resolve(label));
            Files.copy(golden.resolve("portrait.png"), folder.resolve(label).resolve("portrait.png"));
        }
        Files.copy(golden.resolve("exact.png"), folder.resolve("no_label.png"));
        Files.write(folder.resolve("broken.png"), new byte[] {1, 2, 3});
        return folder;
    }

    @Test
    public void measuresAccuracyOverAFolder() throws Exception {
        images();
        Run run = run("measure", "accuracy", "model", "colours", "engine", "tflite");
        assertSame(run, app.runs().current());
        assertTrue(app.runs().isRunning());
        await(run, Run.State.DONE);
        assertEquals(Run.State.DONE, states.get(states.size() - 1));
        assertEquals("Colours", value(run, "Model"));
        assertTrue(value(run, "Weights").startsWith("untrained"));
        assertEquals("4", value(run, "Images"));
        assertTrue(value(run, "Could not be read").startsWith("1: expected broken.png to be a PNG or JPEG"));
        // The same picture under each of three labels is right once.
        assertEquals("33.33\u00a0% (1\u00a0of\u00a03)", value(run, "Top-1 accuracy"));
        assertEquals("100.00\u00a0% (3\u00a0of\u00a03)", value(run, "Top-5 accuracy"));
        JsonObject json = json(run);
        assertEquals(4, json.getAsJsonObject("accuracy").getAsJsonArray("images").size());
        assertEquals("images", json.getAsJsonObject("accuracy").get("data_set").getAsString());
        // All of data/golden but what the network cannot take.
        assertTrue(json.getAsJsonArray("golden").size() >= 5);
        assertTrue(run.log().getName().startsWith("accuracy_colours_tflite_"));
        assertTrue(logged("done: " + run.log()));
        KeptLogs.keep(run.log(), "accuracy");
    }

    @Test
    public void measuresAFolderInsideIt() throws Exception {
        images();
        Run run = run("measure", "accuracy", "model", "colours", "images", "n1", "limit", 1);
        await(run, Run.State.DONE);
        assertEquals("1", value(run, "Images"));
        assertEquals("no image has a label", value(run, "Top-1 accuracy"));
    }

    @Test
    public void measuresLatency() throws Exception {
        Run run = run("measure", "benchmark", "model", "colours", "engine", "tflite", "count", 20, "warm_up", 3);
        await(run, Run.State.DONE);
        assertEquals("20", value(run, "Steady calls"));
        assertTrue(value(run, "Latency, median").endsWith("ms"));
        assertEquals(24, run.total());
        JsonObject latency = json(run).getAsJsonObject("latency");
        assertEquals(3, latency.getAsJsonArray("warm_up_ns").size());
        assertEquals(20, latency.getAsJsonArray("steady_invoke_ns").size());
        KeptLogs.keep(run.log(), "benchmark");
        Run digits = run("measure", "benchmark", "model", "digits", "count", 2);
        await(digits, Run.State.DONE);
    }

    @Test
    public void measuresTheDigits() throws Exception {
        Run run = run("measure", "digits", "model", "digits", "limit", 500);
        await(run, Run.State.DONE);
        assertTrue(value(run, "Time per image"), value(run, "Time per image").matches("[0-9.]+\u00a0ms"));
        assertEquals("500", value(run, "Images"));
        assertTrue(value(run, "Top-1 accuracy"), value(run, "Top-1 accuracy").endsWith("of\u00a0500)"));
        JsonObject json = json(run);
        assertEquals("t10k-images-idx3-ubyte", json.getAsJsonObject("accuracy").get("data_set").getAsString());
        assertEquals(7, json.getAsJsonObject("accuracy").getAsJsonArray("images").get(0).getAsJsonObject()
                .get("label").getAsInt());
        KeptLogs.keep(run.log(), "digits");
        // Of the golden pictures, a digit alone has the network's size.
        assertEquals(1, json.getAsJsonArray("golden").size());
        assertEquals(0, app.getCacheDir().list((folder, name) -> name.startsWith("t10k")).length);
    }

    @Test
    public void aModelOfOtherClassesCannotReadTheDigits() throws Exception {
        Run run = run("measure", "digits", "model", "colours", "engine", "tflite");
        await(run, Run.State.FAILED);
        assertTrue(run.message(), run.message().contains("expected labels below 3"));
        assertTrue(logged("error: " + run.message()));
    }

    @Test
    public void whatCannotBeMeasuredSaysWhy() throws Exception {
        String[][] cases = {
            {"accuracy", "colours", "expected 1 to 200000 PNG or JPEG files"},
            {"benchmark", "without_file", "received none in the app's package"},
            {"benchmark", "unreadable", "is not a valid manifest"},
            {"benchmark", "gone", "received 'gone'"},
        };
        for (String[] each : cases) {
            Run run = run("measure", each[0], "model", each[1]);
            await(run, Run.State.FAILED);
            assertTrue(run.message(), run.message().contains(each[2]));
            assertNull(run.log());
            assertTrue(run.summary().isEmpty());
        }
        Run outside = run("measure", "accuracy", "model", "colours", "images", "gone");
        await(outside, Run.State.FAILED);
        assertTrue(outside.message(), outside.message().contains("expected a folder of images"));
        Run tree = run(
                "measure", "accuracy", "model", "colours", "tree", "content://nobody.answers/tree/primary%3Aphotos");
        await(tree, Run.State.FAILED);
        assertTrue(tree.message(), tree.message().contains("choose it again"));
    }

    @Test
    public void anEngineThatFailsEndsTheRun() throws Exception {
        useEngine(() -> {
            throw new ModelFileException("the runtime gave up");
        });
        Run run = run("measure", "benchmark", "model", "colours", "engine", "tflite");
        await(run, Run.State.FAILED);
        assertEquals("the runtime gave up", run.message());
        useEngine(() -> {
            throw new IllegalStateException("unforeseen");
        });
        run = run("measure", "benchmark", "model", "colours", "engine", "tflite");
        await(run, Run.State.FAILED);
        assertTrue(run.message(), run.message().contains("unforeseen"));
    }

    /** What an engine does in each call. */
    private interface Call {
        void run() throws DeploymentException, InterruptedException;
    }

    private void useEngine(Call call) {
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
                return new EngineDecorator(tflite.open(manifest, folder, threads)) {
                    @Override
                    public void classify(float[] tensor, float[] probabilities)
                            throws ModelFileException, InterruptedException {
                        try {
                            call.run();
                        } catch (DeploymentException error) {
                            throw (ModelFileException) error;
                        }
                        super.classify(tensor, probabilities);
                    }
                };
            }
        }));
    }

    @Test
    public void isCancelledAndLeavesNothing() throws Exception {
        CountDownLatch computing = new CountDownLatch(1);
        useEngine(computing::countDown);
        Run run = run("measure", "benchmark", "model", "colours", "engine", "tflite", "count", 100_000);
        computing.await();
        RequestException error = assertThrows(
                RequestException.class, () -> run("measure", "benchmark", "model", "colours"));
        assertTrue(error.getMessage(), error.getMessage().contains("one run at a time"));
        run.cancel();
        run.cancel();
        await(run, Run.State.CANCELLED);
        assertNull(run.log());
        assertTrue(app.logs().list().isEmpty());
        assertTrue(logged("ended without a run log"));
        run.cancel();
        assertEquals(Run.State.CANCELLED, run.state());
        // The thread that it was cancelled on is as good as new.
        app.use(Engines.of(tflite));
        states.clear();
        await(run("measure", "benchmark", "model", "colours", "count", 3), Run.State.DONE);
    }

    @Test
    public void isCancelledBeforeItsTurn() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        app.oneAtATime().execute(() -> {
            try {
                busy.await();
            } catch (InterruptedException error) {
                throw new AssertionError("nobody interrupts another's work", error);
            }
        });
        Run run = run("measure", "benchmark", "model", "colours");
        run.cancel();
        assertEquals(Run.State.RUNNING, run.state());
        busy.countDown();
        await(run, Run.State.CANCELLED);
        assertEquals(0, tflite.opened());
    }

    @Test
    public void aScreenThatComesBackHearsOfTheRun() throws Exception {
        CountDownLatch computing = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        useEngine(() -> {
            computing.countDown();
            go.await();
        });
        Run run = run("measure", "benchmark", "model", "colours", "engine", "tflite", "count", 3);
        computing.await();
        List<Run> heard = new ArrayList<>();
        Runs.Listener turned = heard::add;
        app.runs().attach(turned);
        assertEquals(Arrays.asList(run), heard);
        app.runs().detach(turned);
        go.countDown();
        await(run, Run.State.DONE);
        assertEquals(1, heard.size());
    }
}
