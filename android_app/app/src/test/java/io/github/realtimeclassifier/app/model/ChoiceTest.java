package io.github.realtimeclassifier.app.model;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import android.app.Application;
import io.github.realtimeclassifier.app.Folders;
import io.github.realtimeclassifier.app.StubProvider;
import io.github.realtimeclassifier.core.DeploymentException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27)
public final class ChoiceTest {
    private final Application context = RuntimeEnvironment.getApplication();
    private final Engines engines = Engines.of(StubProvider.tfMobile(), StubProvider.tflite());

    private List<InstalledModel> models() {
        return new InstalledModels(context, engines).list();
    }

    private Choice load() throws DeploymentException {
        return Choice.load(context, models());
    }

    private InstalledModel named(String name) {
        for (InstalledModel model : models()) {
            if (model.name().equals(name)) {
                return model;
            }
        }
        throw new AssertionError("no model " + name);
    }

    @Test
    public void beginsWithTheFirstThatCanBeUsed() throws Exception {
        Choice choice = load();
        assertEquals("colours", choice.model().name());
        assertEquals("tf_mobile", choice.engine());
        assertTrue(choice.isMultithreaded());
        assertTrue(choice.threads() >= 1 && choice.threads() <= Choice.cores());
    }

    @Test
    public void isKept() throws Exception {
        load().with(named("digits")).withEngine("tflite").withThreads(1).withMultithreaded(false).save(context);
        Choice choice = load();
        assertEquals("digits", choice.model().name());
        assertEquals("tflite", choice.engine());
        assertEquals(1, choice.threads());
        assertFalse(choice.isMultithreaded());
    }

    @Test
    public void fallsBackWhereItNoLongerExists() throws Exception {
        Path folder = Folders.push("digits", "pushed");
        load().with(named("pushed")).withEngine("tflite").save(context);
        assertEquals("pushed", load().model().name());
        Files.delete(folder.resolve("manifest.json"));
        Files.delete(folder.resolve("digits.tflite"));
        Files.delete(folder);
        assertEquals("colours", load().model().name());
        assertEquals("tflite", load().engine());
        load().withEngine("gone").save(context);
        assertEquals("tf_mobile", load().engine());
    }

    @Test
    public void aDamagedModelStaysChosenSoThatTheScreenCanSaySo() throws Exception {
        Path folder = Folders.push("digits", "pushed");
        load().with(named("pushed")).save(context);
        Files.write(folder.resolve("manifest.json"), new byte[] {'{'});
        assertEquals("pushed", load().model().name());
        assertTrue(load().model().problem().contains("not a valid manifest"));
        assertEquals("tflite", load().engine());
    }

    @Test
    public void takesAnEngineThatTheNewModelHas() throws Exception {
        assertEquals("tflite", load().withEngine("tf_mobile").with(named("digits")).engine());
        assertEquals("tflite", load().withEngine("tflite").with(named("colours")).engine());
    }

    @Test
    public void threadsAreBroughtIntoTheirRange() throws Exception {
        assertEquals(1, load().withThreads(-3).threads());
        assertEquals(Choice.cores(), load().withThreads(1_000_000).threads());
    }

    @Test
    public void withoutModelsItSaysHowToGetOne() {
        DeploymentException error = assertThrows(
                DeploymentException.class, () -> Choice.load(context, Collections.emptyList()));
        assertTrue(error.getMessage(), error.getMessage().contains("adb push"));
    }

    @Test
    public void enginesAreNamed() throws Exception {
        assertEquals("TensorFlow for Mobile", Engines.standard().title("tf_mobile"));
        assertEquals("TensorFlow Lite", Engines.standard().title("tflite"));
        assertEquals("other", Engines.standard().title("other"));
        for (String name : Engines.standard().names()) {
            assertEquals(name, Engines.standard().provider(name).name());
        }
        DeploymentException error = assertThrows(DeploymentException.class, () -> engines.provider("opencv"));
        assertTrue(error.getMessage(), error.getMessage().contains("received 'opencv'"));
    }
}
