package io.github.realtimeclassifier.app.screen;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import android.app.Activity;
import android.content.ComponentName;
import android.content.Intent;
import android.content.UriPermission;
import android.content.pm.ActivityInfo;
import android.content.pm.PackageManager;
import android.net.Uri;
import android.provider.DocumentsContract;
import android.view.View;
import android.view.ViewGroup;
import android.widget.EditText;
import android.widget.Spinner;
import android.widget.TextView;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.LogcatLines;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.app.run.Measure;
import io.github.realtimeclassifier.app.run.Run;
import io.github.realtimeclassifier.app.run.RunRequest;
import io.github.realtimeclassifier.core.DeploymentException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27, qualifiers = "w411dp-h659dp-xhdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class MeasureActivityTest {
    @Rule
    public final ScreenRule screens = new ScreenRule();

    @Before
    public void pushModels() throws IOException, DeploymentException {
        FakeModels.squeezenet(screens.models());
        FakeModels.untrainedResnet(screens.models());
        FakeModels.lenet(screens.models());
        screens.choose("squeezenet");
    }

    private Intent request(String measure) {
        return new Intent(screens.app(), MeasureActivity.class).putExtra("measure", measure);
    }

    private Activity opened() {
        final Activity measure = screens.open(MeasureActivity.class).get();
        awaitModels(measure);
        return measure;
    }

    private void awaitModels(final Activity measure) {
        screens.await("the models", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return measure.findViewById(R.id.model).isEnabled();
            }
        });
    }

    private void awaitTitle(final Activity measure, final String title) {
        screens.await("the title '" + title + "'", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return ScreenRule.text(measure, R.id.result_title).equals(title);
            }
        });
    }

    private void awaitRunning(final Activity measure) {
        screens.await("a run", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return screens.app().runs().isRunning() && measure.findViewById(R.id.cancel).isShown();
            }
        });
    }

    private static String lines(Activity measure) {
        StringBuilder text = new StringBuilder();
        ViewGroup lines = measure.findViewById(R.id.result_lines);
        for (int i = 0; i < lines.getChildCount(); i++) {
            TextView name = lines.getChildAt(i).findViewById(R.id.line_name);
            TextView value = lines.getChildAt(i).findViewById(R.id.line_value);
            text.append(name.getText()).append(": ").append(value.getText()).append('\n');
        }
        return text.toString().replace('\u00a0', ' ');
    }

    private static EditText field(Activity measure, int field) {
        return measure.findViewById(field).findViewById(R.id.field_value);
    }

    @Test
    public void measuresWhatAdbAsksForAndSharesTheLog() {
        Intent intent = request("benchmark")
                .putExtra("model", "squeezenet")
                .putExtra("engine", "stub")
                .putExtra("threads", "1")
                .putExtra("count", 7)
                .putExtra("warm_up", 2);
        Activity measure = screens.open(MeasureActivity.class, intent).get();
        awaitTitle(measure, "Benchmark: done");
        assertTrue(lines(measure), lines(measure).contains("SqueezeNet") && lines(measure).contains("7"));
        File log = screens.app().logs().list().get(0);
        assertEquals(log.getName(), ScreenRule.text(measure, R.id.result_text));
        assertEquals("", ScreenRule.text(measure, R.id.untrained));
        // The form shows what was measured.
        awaitModels(measure);
        assertEquals("Benchmark", ((Spinner) measure.findViewById(R.id.kind)).getSelectedItem());
        assertEquals("7", field(measure, R.id.count).getText().toString());
        assertEquals("2", field(measure, R.id.warm_up).getText().toString());
        screens.press(measure, R.id.share);
        Intent chooser = ScreenRule.shadow(measure).getNextStartedActivity();
        Intent share = chooser.getParcelableExtra(Intent.EXTRA_INTENT);
        assertEquals(Intent.ACTION_SEND, share.getAction());
        Uri uri = share.getParcelableExtra(Intent.EXTRA_STREAM);
        assertEquals(log.getName(), uri.getLastPathSegment());
    }

    @Test
    public void saysWhenAModelIsUntrained() {
        Intent intent = request("benchmark").putExtra("model", "resnet50").putExtra("count", 2);
        Activity measure = screens.open(MeasureActivity.class, intent).get();
        awaitTitle(measure, "Benchmark: done");
        assertTrue(ScreenRule.text(measure, R.id.untrained).contains("mean nothing"));
    }

    @Test
    public void countsTheImagesOfAFolder() throws IOException {
        File images = new File(screens.app().getExternalFilesDir("images"), "espresso");
        Files.createDirectories(images.toPath());
        File photos = new File(System.getProperty("basedir"), "../../data/photos");
        Files.copy(new File(photos, "coffee.png").toPath(), new File(images, "coffee.png").toPath());
        Files.copy(new File(photos, "rocket.png").toPath(), new File(images, "rocket.png").toPath());
        screens.engine().answers(new int[] {967}, new float[] {0.9f});
        Activity measure = opened();
        assertTrue(ScreenRule.text(measure, R.id.images_text).contains("/sdcard/Android/data/"));
        screens.press(measure, R.id.start);
        awaitTitle(measure, "Accuracy: done");
        assertTrue(lines(measure), lines(measure).matches("(?s).*[Tt]op-1.*2 of 2.*"));
    }

    @Test
    public void saysThatThereAreNoImages() {
        Activity measure = opened();
        screens.press(measure, R.id.start);
        awaitTitle(measure, "Accuracy: failed");
        assertTrue(ScreenRule.text(measure, R.id.result_text).startsWith("Expected 1 to"));
        assertFalse(measure.findViewById(R.id.share).isShown());
        assertTrue(measure.findViewById(R.id.start).isEnabled());
    }

    @Test
    public void showsProgressSurvivesARotationAndCancels() {
        screens.engine().takes(20);
        ActivityController<MeasureActivity> controller =
                screens.open(MeasureActivity.class, request("digits").putExtra("model", "lenet"));
        final Activity before = controller.get();
        awaitRunning(before);
        Run run = screens.app().runs().current();
        assertFalse(before.findViewById(R.id.start).isEnabled());
        assertTrue(before.getWindow().getDecorView().getKeepScreenOn());
        screens.change(controller, "+land");
        final Activity after = controller.get();
        awaitRunning(after);
        assertEquals(run, screens.app().runs().current());
        screens.await("progress", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return ScreenRule.text(after, R.id.progress_text).matches("Classifying: \\d+ of 10,000");
            }
        });
        screens.press(after, R.id.cancel);
        awaitTitle(after, "MNIST digits: cancelled");
        assertEquals(0, screens.app().logs().list().size());
        assertTrue(after.findViewById(R.id.start).isEnabled());
        assertFalse(after.getWindow().getDecorView().getKeepScreenOn());
    }

    @Test
    public void keepsWhatWasEnteredOverARotation() {
        ActivityController<MeasureActivity> controller = screens.open(MeasureActivity.class);
        awaitModels(controller.get());
        ((Spinner) controller.get().findViewById(R.id.kind)).setSelection(MeasureKind.BENCHMARK.ordinal());
        field(controller.get(), R.id.count).setText("123");
        field(controller.get(), R.id.seconds).setText("9");
        screens.change(controller, "+land");
        assertEquals("Benchmark", ((Spinner) controller.get().findViewById(R.id.kind)).getSelectedItem());
        assertEquals("123", field(controller.get(), R.id.count).getText().toString());
        assertEquals("9", field(controller.get(), R.id.seconds).getText().toString());
    }

    @Test
    public void refusesNumbersOutOfRangeInTheirField() {
        Activity measure = opened();
        ((Spinner) measure.findViewById(R.id.kind)).setSelection(MeasureKind.BENCHMARK.ordinal());
        for (String wrong : new String[] {"", "0", "100001"}) {
            field(measure, R.id.count).setText(wrong);
            screens.press(measure, R.id.start);
            assertEquals(
                    "Enter a number from 1 to 100000",
                    field(measure, R.id.count).getError().toString());
            assertNull(screens.app().runs().current());
        }
        field(measure, R.id.count).setText("1");
        field(measure, R.id.warm_up).setText("0");
        screens.press(measure, R.id.start);
        assertNull(field(measure, R.id.count).getError());
        awaitTitle(measure, "Benchmark: done");
    }

    @Test
    public void offersModelsThatReadDigitsForTheDigits() {
        Activity measure = opened();
        ((Spinner) measure.findViewById(R.id.kind)).setSelection(MeasureKind.DIGITS.ordinal());
        Spinner models = measure.findViewById(R.id.model);
        for (int i = 0; i < models.getCount(); i++) {
            String title = (String) models.getItemAtPosition(i);
            assertTrue(title, title.matches("LeNet|Digits"));
        }
        assertFalse(measure.findViewById(R.id.images).isShown());
        ((Spinner) measure.findViewById(R.id.kind)).setSelection(MeasureKind.ACCURACY.ordinal());
        assertTrue(models.getCount() > 2);
    }

    @Test
    public void saysThatDigitsNeedAModelForThem() throws DeploymentException {
        Activity measure = opened();
        List<InstalledModel> models = new ArrayList<>(screens.app().models().list());
        models.removeAll(DigitModels.of(models));
        MeasureForm form = new MeasureForm(measure, null);
        form.show(models, Choice.load(measure, models));
        ((Spinner) measure.findViewById(R.id.kind)).setSelection(MeasureKind.DIGITS.ordinal());
        assertTrue(ScreenRule.text(measure, R.id.kind_text).startsWith("Digits need LeNet"));
        assertFalse(measure.findViewById(R.id.start).isEnabled());
        ((Spinner) measure.findViewById(R.id.kind)).setSelection(MeasureKind.BENCHMARK.ordinal());
        assertTrue(measure.findViewById(R.id.start).isEnabled());
    }

    @Test
    public void saysThatAnEngineCannotBeOpened() {
        screens.engine().refuses("expected a graph, received a shopping list; choose another engine");
        Activity measure = screens.open(MeasureActivity.class, request("benchmark").putExtra("engine", "stub")).get();
        awaitTitle(measure, "Benchmark: failed");
        assertEquals(
                "Expected a graph, received a shopping list; choose another engine.",
                ScreenRule.text(measure, R.id.result_text));
    }

    @Test
    public void saysWhatIsWrongWithAnIntent() {
        String[][] rubbish = {
            {"measure", "everything"}, {"count", "-1"}, {"engine", "steam"}, {"colour", "blue"}, {"threads", "0"}
        };
        for (String[] extra : rubbish) {
            Intent intent = request("benchmark").putExtra(extra[0], extra[1]);
            Activity measure = screens.open(MeasureActivity.class, intent).get();
            assertEquals("These parameters cannot be used", ScreenRule.text(measure, R.id.refusal_title));
            String text = ScreenRule.text(measure, R.id.refusal_text);
            assertTrue(text, text.contains(extra[1]) || text.contains(extra[0]));
            assertNull(screens.app().runs().current());
        }
        Activity measure = screens.open(MeasureActivity.class, request("live")).get();
        assertTrue(ScreenRule.text(measure, R.id.refusal_text).contains("LiveActivity"));
        assertEquals(rubbish.length + 1, LogcatLines.all().size());
    }

    @Test
    public void whatIsRefusedStandsAboveAnEarlierRunUntilThereIsANewOne() {
        ActivityController<MeasureActivity> controller =
                screens.open(MeasureActivity.class, request("benchmark").putExtra("count", 1));
        awaitTitle(controller.get(), "Benchmark: done");
        controller.pause().newIntent(request("benchmark").putExtra("count", "a lot")).resume();
        screens.settle();
        assertTrue(ScreenRule.text(controller.get(), R.id.refusal_text).startsWith("Count: expected an integer"));
        screens.change(controller, "+land");
        awaitModels(controller.get());
        assertTrue(ScreenRule.text(controller.get(), R.id.refusal_text).startsWith("Count: expected an integer"));
        assertTrue(isAbove(controller.get(), R.id.refusal, R.id.result));
        screens.press(controller.get(), R.id.start);
        assertEquals("", ScreenRule.text(controller.get(), R.id.refusal_text));
        awaitTitle(controller.get(), "Benchmark: done");
    }

    @Test
    public void whatIsRefusedStandsAboveTheRunThatGoesOn() {
        screens.engine().takes(20);
        ActivityController<MeasureActivity> controller =
                screens.open(MeasureActivity.class, request("digits").putExtra("model", "lenet"));
        final Activity measure = controller.get();
        awaitRunning(measure);
        controller.pause().newIntent(request("benchmark")).resume();
        final int done = screens.app().runs().current().done();
        screens.await("progress", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return screens.app().runs().current().done() > done + 10
                        && ScreenRule.text(measure, R.id.progress_text).contains(" of 10,000");
            }
        });
        assertTrue(ScreenRule.text(measure, R.id.refusal_text).startsWith("Expected one run at a time"));
        assertTrue(isAbove(measure, R.id.refusal, R.id.running));
        assertTrue(LogcatLines.all().toString(), LogcatLines.all().get(0).contains("one run at a time"));
        screens.press(measure, R.id.cancel);
        awaitTitle(measure, "MNIST digits: cancelled");
    }

    private static boolean isAbove(Activity measure, int above, int below) {
        View first = measure.findViewById(above);
        View second = measure.findViewById(below);
        return first.isShown() && second.isShown() && first.getBottom() <= second.getTop();
    }

    @Test
    public void proposesWhatRequestsOfAdbLeaveOut() {
        Activity measure = opened();
        ((Spinner) measure.findViewById(R.id.kind)).setSelection(MeasureKind.BENCHMARK.ordinal());
        RunRequest usual = RunRequest.of(Measure.BENCHMARK);
        assertEquals("" + usual.count(), field(measure, R.id.count).getText().toString());
        assertEquals("" + usual.warmUp(), field(measure, R.id.warm_up).getText().toString());
        assertEquals("" + usual.seconds(), field(measure, R.id.seconds).getText().toString());
    }

    @Test
    public void measuresNothingAgainFromTheListOfRecentApps() {
        Intent intent = request("benchmark").addFlags(Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY);
        awaitModels(screens.open(MeasureActivity.class, intent).get());
        assertNull(screens.app().runs().current());
    }

    @Test
    public void reachesTheScreenBelowAnother() throws PackageManager.NameNotFoundException {
        ComponentName screen = new ComponentName(screens.app(), MeasureActivity.class);
        // As singleTop, am start --activity-clear-top gives its intent to the screen that is there.
        assertEquals(
                ActivityInfo.LAUNCH_SINGLE_TOP,
                screens.app().getPackageManager().getActivityInfo(screen, 0).launchMode);
        ActivityController<MeasureActivity> controller = screens.open(MeasureActivity.class);
        awaitModels(controller.get());
        controller.pause().stop();
        controller.newIntent(request("benchmark")
                .putExtra("count", 3)
                .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK | Intent.FLAG_ACTIVITY_CLEAR_TOP));
        controller.restart().resume();
        awaitTitle(controller.get(), "Benchmark: done");
        assertEquals("3", field(controller.get(), R.id.count).getText().toString());
    }

    @Test
    public void saysThatAModelIsMissing() {
        Intent intent = request("benchmark").putExtra("model", "alexnet");
        Activity measure = screens.open(MeasureActivity.class, intent).get();
        awaitTitle(measure, "Benchmark: failed");
        assertTrue(ScreenRule.text(measure, R.id.result_text).contains("alexnet"));
    }

    @Test
    public void startsAgainWhenAdbAsksAgain() {
        ActivityController<MeasureActivity> controller =
                screens.open(MeasureActivity.class, request("benchmark").putExtra("count", 1));
        awaitTitle(controller.get(), "Benchmark: done");
        Run first = screens.app().runs().current();
        controller.newIntent(request("benchmark").putExtra("count", 2));
        screens.await("the second run", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                Run current = screens.app().runs().current();
                return current != first && current.state() == Run.State.DONE;
            }
        });
        assertEquals(2, screens.app().logs().list().size());
    }

    @Test
    public void takesAFolderFromTheSystemsPicker() {
        Activity measure = opened();
        screens.press(measure, R.id.choose_images);
        Intent picker = ScreenRule.shadow(measure).getNextStartedActivityForResult().intent;
        assertEquals(Intent.ACTION_OPEN_DOCUMENT_TREE, picker.getAction());
        Uri tree = DocumentsContract.buildTreeDocumentUri("some.provider", "primary:Pictures");
        // Offered for now alone: there is nothing to keep.
        ScreenRule.shadow(measure).receiveResult(
                picker,
                Activity.RESULT_OK,
                new Intent().setData(tree).addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION));
        assertEquals(0, screens.app().getContentResolver().getPersistedUriPermissions().size());
        screens.press(measure, R.id.choose_images);
        picker = ScreenRule.shadow(measure).getNextStartedActivityForResult().intent;
        Intent kept = new Intent().setData(tree).addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION
                | Intent.FLAG_GRANT_WRITE_URI_PERMISSION | Intent.FLAG_GRANT_PERSISTABLE_URI_PERMISSION);
        ScreenRule.shadow(measure).receiveResult(picker, Activity.RESULT_OK, kept);
        UriPermission permission =
                screens.app().getContentResolver().getPersistedUriPermissions().get(0);
        assertEquals(tree, permission.getUri());
        assertTrue(permission.isReadPermission());
        assertFalse(permission.isWritePermission());
        assertTrue(ScreenRule.text(measure, R.id.images_text).contains("Pictures"));
        screens.press(measure, R.id.start);
        // There is no such provider here: the run says so.
        awaitTitle(measure, "Accuracy: failed");
        assertEquals(
                "Expected the folder primary:Pictures to be readable, received no answer; choose it again on the"
                        + " measuring screen.",
                ScreenRule.text(measure, R.id.result_text));
        assertNotNull(screens.app().runs().current().request().tree());
        screens.press(measure, R.id.choose_images);
        picker = ScreenRule.shadow(measure).getNextStartedActivityForResult().intent;
        ScreenRule.shadow(measure).receiveResult(picker, Activity.RESULT_CANCELED, null);
        assertTrue(ScreenRule.text(measure, R.id.images_text).contains("Pictures"));
    }
}
