package io.github.realtimeclassifier.app.screen;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import android.Manifest;
import android.app.Activity;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.provider.Settings;
import android.widget.CompoundButton;
import android.widget.Spinner;
import android.widget.TextView;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.Engines;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.app.run.Measure;
import io.github.realtimeclassifier.app.run.Run;
import io.github.realtimeclassifier.app.run.RunRequest;
import io.github.realtimeclassifier.core.DeploymentException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Collections;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;
import org.robolectric.shadow.api.Shadow;
import org.robolectric.shadows.ShadowPackageManager;
import org.robolectric.shadows.ShadowToast;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27, qualifiers = "w411dp-h659dp-xhdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class LiveActivityTest {
    @Rule
    public final ScreenRule screens = new ScreenRule();

    @Before
    public void pushModel() throws IOException, DeploymentException {
        FakeModels.squeezenet(screens.models());
        screens.choose("squeezenet");
        screens.engine().answers(new int[] {967, 504}, new float[] {0.75f, 0.125f});
    }

    @Test
    public void showsPictureResultsAndMeters() {
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitRunning(live);
        assertEquals("", ScreenRule.text(live, R.id.message_title));
        String top = ScreenRule.top(live);
        assertTrue(top, top.startsWith("espresso, 75.0\u00a0%; coffee mug, 12.5\u00a0%"));
        for (int meter : new int[] {R.id.meter_fps, R.id.meter_processed, R.id.meter_latency, R.id.meter_cpu}) {
            assertNotEquals("–", ScreenRule.meter(live, meter));
        }
        assertEquals(
                "Frames shown per second: " + ScreenRule.meter(live, R.id.meter_fps),
                live.findViewById(R.id.meter_fps).getContentDescription());
        assertTrue(live.findViewById(R.id.preview).getKeepScreenOn());
    }

    @Test
    public void givesTheCameraBackOnPauseAndTakesItAgain() {
        ActivityController<LiveActivity> controller = screens.open(LiveActivity.class);
        screens.awaitRunning(controller.get());
        controller.pause();
        screens.await("the camera to be given back", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return screens.cameras().open() == 0;
            }
        });
        assertFalse(controller.get().findViewById(R.id.preview).getKeepScreenOn());
        controller.resume();
        screens.awaitRunning(controller.get());
        assertEquals(2, screens.cameras().opened());
    }

    @Test
    public void goesOnAfterARotation() {
        ActivityController<LiveActivity> controller = screens.open(LiveActivity.class);
        screens.awaitRunning(controller.get());
        screens.change(controller, "+land");
        screens.awaitRunning(controller.get());
        assertEquals(1, screens.cameras().open());
    }

    @Test
    public void asksForTheCameraOnceAndSaysWhatARefusalMeans() {
        screens.forbidCamera();
        ActivityController<LiveActivity> controller = screens.open(LiveActivity.class);
        LiveActivity live = controller.get();
        screens.awaitMessage(live, "The camera is not allowed");
        assertEquals("Allow the camera", ScreenRule.text(live, R.id.message_action));
        assertEquals(
                Manifest.permission.CAMERA,
                ScreenRule.shadow(live).getLastRequestedPermission().requestedPermissions[0]);
        assertEquals(0, screens.cameras().opened());
        explain(true);
        answer(controller, PackageManager.PERMISSION_DENIED);
        screens.awaitMessage(live, "The camera is not allowed");
        assertEquals("Allow the camera", ScreenRule.text(live, R.id.message_action));
        screens.allowCamera();
        answer(controller, PackageManager.PERMISSION_GRANTED);
        screens.awaitRunning(live);
    }

    @Test
    public void leadsToTheSettingsAfterTheLastRefusal() {
        screens.forbidCamera();
        ActivityController<LiveActivity> controller = screens.open(LiveActivity.class);
        screens.awaitMessage(controller.get(), "The camera is not allowed");
        explain(true);
        answer(controller, PackageManager.PERMISSION_DENIED);
        awaitAction(controller.get(), "Allow the camera");
        // Don't ask again.
        explain(false);
        answer(controller, PackageManager.PERMISSION_DENIED);
        awaitAction(controller.get(), "Open settings");
        screens.press(controller.get(), R.id.message_action);
        Intent intent = ScreenRule.shadow(controller.get()).getNextStartedActivity();
        assertEquals(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, intent.getAction());
        assertEquals("package:io.github.realtimeclassifier", intent.getDataString());
    }

    @Test
    public void aTouchBesideTheQuestionIsNoRefusalForGood() {
        screens.forbidCamera();
        ActivityController<LiveActivity> controller = screens.open(LiveActivity.class);
        screens.awaitMessage(controller.get(), "The camera is not allowed");
        // From Android 11 on it is told as a refusal, after which the system wants no explanation either.
        answer(controller, PackageManager.PERMISSION_DENIED);
        screens.change(controller, "+land");
        awaitAction(controller.get(), "Allow the camera");
        screens.press(controller.get(), R.id.message_action);
        answer(controller, PackageManager.PERMISSION_DENIED);
        awaitAction(controller.get(), "Open settings");
    }

    private void explain(boolean wanted) {
        ShadowPackageManager packages = Shadow.extract(screens.app().getPackageManager());
        packages.setShouldShowRequestPermissionRationale(Manifest.permission.CAMERA, wanted);
    }

    private void awaitAction(Activity live, String label) {
        screens.await("the button '" + label + "'", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return ScreenRule.text(live, R.id.message_action).equals(label);
            }
        });
    }

    /** The question covers the screen, which is paused meanwhile. */
    private void answer(ActivityController<LiveActivity> controller, int result) {
        controller.pause();
        controller.get().onRequestPermissionsResult(
                CameraPermission.REQUEST_CODE, new String[] {Manifest.permission.CAMERA}, new int[] {result});
        controller.resume();
        screens.settle();
    }

    @Test
    public void saysThatThereIsNoCameraAndTriesAgain() {
        screens.cameras().miss("expected a camera, received none; all but this screen works without one");
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitMessage(live, "The camera cannot be used");
        assertTrue(ScreenRule.text(live, R.id.message_text).contains("received none"));
        screens.cameras().miss("");
        screens.press(live, R.id.message_action);
        screens.awaitRunning(live);
    }

    @Test
    public void saysThatTheCameraWasTakenAwayAndTriesAgain() {
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitRunning(live);
        screens.cameras().takeAway("expected the camera's next frame, received none: another app took the camera");
        screens.awaitMessage(live, "The camera cannot be used");
        assertTrue(ScreenRule.text(live, R.id.message_text).contains("another app took the camera"));
        assertFalse(live.findViewById(R.id.record).isEnabled());
        assertEquals("–", ScreenRule.meter(live, R.id.meter_fps));
        screens.cameras().takeAway("");
        screens.press(live, R.id.message_action);
        screens.awaitRunning(live);
    }

    @Test
    public void saysThatThereAreNoModels() {
        LiveActivity live = screens.open(LiveActivity.class).get();
        screens.awaitRunning(live);
        // The tests' own package holds models, which a list without any stands in for.
        live.control().begin(Collections.<InstalledModel>emptyList());
        assertEquals("No models", ScreenRule.text(live, R.id.message_title));
        String folder = "/sdcard/Android/data/io.github.realtimeclassifier/";
        assertTrue(ScreenRule.text(live, R.id.message_text).contains(folder));
        assertFalse(live.findViewById(R.id.model).isEnabled());
        screens.press(live, R.id.message_action);
        screens.awaitRunning(live);
    }

    @Test
    public void saysWhatIsWrongWithAManifest() throws IOException {
        File manifest = new File(screens.models(), "squeezenet/manifest.json");
        Files.write(manifest.toPath(), "{\"model\": ".getBytes(StandardCharsets.UTF_8));
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitMessage(live, "This model cannot be used");
        assertTrue(ScreenRule.text(live, R.id.message_text).contains("is not a valid manifest"));
        FakeModels.squeezenet(screens.models());
        screens.press(live, R.id.message_action);
        screens.awaitRunning(live);
    }

    @Test
    public void saysThatAFileIsDamaged() {
        screens.engine().findsDamage("squeezenet.tflite is damaged or of another model; build the model again");
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitMessage(live, "This model cannot be used");
        assertTrue(ScreenRule.text(live, R.id.message_text).startsWith("Squeezenet.tflite is damaged"));
        assertEquals(0, screens.cameras().open());
        screens.engine().refuses("");
        screens.press(live, R.id.message_action);
        screens.awaitRunning(live);
    }

    @Test
    public void saysThatAFileIsMissing() throws IOException, DeploymentException {
        // A model of the tests' own package, which has only its manifest.
        screens.app().use(Engines.standard());
        screens.choose("without_file");
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitMessage(live, "This model cannot be used");
        assertTrue(ScreenRule.text(live, R.id.message_text).contains("put the whole folder of the model there"));
    }

    @Test
    public void waitsForAMeasurementAndSaysSo() throws DeploymentException {
        screens.engine().takes(50);
        RunRequest request = RunRequest.of(Measure.BENCHMARK)
                .choice(Choice.load(screens.app(), screens.app().models().list()))
                .count(100_000);
        Run run = screens.app().runs().start(request);
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitMessage(live, "Opening SqueezeNet");
        assertTrue(ScreenRule.text(live, R.id.message_text).startsWith("A measurement goes on"));
        run.cancel();
        screens.awaitRunning(live);
    }

    @Test
    public void saysThatAnEngineCannotBeOpenedAndLetsAnotherBePicked() {
        screens.engine().refuses("expected a graph of TensorFlow 1.13, received another; choose another engine");
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitMessage(live, "This engine cannot run the model");
        assertTrue(ScreenRule.text(live, R.id.message_text).contains("received another"));
        Spinner engines = live.findViewById(R.id.engine);
        assertTrue(engines.isEnabled());
        engines.setSelection(1);
        screens.surface(live);
        screens.await("the other engine", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return ScreenRule.top(live).contains("tench") && ScreenRule.text(live, R.id.message_title).isEmpty();
            }
        });
    }

    @Test
    public void sendsDigitModelsToTheDrawingScreen() throws IOException, DeploymentException {
        FakeModels.lenet(screens.models());
        screens.choose("lenet");
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitMessage(live, "LeNet reads digits only");
        screens.press(live, R.id.message_action);
        Intent intent = ScreenRule.shadow(live).getNextStartedActivity();
        assertEquals(DrawActivity.class.getName(), intent.getComponent().getClassName());
        assertEquals(0, screens.cameras().opened());
    }

    @Test
    public void saysWhenAModelIsUntrained() throws IOException, DeploymentException {
        FakeModels.untrainedResnet(screens.models());
        screens.choose("resnet50");
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitRunning(live);
        assertTrue(ScreenRule.text(live, R.id.untrained).contains("mean nothing"));
    }

    @Test
    public void switchesBetweenTheTwoPipelinesAndKeepsTheChoice() {
        screens.engine().takes(200);
        ActivityController<LiveActivity> controller = screens.open(LiveActivity.class);
        CompoundButton multithreaded = controller.get().findViewById(R.id.multithreaded);
        awaitFps(controller.get(), 15, 100);
        assertTrue(multithreaded.isChecked());
        multithreaded.performClick();
        awaitFps(controller.get(), 1, 5.5);
        Activity again = screens.open(LiveActivity.class).get();
        screens.await("the choice", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return again.findViewById(R.id.multithreaded).isEnabled();
            }
        });
        assertFalse(((CompoundButton) again.findViewById(R.id.multithreaded)).isChecked());
    }

    private void awaitFps(Activity live, double least, double most) {
        screens.surface(live);
        screens.await(least + " to " + most + " FPS", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                String fps = ScreenRule.meter(live, R.id.meter_fps);
                return !fps.equals("–") && Double.parseDouble(fps) >= least && Double.parseDouble(fps) <= most;
            }
        });
    }

    @Test
    public void recordsARunLog() {
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitRunning(live);
        screens.press(live, R.id.record);
        awaitRecording(live, "Stop and save");
        assertEquals(0, screens.app().logs().list().size());
        screens.press(live, R.id.record);
        screens.await("the run log", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return screens.app().logs().list().size() == 1 && ShadowToast.getTextOfLatestToast() != null;
            }
        });
        String name = screens.app().logs().list().get(0).getName();
        assertEquals("Run log saved: " + name, ShadowToast.getTextOfLatestToast());
        assertTrue(name, name.startsWith("live_squeezenet_stub_"));
        awaitRecording(live, "Record");
    }

    private void awaitRecording(Activity live, String label) {
        screens.await("the button to say " + label, new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return live.findViewById(R.id.record).isEnabled()
                        && ScreenRule.text(live, R.id.record).equals(label);
            }
        });
    }

    @Test
    public void doesWhatAdbAsksFor() {
        Intent intent = new Intent(screens.app(), LiveActivity.class)
                .putExtra("measure", "live")
                .putExtra("engine", "stub")
                .putExtra("mode", "single")
                .putExtra("seconds", "1");
        Activity live = screens.open(LiveActivity.class, intent).get();
        screens.surface(live);
        screens.awaitMessage(live, "The measurement is over");
        assertEquals(1, screens.app().logs().list().size());
        screens.press(live, R.id.message_action);
        screens.awaitRunning(live);
    }

    @Test
    public void saysWhatIsWrongWithAnIntent() {
        Intent intent = new Intent(screens.app(), LiveActivity.class)
                .putExtra("measure", "live")
                .putExtra("seconds", "a lot");
        Activity live = screens.open(LiveActivity.class, intent).get();
        screens.awaitMessage(live, "These parameters cannot be used");
        assertTrue(ScreenRule.text(live, R.id.message_text).startsWith("Seconds: expected"));
        assertEquals(0, screens.cameras().opened());
        screens.press(live, R.id.message_action);
        screens.awaitRunning(live);
    }

    @Test
    public void refusesWhatAnotherScreenMeasures() {
        Intent intent = new Intent(screens.app(), LiveActivity.class).putExtra("measure", "benchmark");
        Activity live = screens.open(LiveActivity.class, intent).get();
        screens.awaitMessage(live, "These parameters cannot be used");
        assertTrue(ScreenRule.text(live, R.id.message_text).contains("MeasureActivity"));
    }

    @Test
    public void leadsToTheOtherScreens() {
        Activity live = screens.open(LiveActivity.class).get();
        assertMenu(live, R.id.to_measure, MeasureActivity.class);
        assertMenu(live, R.id.to_draw, DrawActivity.class);
        assertMenu(live, R.id.to_logs, LogsActivity.class);
        assertNull(ScreenRule.shadow(live).getNextStartedActivity());
    }

    private static void assertMenu(Activity live, int item, Class<?> screen) {
        ScreenRule.shadow(live).clickMenuItem(item);
        Intent intent = ScreenRule.shadow(live).getNextStartedActivity();
        assertEquals(screen.getName(), intent.getComponent().getClassName());
    }
}
