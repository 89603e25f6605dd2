package io.github.realtimeclassifier.app.screen;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import android.app.Activity;
import android.graphics.drawable.BitmapDrawable;
import android.widget.ImageView;
import android.widget.Spinner;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.run.Measure;
import io.github.realtimeclassifier.app.run.Run;
import io.github.realtimeclassifier.app.run.RunRequest;
import io.github.realtimeclassifier.core.DeploymentException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
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
public final class DrawActivityTest {
    @Rule
    public final ScreenRule screens = new ScreenRule();

    @Before
    public void pushModel() throws IOException, DeploymentException {
        FakeModels.lenet(screens.models());
        screens.choose("lenet");
        screens.engine().answers(new int[] {2, 7}, new float[] {0.75f, 0.25f});
    }

    private static void draw(ScreenRule screens, Activity draw) {
        screens.drawTwo((DigitPad) draw.findViewById(R.id.pad));
    }

    private void awaitDigit(final Activity draw, final String text) {
        screens.await("'" + text + "'", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return ScreenRule.text(draw, R.id.digit).equals(text);
            }
        });
    }

    private static String bars(Activity draw) {
        return draw.findViewById(R.id.digits).getContentDescription().toString();
    }

    @Test
    public void readsADrawnDigitAndForgetsIt() {
        Activity draw = screens.open(DrawActivity.class).get();
        assertEquals("No result yet", bars(draw));
        draw(screens, draw);
        awaitDigit(draw, "It is a 2");
        assertTrue(bars(draw), bars(draw).contains("2, 75.0\u00a0%") && bars(draw).contains("7, 25.0\u00a0%"));
        assertTrue(ScreenRule.text(draw, R.id.digit_text), ScreenRule.text(draw, R.id.digit_text)
                .matches("stub · \\d+[.,]\\d ms"));
        ImageView seen = draw.findViewById(R.id.seen);
        assertEquals(MnistDigit.SIDE, ((BitmapDrawable) seen.getDrawable()).getBitmap().getWidth());
        screens.press(draw, R.id.clear);
        assertEquals("–", ScreenRule.text(draw, R.id.digit));
        assertEquals("No result yet", bars(draw));
        assertNull(seen.getDrawable());
    }

    @Test
    public void keepsTheDrawingOverARotation() {
        ActivityController<DrawActivity> controller = screens.open(DrawActivity.class);
        draw(screens, controller.get());
        awaitDigit(controller.get(), "It is a 2");
        byte[] before = ((DigitPad) controller.get().findViewById(R.id.pad)).ink();
        screens.change(controller, "+land");
        awaitDigit(controller.get(), "It is a 2");
        byte[] after = ((DigitPad) controller.get().findViewById(R.id.pad)).ink();
        int different = 0;
        for (int i = 0; i < before.length; i++) {
            different += before[i] == after[i] ? 0 : 1;
        }
        assertEquals(0, different);
    }

    @Test
    public void goesOnAfterAPause() {
        ActivityController<DrawActivity> controller = screens.open(DrawActivity.class);
        draw(screens, controller.get());
        awaitDigit(controller.get(), "It is a 2");
        controller.pause();
        screens.engine().answers(new int[] {3}, new float[] {1});
        controller.resume();
        awaitDigit(controller.get(), "It is a 3");
    }

    @Test
    public void saysThatAnEngineCannotBeOpenedAndLetsAnotherBePicked() {
        screens.engine().refuses("expected a graph, received another; choose another engine");
        Activity draw = screens.open(DrawActivity.class).get();
        screens.awaitMessage(draw, "This engine cannot run the model");
        Spinner engines = draw.findViewById(R.id.engine);
        engines.setSelection(1);
        assertFalse(draw.findViewById(R.id.message).isShown());
        draw(screens, draw);
        awaitDigit(draw, "It is a 0");
    }

    @Test
    public void triesAgain() {
        screens.engine().refuses("expected some memory, received none; close other apps");
        Activity draw = screens.open(DrawActivity.class).get();
        screens.awaitMessage(draw, "This engine cannot run the model");
        screens.engine().refuses("");
        screens.press(draw, R.id.message_action);
        screens.await("no message", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return !draw.findViewById(R.id.message).isShown();
            }
        });
        draw(screens, draw);
        awaitDigit(draw, "It is a 2");
    }

    @Test
    public void waitsForAMeasurementAndSaysSo() throws DeploymentException {
        screens.engine().takes(50);
        RunRequest request = RunRequest.of(Measure.BENCHMARK)
                .choice(Choice.load(screens.app(), screens.app().models().list()))
                .count(100_000);
        Run run = screens.app().runs().start(request);
        Activity draw = screens.open(DrawActivity.class).get();
        screens.awaitMessage(draw, "Opening LeNet");
        assertEquals(
                "A measurement goes on. You can draw when it has ended.", ScreenRule.text(draw, R.id.message_text));
        run.cancel();
        screens.await("no message", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return !draw.findViewById(R.id.message).isShown();
            }
        });
        draw(screens, draw);
        awaitDigit(draw, "It is a 2");
    }

    @Test
    public void offersOnlyModelsThatReadDigits() throws IOException, DeploymentException {
        FakeModels.squeezenet(screens.models());
        screens.choose("squeezenet");
        Activity draw = screens.open(DrawActivity.class).get();
        screens.await("the models", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return draw.findViewById(R.id.model).isEnabled();
            }
        });
        Spinner models = draw.findViewById(R.id.model);
        for (int i = 0; i < models.getCount(); i++) {
            String title = (String) models.getItemAtPosition(i);
            assertTrue(title, title.matches("LeNet|Digits"));
        }
    }

    @Test
    public void takesAnotherModelThanOneThatCannotBeRead() throws IOException {
        File manifest = new File(screens.models(), "lenet/manifest.json");
        String text = new String(Files.readAllBytes(manifest.toPath()), "UTF-8");
        Files.write(manifest.toPath(), text.replace("\"bias\":[0.0]", "\"bias\":[]").getBytes("UTF-8"));
        Activity draw = screens.open(DrawActivity.class).get();
        screens.await("the models", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return draw.findViewById(R.id.model).isEnabled();
            }
        });
        // Another model for digits takes its place.
        assertEquals("Digits", ((Spinner) draw.findViewById(R.id.model)).getSelectedItem());
    }
}
