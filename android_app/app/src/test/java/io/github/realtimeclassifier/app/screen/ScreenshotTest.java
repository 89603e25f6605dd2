package io.github.realtimeclassifier.app.screen;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import android.app.Activity;
import android.content.Intent;
import android.graphics.Bitmap;
import android.graphics.Rect;
import android.view.ViewGroup;
import android.widget.CompoundButton;
import android.widget.ProgressBar;
import android.widget.TextView;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.app.run.Run;
import io.github.realtimeclassifier.core.DeploymentException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;
import org.robolectric.shadows.ShadowAlertDialog;

/**
 * Draws each screen as a phone of the paper's size shows it. The engine is a stand-in, and is called so; what it says
 * of the photo is what the real SqueezeNet says, and of the drawn digit what the real LeNet says. What a run would
 * measure is fixed, so that two runs draw the same.
 */
@RunWith(RobolectricTestRunner.class)
@Config(
        sdk = 27,
        qualifiers = "w411dp-h659dp-xhdpi",
        shadows = {EightCores.class, FixedMeters.class})
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class ScreenshotTest {
    private static final String DARK = "+night";
    // What is drawn is the same each time. The committed pictures have fewer colours, which makes 5.3 at most, in a
    // photo. Of what can be missing, a pale bar makes the least, 8.1; a single digit makes 18.
    private static final double MOST_DIFFERENCE = 7;
    // Of things that can be missing, on the emptiest screen.
    private static final int FEWEST = 4;

    @Rule
    public final ScreenRule screens = new ScreenRule();

    private TimeZone timeZone;

    @Before
    public void pushModels() throws IOException, DeploymentException {
        FakeModels.squeezenet(screens.models());
        FakeModels.lenet(screens.models());
        screens.choose("squeezenet");
        screens.engine().answers(RealAnswers.CAT_CLASSES, RealAnswers.CAT_PROBABILITIES).takes(70);
        FixedMeters.read(30, 13.6, 73.4, 15);
        // Dates are written as they are where the phone is.
        timeZone = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    }

    @After
    public void resetTimeZone() {
        TimeZone.setDefault(timeZone);
    }

    /** Writes a screenshot, and compares it with the committed one. */
    private static void save(Screenshot screenshot, String name) throws IOException {
        Pictures.save(screenshot.picture(), new File(System.getProperty("screenshots.dir"), name + ".png"));
        File committed = new File(System.getProperty("basedir"), "../screenshots/" + name + ".png");
        String advice = "; look at what was drawn, and take it over with 'python -m helpers.screenshots'";
        assertTrue("expected " + committed + advice, committed.isFile());
        Bitmap expected = Pictures.read(committed);
        Bitmap drawn = Pictures.half(screenshot.picture());
        double difference = Pictures.difference(drawn, expected);
        assertTrue(name + " differs by " + difference + advice, difference < MOST_DIFFERENCE);
        assertNothingCanBeMissing(name, drawn, screenshot.places(), expected);
    }

    /** The comparison's own test: whatever is blanked, be it a single number, is noticed. */
    private static void assertNothingCanBeMissing(String name, Bitmap drawn, List<Rect> places, Bitmap expected) {
        int count = 0;
        for (Rect place : places) {
            Rect half = new Rect(place.left / 2, place.top / 2, place.right / 2, place.bottom / 2);
            for (Rect mark : Marks.in(drawn, half)) {
                double difference = Pictures.difference(Marks.blanked(drawn, half, mark), expected);
                assertTrue(name + " without what stands at " + mark + " differs by no more than " + difference,
                        difference >= MOST_DIFFERENCE);
                count++;
            }
        }
        assertTrue(name + ": found " + count + " things that can be missing", count >= FEWEST);
    }

    /** Lets a view say numbers that no run has measured, and for the rest what it said. */
    private static void fix(TextView view, String text) {
        assertEquals(withoutNumbers(text), withoutNumbers(view.getText()));
        view.setText(text);
    }

    private static String withoutNumbers(CharSequence text) {
        return text.toString().replaceAll("[0-9]+", "#");
    }

    private void saveLive(String name) throws IOException {
        saveRunning(screens.open(LiveActivity.class).get(), name);
    }

    private void saveRunning(Activity live, String name) throws IOException {
        FakeSurface surface = screens.awaitRunning(live);
        save(Screenshot.of(live, surface), name);
    }

    @Test
    public void live() throws IOException {
        saveLive("live");
    }

    @Test
    public void liveDark() throws IOException {
        RuntimeEnvironment.setQualifiers(DARK);
        saveLive("live_dark");
    }

    @Test
    public void liveSingleThreaded() throws IOException {
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitRunning(live);
        ((CompoundButton) live.findViewById(R.id.multithreaded)).performClick();
        // The screen waits for the network, and skips every third of the camera's frames and more.
        FixedMeters.read(10, 10, 73.6, 12);
        saveRunning(live, "live_single_threaded");
    }

    @Test
    @Config(qualifiers = "w731dp-h339dp-land-xhdpi")
    public void liveLandscape() throws IOException {
        // A phone that lies on its side shows its screen turned by 90 degrees.
        screens.turn(90);
        screens.engine().answers(RealAnswers.LYING_CAT_CLASSES, RealAnswers.LYING_CAT_PROBABILITIES);
        saveLive("live_landscape");
    }

    @Test
    public void liveUntrained() throws IOException, DeploymentException {
        FakeModels.untrainedResnet(screens.models());
        screens.choose("resnet50");
        screens.engine().answers(RealAnswers.UNTRAINED_CLASSES, RealAnswers.UNTRAINED_PROBABILITIES).takes(150);
        FixedMeters.read(29.8, 6.5, 153.2, 11);
        saveLive("live_untrained");
    }

    @Test
    public void permissionRefused() throws IOException {
        screens.forbidCamera();
        saveMessage("The camera is not allowed", "permission_refused");
    }

    @Test
    public void cameraTakenAway() throws IOException {
        screens.cameras().miss("expected the camera to be free, received one that another app uses; close that app, and"
                + " try again");
        RuntimeEnvironment.setQualifiers(DARK);
        saveMessage("The camera cannot be used", "camera_in_use");
    }

    @Test
    public void corruptModel() throws IOException {
        File manifest = new File(screens.models(), "squeezenet/manifest.json");
        Files.write(manifest.toPath(), "{\"model\": \"squeeze".getBytes(StandardCharsets.UTF_8));
        saveMessage("This model cannot be used", "corrupt_model");
    }

    private void saveMessage(String title, String name) throws IOException {
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitMessage(live, title);
        save(Screenshot.of(live), name);
    }

    private Activity measured(Intent extras) {
        final Activity measure = screens.open(MeasureActivity.class, extras).get();
        screens.await("the run's end", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return screens.app().runs().current().state() != Run.State.RUNNING
                        && !ScreenRule.text(measure, R.id.result_title).isEmpty()
                        && measure.findViewById(R.id.model).isEnabled();
            }
        });
        return measure;
    }

    @Test
    public void measureForm() throws IOException {
        final Activity measure = screens.open(MeasureActivity.class).get();
        screens.await("the models", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return measure.findViewById(R.id.model).isEnabled();
            }
        });
        save(Screenshot.of(measure), "measure");
    }

    @Test
    public void measureBenchmark() throws IOException {
        Intent extras = new Intent(screens.app(), MeasureActivity.class)
                .putExtra("measure", "benchmark")
                .putExtra("model", "squeezenet")
                .putExtra("engine", "stub")
                .putExtra("count", 20);
        Activity measure = measured(extras);
        // The file's name says when it was written.
        fix((TextView) measure.findViewById(R.id.result_text), "benchmark_squeezenet_stub_20240304-101500.json");
        String[] values = {
            "SqueezeNet", "stub 1, 4 threads", "72.53\u00a0ms", "20", "73.73\u00a0ms", "72.80\u00a0ms", "77.91\u00a0ms",
            "2.96\u00a0ms", "70.77\u00a0ms", "5\u00a0%", "1.9\u00a0s"
        };
        ViewGroup lines = measure.findViewById(R.id.result_lines);
        assertEquals(values.length, lines.getChildCount());
        for (int i = 0; i < values.length; i++) {
            fix((TextView) lines.getChildAt(i).findViewById(R.id.line_value), values[i]);
        }
        save(Screenshot.of(measure), "measure_benchmark");
    }

    @Test
    public void measureDigits() throws IOException {
        // Running: a stand-in's accuracy would mean nothing.
        RuntimeEnvironment.setQualifiers(DARK);
        Intent extras = new Intent(screens.app(), MeasureActivity.class)
                .putExtra("measure", "digits")
                .putExtra("model", "lenet")
                .putExtra("engine", "stub");
        screens.engine().answers(new int[] {7}, new float[] {1}).takes(1);
        final Activity measure = screens.open(MeasureActivity.class, extras).get();
        screens.await("some progress", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return screens.app().runs().current().done() > 300 && measure.findViewById(R.id.kind).isShown();
            }
        });
        fix((TextView) measure.findViewById(R.id.progress_text), "Classifying: 312 of 10,000");
        ((ProgressBar) measure.findViewById(R.id.progress)).setProgress(312);
        save(Screenshot.of(measure), "measure_digits");
        screens.press(measure, R.id.cancel);
        screens.await("the end", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return ScreenRule.text(measure, R.id.result_title).equals("MNIST digits: cancelled");
            }
        });
    }

    @Test
    public void drawDigit() throws IOException, DeploymentException {
        saveDigit("draw_digit");
    }

    @Test
    @Config(qualifiers = "w731dp-h339dp-land-xhdpi")
    public void drawDigitInLandscape() throws IOException, DeploymentException {
        RuntimeEnvironment.setQualifiers(DARK);
        saveDigit("draw_digit_landscape");
    }

    private void saveDigit(String name) throws IOException, DeploymentException {
        screens.engine().answers(RealAnswers.TWO_CLASSES, RealAnswers.TWO_PROBABILITIES).takes(5);
        screens.choose("lenet");
        final Activity draw = screens.open(DrawActivity.class).get();
        screens.drawTwo((DigitPad) draw.findViewById(R.id.pad));
        screens.await("the digit", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return ScreenRule.text(draw, R.id.digit).contains("2");
            }
        });
        fix((TextView) draw.findViewById(R.id.digit_text), "stub \u00b7 5.3 ms");
        save(Screenshot.of(draw), name);
    }

    @Test
    public void logs() throws IOException {
        screens.writeLogs();
        save(Screenshot.of(screens.open(LogsActivity.class).get()), "logs");
    }

    @Test
    public void noLogs() throws IOException {
        RuntimeEnvironment.setQualifiers(DARK);
        save(Screenshot.of(screens.open(LogsActivity.class).get()), "no_logs");
    }

    @Test
    public void about() throws IOException {
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitRunning(live);
        List<InstalledModel> models = new ArrayList<>();
        for (InstalledModel model : screens.app().models().list()) {
            if (model.isPushed()) {
                models.add(model);
            }
        }
        AboutDialog.show((ScreenActivity) live, models);
        screens.settle();
        save(Screenshot.of(live, ShadowAlertDialog.getLatestAlertDialog()), "about");
    }
}
