package io.github.realtimeclassifier.app.model;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.github.realtimeclassifier.app.Folders;
import io.github.realtimeclassifier.app.StubProvider;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.SystemClock;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27)
public final class InstalledModelsTest {
    private final Engines engines = Engines.of(StubProvider.tfMobile(), StubProvider.tflite());
    private final InstalledModels models = new InstalledModels(RuntimeEnvironment.getApplication(), engines);

    private InstalledModel model(String name) {
        for (InstalledModel model : models.list()) {
            if (model.name().equals(name)) {
                return model;
            }
        }
        throw new AssertionError("no model " + name);
    }

    private Path extracted(String name) {
        return RuntimeEnvironment.getApplication().getNoBackupFilesDir().toPath().resolve("models").resolve(name);
    }

    @Test
    public void listsWhatIsInThePackageAndWhatIsWrongWithIt() {
        List<String> names = new ArrayList<>();
        for (InstalledModel model : models.list()) {
            names.add(model.name());
        }
        assertEquals(Arrays.asList("colours", "digits", "unreadable", "without_file"), names);
        assertNull(model("colours").problem());
        assertEquals("Colours", model("colours").title());
        assertEquals(Arrays.asList("tf_mobile", "tflite"), model("colours").engines());
        assertTrue(model("colours").isUntrained());
        assertFalse(model("digits").isUntrained());
        assertEquals(Collections.singletonList("tflite"), model("digits").engines());
        assertTrue(model("unreadable").problem(), model("unreadable").problem().contains("not a valid manifest"));
        assertEquals("unreadable", model("unreadable").title());
        assertNull(model("unreadable").manifest());
        String problem = model("without_file").problem();
        assertTrue(problem, problem.contains("received none in the app's package"));
        assertNotNull(model("without_file").manifest());
    }

    @Test
    public void aPushedModelWinsOverThePackagedOne() throws Exception {
        Path folder = Folders.push("digits", "colours");
        assertTrue(model("colours").isPushed());
        assertEquals("Digits", model("colours").title());
        assertEquals(folder.toFile(), model("colours").folder());
    }

    @Test
    public void aPushedModelMayLackFilesOrItsManifest() throws Exception {
        Files.delete(Folders.push("colours", "half").resolve("colours.pb"));
        assertEquals(Collections.singletonList("tflite"), model("half").engines());
        Files.delete(Folders.push("colours", "bare").resolve("manifest.json"));
        assertTrue(model("bare").problem(), model("bare").problem().contains("expected manifest.json in"));
        Files.createFile(Folders.shared("models").toPath().resolve("a_file"));
        assertThrows(AssertionError.class, () -> model("a_file"));
        DeploymentException error = assertThrows(DeploymentException.class, () -> model("bare").folder());
        assertEquals(model("bare").problem(), error.getMessage());
    }

    @Test
    public void aDamagedFileIsRefusedWhenItIsOpened() throws Exception {
        Path folder = Folders.push("colours", "damaged");
        Files.write(folder.resolve("colours.tflite"), "no m0del".getBytes(StandardCharsets.UTF_8));
        Choice choice = Choice.load(RuntimeEnvironment.getApplication(), models.list())
                .with(model("damaged"))
                .withEngine("tflite");
        DeploymentException error = assertThrows(
                DeploymentException.class, () -> OpenedModel.open(choice, engines, SystemClock.INSTANCE));
        assertTrue(error.getMessage(), error.getMessage().contains("damaged or of another model"));
    }

    @Test
    public void aModelIsCopiedOutOfThePackageOnce() throws Exception {
        File folder = model("colours").folder();
        assertEquals(extracted("colours").toFile(), folder);
        assertEquals("no graph", read(extracted("colours").resolve("colours.pb")));
        FileTime old = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(extracted("colours").resolve("colours.pb"), old);
        assertEquals(folder, model("colours").folder());
        assertEquals(old, Files.getLastModifiedTime(extracted("colours").resolve("colours.pb")));
    }

    @Test
    public void theCopyOfAnOlderAppIsReplacedWhole() throws Exception {
        model("colours").folder();
        Path manifest = extracted("colours").resolve("manifest.json");
        Files.write(manifest, read(manifest).replace("nobody", "somebody").getBytes(StandardCharsets.UTF_8));
        Files.createFile(extracted("colours").resolve("older.pb"));
        model("colours").folder();
        assertTrue(read(manifest).contains("nobody"));
        assertFalse(Files.exists(extracted("colours").resolve("older.pb")));
    }

    @Test
    public void aCopyThatWasCutOffIsMadeAgain() throws Exception {
        // The app was killed while it copied: a part, without its name.
        Path partial = extracted("colours.partial");
        Files.createDirectories(partial.resolve("inner"));
        Files.write(partial.resolve("colours.pb"), new byte[] {'n', 'o'});
        model("colours").folder();
        assertFalse(Files.exists(partial));
        assertEquals("no graph", read(extracted("colours").resolve("colours.pb")));
        // And one that lost the end of a file later.
        Files.write(extracted("colours").resolve("colours.pb"), new byte[] {'n', 'o'});
        model("colours").folder();
        assertEquals("no graph", read(extracted("colours").resolve("colours.pb")));
        Files.delete(extracted("colours").resolve("manifest.json"));
        model("colours").folder();
        assertTrue(Files.exists(extracted("colours").resolve("manifest.json")));
    }

    @Test
    public void anInterruptionLeavesNothingHalf() throws Exception {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> model("colours").folder());
        assertFalse(Files.exists(extracted("colours")));
        assertFalse(Files.exists(extracted("colours.partial")));
        assertFalse(Thread.interrupted());
        model("colours").folder();
    }

    @Test
    public void whereNothingCanBeWrittenAMessageSaysSo() throws Exception {
        // A file stands where the folder should be made.
        Files.createDirectories(extracted("").getParent());
        Files.write(extracted("").getParent().resolve("models"), new byte[1]);
        ModelFileException error = assertThrows(ModelFileException.class, () -> model("colours").folder());
        assertTrue(error.getMessage(), error.getMessage().contains("could not copy the model colours"));
        assertTrue(error.getMessage(), error.getMessage().contains("free some space"));
    }

    @Test
    public void twoThreadsCopyOnce() throws Exception {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            InstalledModel model = model("colours");
            threads.add(new Thread(() -> {
                try {
                    assertArrayEquals(
                            "no model".getBytes(StandardCharsets.UTF_8),
                            Files.readAllBytes(model.folder().toPath().resolve("colours.tflite")));
                } catch (Exception | AssertionError error) {
                    failures.add(error);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(Collections.emptyList(), failures);
    }

    private static String read(Path file) throws Exception {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
