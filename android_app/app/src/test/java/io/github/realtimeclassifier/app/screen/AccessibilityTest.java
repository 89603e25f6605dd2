package io.github.realtimeclassifier.app.screen;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import android.app.Activity;
import android.content.Intent;
import android.graphics.Rect;
import android.text.Layout;
import android.view.View;
import android.view.ViewGroup;
import android.widget.EditText;
import android.widget.ImageView;
import android.widget.Spinner;
import android.widget.TextView;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.run.Run;
import io.github.realtimeclassifier.core.DeploymentException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

/** What everybody needs to use the screens: names to be read aloud, targets large enough, letters that are not cut. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27, qualifiers = "w411dp-h659dp-xhdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class AccessibilityTest {
    private static final int TOUCH_DP = 48;
    private static final float LARGE = 1.3f;
    private static final float LARGEST = 2f;
    private static final String SMALL_PHONE = "w320dp-h500dp-xhdpi";
    private static final String LANDSCAPE = "w731dp-h339dp-land-xhdpi";

    @Rule
    public final ScreenRule screens = new ScreenRule();

    @Before
    public void pushModels() throws IOException, DeploymentException {
        FakeModels.squeezenet(screens.models());
        FakeModels.untrainedResnet(screens.models());
        FakeModels.lenet(screens.models());
        screens.choose("squeezenet");
        screens.writeLogs();
    }

    @Test
    public void atTheUsualSize() {
        checkAll(1);
    }

    @Test
    public void withLargeLetters() {
        checkAll(LARGE);
    }

    @Test
    @Config(qualifiers = SMALL_PHONE)
    public void onASmallPhoneWithLargeLetters() {
        checkAll(LARGE);
    }

    @Test
    @Config(qualifiers = LANDSCAPE)
    public void inLandscapeWithLargeLetters() {
        checkAll(LARGE);
    }

    @Test
    public void withTheLargestLetters() {
        checkAll(LARGEST);
    }

    @Test
    @Config(qualifiers = "ar-ldrtl-w411dp-h659dp-xhdpi")
    public void fromRightToLeft() {
        checkAll(1);
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitRunning(live);
        View fps = live.findViewById(R.id.meter_fps);
        View cpu = live.findViewById(R.id.meter_cpu);
        assertTrue(place(fps).left > place(cpu).left);
    }

    private void checkAll(float fontScale) {
        RuntimeEnvironment.setFontScale(fontScale);
        List<String> problems = new ArrayList<>();
        Activity live = screens.open(LiveActivity.class).get();
        screens.awaitRunning(live);
        check(live, problems);
        screens.cameras().takeAway("expected the camera's next frame, received none; close the app that took it");
        screens.awaitMessage(live, "The camera cannot be used");
        check(live, problems);
        screens.cameras().takeAway("");
        Activity draw = screens.open(DrawActivity.class).get();
        screens.drawTwo((DigitPad) draw.findViewById(R.id.pad));
        screens.settle();
        check(draw, problems);
        Activity measure = screens.open(MeasureActivity.class, benchmark()).get();
        screens.await("the run's end", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return !ScreenRule.text(measure, R.id.result_title).isEmpty();
            }
        });
        assertEquals(Run.State.DONE, screens.app().runs().current().state());
        check(measure, problems);
        check(screens.open(LogsActivity.class).get(), problems);
        assertEquals(String.join("\n", problems), Collections.emptyList(), problems);
    }

    private Intent benchmark() {
        return new Intent(screens.app(), MeasureActivity.class)
                .putExtra("measure", "benchmark")
                .putExtra("model", "resnet50")
                .putExtra("count", 3);
    }

    private static void check(Activity activity, List<String> problems) {
        checkTree(activity.findViewById(android.R.id.content), activity.getClass().getSimpleName(), problems);
    }

    private static void checkTree(View view, String screen, List<String> problems) {
        if (!view.isShown()) {
            return;
        }
        String name = screen + ": " + view.getClass().getSimpleName() + " " + name(view);
        // A list is touched by its rows.
        boolean touched = view instanceof Spinner || (view.isClickable() && !(view instanceof ViewGroup));
        if (touched) {
            checkTouch(view, name, problems);
        }
        boolean meansSomething = view instanceof ImageView || view instanceof ProbabilityBars
                || view instanceof DigitPad || view instanceof PreviewView;
        if ((touched || meansSomething) && spoken(view).isEmpty()) {
            problems.add(name + " has nothing to be read aloud");
        }
        if (view instanceof TextView) {
            checkText((TextView) view, name, problems);
        }
        if (view instanceof ViewGroup) {
            for (int i = 0; i < ((ViewGroup) view).getChildCount(); i++) {
                checkTree(((ViewGroup) view).getChildAt(i), screen, problems);
            }
        }
    }

    private static String name(View view) {
        // Views of the system have numbers without a name.
        boolean named = view.getId() >>> 24 != 0 && view.getId() != View.NO_ID;
        String id = named ? view.getResources().getResourceEntryName(view.getId()) : "";
        return id + (view instanceof TextView ? " '" + ((TextView) view).getText() + "'" : "");
    }

    /** What a screen reader says of a view: its description, its text, or the label that names it. */
    private static String spoken(View view) {
        if (view.getContentDescription() != null && view.getContentDescription().length() > 0) {
            return view.getContentDescription().toString();
        }
        if (view instanceof TextView && !(view instanceof EditText)) {
            return ((TextView) view).getText().toString();
        }
        for (View group = view; group.getParent() instanceof View; group = (View) group.getParent()) {
            for (View label : all((View) group.getParent())) {
                if (label.getLabelFor() == view.getId() && view.getId() != View.NO_ID) {
                    return ((TextView) label).getText().toString();
                }
            }
        }
        return "";
    }

    private static List<View> all(View view) {
        List<View> views = new ArrayList<>();
        views.add(view);
        if (view instanceof ViewGroup) {
            for (int i = 0; i < ((ViewGroup) view).getChildCount(); i++) {
                views.addAll(all(((ViewGroup) view).getChildAt(i)));
            }
        }
        return views;
    }

    private static void checkTouch(View view, String name, List<String> problems) {
        float density = view.getResources().getDisplayMetrics().density;
        int width = Math.round(view.getWidth() / density);
        int height = Math.round(view.getHeight() / density);
        // A text that can only be selected is no target.
        boolean selectable = view instanceof TextView && ((TextView) view).isTextSelectable();
        if (!selectable && (width < TOUCH_DP || height < TOUCH_DP)) {
            problems.add(name + " is touched, but has " + width + " x " + height + " dp");
        }
    }

    private static void checkText(TextView view, String name, List<String> problems) {
        Layout layout = view.getLayout();
        if (layout == null || view.getText().length() == 0) {
            return;
        }
        int room = view.getHeight() - view.getCompoundPaddingTop() - view.getCompoundPaddingBottom();
        if (layout.getHeight() > room + 1 && view.getMaxLines() != 1) {
            problems.add(name + " is cut: it needs " + layout.getHeight() + " pixels of height, and has " + room);
        }
        // The closed pickers may cut a long name: open, they show it whole.
        boolean picked = view.getParent() instanceof Spinner;
        for (int line = 0; line < layout.getLineCount() && !picked; line++) {
            int width = view.getWidth() - view.getCompoundPaddingLeft() - view.getCompoundPaddingRight();
            if (layout.getEllipsisCount(line) > 0 || layout.getLineMax(line) > width + 1) {
                problems.add(name + " is cut: its line needs " + layout.getLineMax(line) + " pixels, and has " + width);
            }
        }
    }

    private static Rect place(View view) {
        int[] corner = new int[2];
        view.getLocationInWindow(corner);
        return new Rect(corner[0], corner[1], corner[0] + view.getWidth(), corner[1] + view.getHeight());
    }
}
