package io.github.realtimeclassifier.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.android.dx.command.Main;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes into the app: the engines alone, in classes that the dexer takes; nothing that stands in for Android. */
class AppClassesTest {
    // Android 7.0: TensorFlow Lite 2.16.1 has methods in interfaces, which older ones do not know.
    private static final int OLDEST_ANDROID = 24;

    private static final Path CLASSES = Path.of(System.getProperty("app.classes"));

    private static List<Path> classes() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES)) {
            return files.filter(file -> file.toString().endsWith(".class")).toList();
        }
    }

    @Test
    void onlyTheEnginesAreThere() throws Exception {
        for (Path file : classes()) {
            assertEquals(Path.of("io/github/realtimeclassifier/engines"), CLASSES.relativize(file).getParent());
            String content = Files.readString(file, StandardCharsets.ISO_8859_1);
            assertFalse(content.contains("android/util") || content.contains("engines/desktop"), file.toString());
        }
        assertEquals(6, classes().size());
    }

    /** A class in version 2.6 and an interface in 2.16: a call of one fails on the other. */
    @Test
    void theInterpretersTensorIsNotCalled() throws Exception {
        String engine = Files.readString(
                CLASSES.resolve("io/github/realtimeclassifier/engines/TfLiteEngine.class"),
                StandardCharsets.ISO_8859_1);
        assertTrue(engine.contains("org/tensorflow/lite/Interpreter"));
        assertFalse(engine.contains("org/tensorflow/lite/Tensor;"));
    }

    /** With the runtimes' own classes, of which the app takes these very files. */
    @Test
    void theDexerTakesThem(@TempDir Path folder) throws Exception {
        Path dex = folder.resolve("classes.dex");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString(),
                Main.class.getName(),
                "--dex",
                "--min-sdk-version=" + OLDEST_ANDROID,
                "--output=" + dex,
                CLASSES.toString()));
        for (String archive : List.of("tensorflow-android", "tensorflow-lite", "tensorflow-lite-api")) {
            command.add(Path.of(System.getProperty("app.archives"), archive, "classes.jar").toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("0", process.waitFor() + said, "the exit code, and no warning");
        String content = Files.readString(dex, StandardCharsets.ISO_8859_1);
        assertTrue(content.contains("Lio/github/realtimeclassifier/engines/TensorFlowMobileEngine;"));
        assertTrue(content.contains("Lorg/tensorflow/contrib/android/TensorFlowInferenceInterface;"));
        assertTrue(content.contains("Lorg/tensorflow/lite/Interpreter;"));
    }
}
