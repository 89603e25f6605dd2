package io.github.realtimeclassifier.app.screen;

import static org.junit.Assert.assertTrue;

import android.Manifest;
import android.app.Activity;
import android.content.Intent;
import android.os.SystemClock;
import android.view.MotionEvent;
import android.view.SurfaceHolder;
import android.view.View;
import android.view.ViewGroup;
import android.widget.TextView;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.ClassifierApplication;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.Engines;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.RunLogException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.rules.ExternalResource;
import org.robolectric.Robolectric;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.android.controller.ActivityController;
import org.robolectric.shadow.api.Shadow;
import org.robolectric.shadows.ShadowActivity;
import org.robolectric.shadows.ShadowApplication;
import org.robolectric.shadows.ShadowDisplay;
import org.robolectric.shadows.ShadowLooper;
import org.robolectric.shadows.ShadowSurfaceView;

/** A phone with a camera, an engine and screens, all of which a test can make fail. */
final class ScreenRule extends ExternalResource {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int FEW_FRAMES = 3;
    private static final int STEPS = 8;
    private static final Duration TICK = Duration.ofMillis(20);

    /** Something that comes true in time. */
    interface Condition {
        boolean isTrue();
    }

    private final Deque<ActivityController<?>> opened = new ArrayDeque<>();
    private FakeCameras cameras;
    private FakeEngine engine;

    @Override
    protected void before() throws Throwable {
        engine = new FakeEngine("stub");
        cameras = new FakeCameras(TestData.frame("chelsea", false), TestData.frame("chelsea", true));
        app().use(Engines.of(engine, new FakeEngine("other")));
        app().use(cameras);
        allowCamera();
    }

    @Override
    protected void after() {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        await("the camera to be given back", new Condition() {
            @Override
            public boolean isTrue() {
                return cameras.open() == 0;
            }
        });
    }

    ClassifierApplication app() {
        return (ClassifierApplication) RuntimeEnvironment.getApplication();
    }

    FakeCameras cameras() {
        return cameras;
    }

    FakeEngine engine() {
        return engine;
    }

    /** What Robolectric knows of a screen. Its own shadowOf would need classes of newer Androids to be compiled. */
    static ShadowActivity shadow(Activity activity) {
        return Shadow.extract(activity);
    }

    private ShadowApplication application() {
        return Shadow.extract(app());
    }

    void allowCamera() {
        application().grantPermissions(Manifest.permission.CAMERA);
    }

    void forbidCamera() {
        application().denyPermissions(Manifest.permission.CAMERA);
    }

    /** Makes a model the user's last choice. */
    void choose(String name) throws DeploymentException {
        List<InstalledModel> models = app().models().list();
        for (InstalledModel model : models) {
            if (model.name().equals(name)) {
                Choice.load(app(), models).with(model).save(app());
                return;
            }
        }
        throw new AssertionError("expected the model " + name);
    }

    /** Where models are pushed to. */
    File models() {
        return app().models().pushFolder();
    }

    /** Opens a screen, as a user or adb does. */
    <T extends Activity> ActivityController<T> open(Class<T> screen, Intent intent) {
        if (!opened.isEmpty()) {
            // As the system does, when another screen covers one.
            opened.peek().pause();
        }
        ActivityController<T> controller = Robolectric.buildActivity(screen, intent);
        opened.push(controller);
        controller.setup();
        settle();
        return controller;
    }

    <T extends Activity> ActivityController<T> open(Class<T> screen) {
        return open(screen, new Intent(app(), screen));
    }

    /** Turns the phone, or changes something else of its configuration. */
    void change(ActivityController<?> controller, String qualifiers) {
        RuntimeEnvironment.setQualifiers(qualifiers);
        controller.configurationChange();
        controller.visible();
        settle();
    }

    /** Gives the live screen a surface to draw on, as the system does when its window is shown. */
    FakeSurface surface(Activity live) {
        PreviewView preview = live.findViewById(R.id.preview);
        FakeSurface surface = new FakeSurface(preview.getWidth(), preview.getHeight());
        for (SurfaceHolder.Callback callback : callbacks(preview)) {
            callback.surfaceCreated(surface);
            callback.surfaceChanged(surface, 0, preview.getWidth(), preview.getHeight());
        }
        return surface;
    }

    private static Iterable<SurfaceHolder.Callback> callbacks(PreviewView preview) {
        return Shadow.<ShadowSurfaceView>extract(preview).getFakeSurfaceHolder().getCallbacks();
    }

