package io.github.realtimeclassifier.app.screen;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import android.app.AlertDialog;
import io.github.realtimeclassifier.R;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;
import org.robolectric.shadows.ShadowAlertDialog;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27, qualifiers = "w411dp-h659dp-xhdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class AboutDialogTest {
    @Rule
    public final ScreenRule screens = new ScreenRule();

    @Test
    public void saysWhatEachModelIs() throws IOException {
        FakeModels.squeezenet(screens.models());
        FakeModels.untrainedResnet(screens.models());
        File broken = new File(screens.models(), "broken");
        Files.createDirectories(broken.toPath());
        LiveActivity live = screens.open(LiveActivity.class).get();
        screens.await("the models", new ScreenRule.Condition() {
            @Override
            public boolean isTrue() {
                return live.findViewById(R.id.model).isEnabled();
            }
        });
        ScreenRule.shadow(live).clickMenuItem(R.id.to_about);
        screens.settle();
        AlertDialog dialog = ShadowAlertDialog.getLatestAlertDialog();
        assertTrue(dialog.isShowing());
        String text = AboutDialog.text(live, screens.app().models().list()).toString();
        assertTrue(text, text.contains("Real-time classifier 0.1.0"));
        assertTrue(text, text.contains("SqueezeNet\nIandola et al. 2016"));
        assertTrue(text, text.matches("(?s).*ResNet50 \\(untrained\\)(\n[^\n]+){3}\nThis model is untrained.*"));
        assertTrue(text, text.contains("broken\nExpected manifest.json"));
    }

    @Test
    public void theVersionsAreThoseOfTheBuild() throws IOException {
        assertEquals(version("tensorflow.version"), screens.app().getString(R.string.tf_mobile_version));
        assertEquals(version("tflite.version"), screens.app().getString(R.string.tflite_version));
    }

    private static String version(String property) throws IOException {
        File pom = new File(System.getProperty("basedir"), "../engines/pom.xml");
        String text = new String(Files.readAllBytes(pom.toPath()), StandardCharsets.UTF_8);
        Matcher matcher = Pattern.compile("<" + property + ">(.*?)</").matcher(text);
        assertTrue("expected " + property + " in " + pom, matcher.find());
        return matcher.group(1);
    }
}
