package io.github.realtimeclassifier.app.screen;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import android.Manifest;
import android.app.Activity;
import android.content.ComponentName;
import android.content.Intent;
import android.content.pm.ActivityInfo;
import android.content.pm.PackageManager;
import android.widget.CompoundButton;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.LogcatLines;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.core.DeploymentException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

/** What adb asks of the live screen: it is done whole, or refused, and one line in logcat tells its end. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27, qualifiers = "w411dp-h659dp-xhdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class LiveRequestTest {
    private static final int SECONDS = 1;

    @Rule
    public final ScreenRule screens = new ScreenRule();

    @Before
    public void pushModel() throws IOException, DeploymentException {
        FakeModels.squeezenet(screens.models());
        screens.choose("squeezenet");
    }

    private Intent request() {
        return new Intent(screens.app(), LiveActivity.class).putExtra("measure", "live");
    }

    private Intent requestOfSeconds() {
        return request().putExtra("seconds", SECONDS);
    }

    private void awaitModels(final Activity live) {
        screens.await("the models", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return live.findViewById(R.id.model).isEnabled();
            }
        });
    }

    private void awaitLine() {
        screens.await("a line in logcat", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return !LogcatLines.all().isEmpty();
            }
        });
    }

    /** The measurement's end: one run log of the asked length, and one line. */
    private void assertMeasured(Activity live) throws IOException {
        screens.surface(live);
        screens.awaitMessage(live, "The measurement is over");
        List<File> logs = screens.app().logs().list();
        assertEquals(1, logs.size());
        assertEquals(Collections.singletonList("done: " + logs.get(0)), LogcatLines.all());
        JsonObject log = JsonParser.parseString(
                        new String(Files.readAllBytes(logs.get(0).toPath()), StandardCharsets.UTF_8))
                .getAsJsonObject();
        long seconds = TimeUnit.NANOSECONDS.toSeconds(log.get("wall_ns").getAsLong());
        assertTrue("" + seconds, seconds >= SECONDS);
    }

    private void assertRefused(String part) {
        awaitLine();
        assertEquals(LogcatLines.all().toString(), 1, LogcatLines.all().size());
        String line = LogcatLines.all().get(0);
        assertTrue(line, line.startsWith("error: ") && line.contains(part));
        assertEquals(0, screens.cameras().opened());
        assertEquals(0, screens.app().logs().list().size());
    }

    /** The question covers the screen, which is paused meanwhile; without results it was interrupted. */
    private void answer(ActivityController<LiveActivity> controller, int... results) {
        controller.pause();
        controller.get().onRequestPermissionsResult(
                CameraPermission.REQUEST_CODE, new String[] {Manifest.permission.CAMERA}, results);
        controller.resume();
        screens.settle();
    }

    @Test
    public void waitsForThePermission() throws IOException {
        screens.forbidCamera();
        ActivityController<LiveActivity> controller =
                screens.open(LiveActivity.class, requestOfSeconds().putExtra("mode", "single"));
        screens.awaitMessage(controller.get(), "The camera is not allowed");
        // Neither another look for models, nor an interrupted question, nor a turned phone forgets it.
        controller.pause().resume();
        answer(controller);
        screens.change(controller, "+land");
        screens.awaitMessage(controller.get(), "The camera is not allowed");
        assertEquals(Collections.emptyList(), LogcatLines.all());
        screens.allowCamera();
        answer(controller, PackageManager.PERMISSION_GRANTED);
        awaitModels(controller.get());
        assertEquals(false, ((CompoundButton) controller.get().findViewById(R.id.multithreaded)).isChecked());
        assertMeasured(controller.get());
    }

    @Test
    public void endsWithTheRefusalOfThePermission() {
        screens.forbidCamera();
        ActivityController<LiveActivity> controller = screens.open(LiveActivity.class, requestOfSeconds());
        screens.awaitMessage(controller.get(), "The camera is not allowed");
        answer(controller, PackageManager.PERMISSION_DENIED);
        assertRefused("pm grant io.github.realtimeclassifier android.permission.CAMERA");
        // The user may still look; nobody waits for a log any more.
        screens.allowCamera();
        answer(controller, PackageManager.PERMISSION_GRANTED);
        screens.awaitRunning(controller.get());
        assertEquals("Record", ScreenRule.text(controller.get(), R.id.record));
        assertEquals(1, LogcatLines.all().size());
    }

    @Test
    public void asksAgainWhenItComesAfterARefusal() throws IOException {
        screens.forbidCamera();
        ActivityController<LiveActivity> controller = screens.open(LiveActivity.class);
        screens.awaitMessage(controller.get(), "The camera is not allowed");
        answer(controller, PackageManager.PERMISSION_DENIED);
        assertEquals(Collections.emptyList(), LogcatLines.all());
        controller.pause().newIntent(requestOfSeconds()).resume();
        screens.awaitMessage(controller.get(), "The camera is not allowed");
        assertEquals(Collections.emptyList(), LogcatLines.all());
        // The second refusal is for good: the third request cannot even ask.
        answer(controller, PackageManager.PERMISSION_DENIED);
        assertRefused("received a refusal");
        controller.pause().newIntent(requestOfSeconds()).resume();
        screens.await("the second line", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return LogcatLines.all().size() == 2;
            }
        });
        assertEquals("Open settings", ScreenRule.text(controller.get(), R.id.message_action));
    }

    @Test
    public void endsWithAnotherRequestAndWithItsScreen() {
        screens.forbidCamera();
        ActivityController<LiveActivity> controller = screens.open(LiveActivity.class, requestOfSeconds());
        screens.awaitMessage(controller.get(), "The camera is not allowed");
        controller.pause().newIntent(new Intent(screens.app(), LiveActivity.class)).resume();
        assertEquals(Collections.emptyList(), LogcatLines.all());
        controller.pause().newIntent(requestOfSeconds()).resume();
        assertRefused("another one first");
        controller.get().finish();
        controller.pause().stop().destroy();
        assertEquals(2, LogcatLines.all().size());
        assertTrue(LogcatLines.all().get(1).contains("the end of its screen"));
    }

    @Test
    public void endsWithAnotherChoice() {
        screens.forbidCamera();
        Activity live = screens.open(LiveActivity.class, requestOfSeconds()).get();
        screens.awaitMessage(live, "The camera is not allowed");
        live.findViewById(R.id.multithreaded).performClick();
        assertRefused("another choice");
    }

    @Test
    public void aRefusedExtraLeavesALine() {
        screens.open(LiveActivity.class, request().putExtra("seconds", "a lot"));
        assertRefused("seconds: expected an integer");
    }

    @Test
    public void aMisspeltMeasureLeavesALine() {
        Intent intent = new Intent(screens.app(), LiveActivity.class)
                .putExtra("mesure", "live")
                .putExtra("model", "nosuch");
        Activity live = screens.open(LiveActivity.class, intent).get();
        assertRefused("measure: expected it with the extra model, received none");
        screens.awaitMessage(live, "These parameters cannot be used");
    }

    @Test
    public void aModelThatIsNotThereLeavesALine() {
        screens.open(LiveActivity.class, request().putExtra("model", "nosuch"));
        assertRefused("received 'nosuch'");
    }

    @Test
    public void noModelsLeaveALine() {
        screens.forbidCamera();
        LiveActivity live = screens.open(LiveActivity.class, request()).get();
        screens.awaitMessage(live, "The camera is not allowed");
        // The tests' own package holds models, which a list without any stands in for.
        live.control().begin(Collections.<InstalledModel>emptyList());
        assertRefused("expected a model in the app or in its folder, received none");
        assertEquals("No models", ScreenRule.text(live, R.id.message_title));
    }

    @Test
    public void aDamagedManifestLeavesALine() throws IOException {
        File manifest = new File(screens.models(), "squeezenet/manifest.json");
        Files.write(manifest.toPath(), "{\"model\": ".getBytes(StandardCharsets.UTF_8));
        screens.open(LiveActivity.class, request().putExtra("model", "squeezenet"));
        assertRefused("is not a valid manifest");
    }

    @Test
    public void aModelForDigitsLeavesALine() throws IOException {
        FakeModels.lenet(screens.models());
        Activity live = screens.open(LiveActivity.class, request().putExtra("model", "lenet")).get();
        assertRefused("received lenet, which takes pictures of 28 x 28 pixels alone");
        screens.awaitMessage(live, "LeNet reads digits only");
    }

    @Test
    public void anEngineThatRefusesLeavesALine() {
        screens.engine().refuses("expected a graph, received a shopping list; choose another engine");
        screens.open(LiveActivity.class, request());
        assertRefused("a shopping list");
    }

    @Test
    public void withoutARunLogTheLineTellsTheResult() {
        Activity live = screens.open(LiveActivity.class, requestOfSeconds().putExtra("record", false)).get();
        screens.surface(live);
        screens.awaitMessage(live, "The measurement is over");
        assertEquals(0, screens.app().logs().list().size());
        assertEquals(1, LogcatLines.all().size());
        String line = LogcatLines.all().get(0);
        assertTrue(line, line.matches("ended without a run log: \\d+\\.\\d seconds, \\d+\\.\\d frames per second"
                + " \\(FPS\\), \\d+\\.\\d frames processed per second"));
        // Who only looks gets no line.
        screens.press(live, R.id.message_action);
        screens.awaitRunning(live);
        live.findViewById(R.id.multithreaded).performClick();
        screens.awaitRunning(live);
        assertEquals(1, LogcatLines.all().size());
    }

    @Test
    public void isNotCutShortByATurn() throws IOException {
        LiveActivity live = screens.open(LiveActivity.class, requestOfSeconds()).get();
        screens.surface(live);
        screens.await("the session", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return ScreenRule.text(live, R.id.record).equals("Stop and save");
            }
        });
        assertEquals(ActivityInfo.SCREEN_ORIENTATION_LOCKED, live.getRequestedOrientation());
        screens.turn(180);
        live.control().onTurned();
        assertMeasured(live);
        assertEquals(1, screens.cameras().opened());
        assertEquals(ActivityInfo.SCREEN_ORIENTATION_UNSPECIFIED, live.getRequestedOrientation());
    }

    @Test
    public void whoOnlyLooksMayTurnThePhone() {
        LiveActivity live = screens.open(LiveActivity.class).get();
        screens.awaitRunning(live);
        assertEquals(ActivityInfo.SCREEN_ORIENTATION_UNSPECIFIED, live.getRequestedOrientation());
        screens.turn(180);
        live.control().onTurned();
        screens.await("the camera, opened anew", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return screens.cameras().opened() == 2;
            }
        });
    }

    @Test
    public void isNotRepeatedFromTheListOfRecentApps() {
        Intent intent = requestOfSeconds().addFlags(Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY);
        Activity live = screens.open(LiveActivity.class, intent).get();
        screens.awaitRunning(live);
        assertEquals("Record", ScreenRule.text(live, R.id.record));
        assertEquals(Collections.emptyList(), LogcatLines.all());
    }

    @Test
    public void reachesTheScreenBelowAnother() throws Exception {
        ComponentName screen = new ComponentName(screens.app(), LiveActivity.class);
        // As singleTop, am start --activity-clear-top gives its intent to the screen that is there.
        assertEquals(
                ActivityInfo.LAUNCH_SINGLE_TOP,
                screens.app().getPackageManager().getActivityInfo(screen, 0).launchMode);
        ActivityController<LiveActivity> controller = screens.open(LiveActivity.class);
        screens.awaitRunning(controller.get());
        controller.pause().stop();
        controller.newIntent(
                requestOfSeconds().addFlags(Intent.FLAG_ACTIVITY_NEW_TASK | Intent.FLAG_ACTIVITY_CLEAR_TOP));
        controller.restart().resume();
        awaitModels(controller.get());
        assertMeasured(controller.get());
    }
}