    /** Lets the main thread do what it has to do, and waits until something is true. */
    void await(String what, Condition condition) {
        long end = System.nanoTime() + DEADLINE_NANOS;
        while (!condition.isTrue()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain for " + what + "; the screen says " + shownTexts());
            }
            settle();
        }
    }

    private List<String> shownTexts() {
        List<String> texts = new ArrayList<>();
        for (ActivityController<?> controller : opened) {
            collect(controller.get().getWindow().getDecorView(), texts);
        }
        return texts;
    }

    private static void collect(View view, List<String> texts) {
        if (view instanceof TextView && view.isShown()) {
            texts.add(((TextView) view).getText().toString());
        }
        if (view instanceof ViewGroup) {
            for (int i = 0; i < ((ViewGroup) view).getChildCount(); i++) {
                collect(((ViewGroup) view).getChildAt(i), texts);
            }
        }
    }

    /** Lets the main thread do what it has to do now, and a moment later. */
    void settle() {
        ShadowLooper.shadowMainLooper().idleFor(TICK);
        // The other threads run in real time; this is no wait for something, but a pause between two looks.
        try {
            TimeUnit.MILLISECONDS.sleep(TICK.toMillis());
        } catch (InterruptedException error) {
            throw new AssertionError(error);
        }
    }

    /** What a text view says, if it is to be seen; else an empty text. */
    static String text(Activity activity, int id) {
        TextView view = activity.findViewById(id);
        return view.isShown() ? view.getText().toString() : "";
    }

    /** Waits for the message that takes the place of a screen's content. */
    void awaitMessage(final Activity activity, final String title) {
        await("the message '" + title + "'", new Condition() {
            @Override
            public boolean isTrue() {
                return text(activity, R.id.message_title).equals(title);
            }

            @Override
            public String toString() {
                return text(activity, R.id.message_title);
            }
        });
    }

    /** What one of the live screen's meters shows. */
    static String meter(Activity live, int id) {
        TextView value = live.findViewById(id).findViewById(R.id.meter_value);
        return value.getText().toString();
    }

    /** What the live screen's results are, as they are read aloud. */
    static String top(Activity live) {
        return live.findViewById(R.id.top).getContentDescription().toString();
    }

    /** Waits until the live screen shows pictures, results and meters. */
    FakeSurface awaitRunning(final Activity live) {
        // What is found on the phone changes the layout, and with it the surface's size.
        await("the models", new Condition() {
            @Override
            public boolean isTrue() {
                return live.findViewById(R.id.model).isEnabled();
            }
        });
        settle();
        final FakeSurface surface = surface(live);
        await("results", new Condition() {
            @Override
            public boolean isTrue() {
                String fps = meter(live, R.id.meter_fps);
                return surface.posts() > FEW_FRAMES && top(live).contains("%") && !fps.equals("–");
            }
        });
        return surface;
    }

    /** Turns the display, as a phone's that is turned. */
    void turn(int degrees) {
        ShadowDisplay display = Shadow.extract(ShadowDisplay.getDefaultDisplay());
        display.setRotation(degrees / 90);
    }

    /** Draws a two with a finger. */
    void drawTwo(DigitPad pad) {
        float[][] points = {
            {0.29f, 0.34f}, {0.33f, 0.23f}, {0.47f, 0.16f}, {0.61f, 0.21f}, {0.66f, 0.34f}, {0.58f, 0.50f},
            {0.44f, 0.65f}, {0.30f, 0.80f}, {0.44f, 0.785f}, {0.58f, 0.79f}, {0.72f, 0.80f}
        };
        touch(pad, MotionEvent.ACTION_DOWN, points[0]);
        for (int i = 0; i + 1 < points.length; i++) {
            for (int step = 1; step <= STEPS; step++) {
                touch(pad, MotionEvent.ACTION_MOVE, between(points, i, step / (float) STEPS));
            }
        }
        touch(pad, MotionEvent.ACTION_UP, points[points.length - 1]);
    }

    /** A point of the smooth curve through points (Catmull and Rom's), a part of the way from one to the next. */
    private static float[] between(float[][] points, int i, float part) {
        float[] result = new float[2];
        for (int axis = 0; axis < 2; axis++) {
            float before = points[Math.max(i - 1, 0)][axis];
            float from = points[i][axis];
            float to = points[i + 1][axis];
            float after = points[Math.min(i + 2, points.length - 1)][axis];
            result[axis] = from
                    + 0.5f * part * (to - before
                            + part * (2 * before - 5 * from + 4 * to - after
                                    + part * (3 * (from - to) + after - before)));
        }
        return result;
    }

    private static void touch(DigitPad pad, int action, float[] point) {
        long now = SystemClock.uptimeMillis();
        MotionEvent event = MotionEvent.obtain(
                now, now, action, point[0] * pad.getWidth(), point[1] * pad.getHeight(), 0);
        pad.dispatchTouchEvent(event);
        event.recycle();
    }

    /** Writes files that are called like run logs. */
    void writeLogs() throws IOException {
        String[] names = {
            "live_squeezenet_tflite_20240304-101500",
            "benchmark_squeezenet_tflite_20240304-100200",
            "benchmark_squeezenet_tf_mobile_20240304-100100",
            "accuracy_lenet_tf_mobile_20240303-161120"
        };
        try {
            for (int i = 0; i < names.length; i++) {
                File log = new File(app().logs().folder(), names[i] + ".json");
                Files.write(log.toPath(), new byte[1234 * (names.length - i)]);
                assertTrue(log.setLastModified(1_700_000_000_000L - 1000L * i));
            }
        } catch (RunLogException error) {
            throw new AssertionError(error);
        }
    }

    /** Presses a view that has to be there. */
    void press(Activity activity, int id) {
        View view = activity.findViewById(id);
        if (!view.isShown() || !view.isEnabled() || !view.performClick()) {
            throw new AssertionError("expected something to press, received " + view);
        }
        settle();
    }
}
