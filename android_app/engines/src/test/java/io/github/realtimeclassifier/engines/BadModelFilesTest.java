package io.github.realtimeclassifier.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.model.ModelFile;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged model files. Where the manifest has another hash, native code never sees them. Where a manifest was made for
 * them, it is the runtimes that refuse them, or answer all the same. Native code gives no promise: of tens of thousands
 * of files damaged like these, about one in five thousand crashed TensorFlow Lite 2.6, and none TensorFlow 1.13.1. So a
 * model, its manifest included, is to be trusted like a program.
 */
class BadModelFilesTest {
    private static final int COUNT = 500;
    private static final int LONGEST_MINUTES = 3;

    @TempDir
    private Path folder;

    private static EngineProvider provider(String format) {
        return format.equals(ModelFile.TFLITE) ? new TfLiteProvider("") : new TensorFlowMobileProvider("");
    }

    private static byte[] good(String format) throws Exception {
        return format.equals(ModelFile.TFLITE) ? Tiny.tflite() : Tiny.graph();
    }

    /** A refusal by native code would be a ModelFileException. */
    @ParameterizedTest
    @ValueSource(strings = {ModelFile.TF_MOBILE, ModelFile.TFLITE})
    void whatIsNotTheManifestsNeverReachesNativeCode(String format) throws Exception {
        byte[] good = good(format);
        Manifest manifest = Tiny.write(folder, format, good);
        for (int i = 0; i < COUNT; i++) {
            Files.write(folder.resolve("tiny.file"), DamagedModels.damaged(good, i));
            ManifestException error = assertThrows(
                    ManifestException.class, () -> provider(format).open(manifest, folder.toFile(), 1));
            assertTrue(error.getMessage().contains("is damaged or of another model: expected"), error.getMessage());
        }
        Files.write(folder.resolve("tiny.file"), good);
        provider(format).open(manifest, folder.toFile(), 1).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {ModelFile.TF_MOBILE, ModelFile.TFLITE})
    void whatAManifestWasMadeForAnswersOrIsRefusedInOneLine(String format) throws Exception {
        Path said = folder.resolve("said");
        ProcessBuilder program = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + folder.resolve("crash"),
                "-Djava.library.path=" + System.getProperty("java.library.path"),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                DamagedModels.class.getName(),
                folder.toString(),
                format,
                Integer.toString(COUNT));
        program.redirectOutput(said.toFile()).redirectError(new File("/dev/null"));
        program.environment().put("TF_CPP_MIN_LOG_LEVEL", "3");
        Process process = program.start();
        boolean ended = process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly();
        List<String> lines = Files.readAllLines(said);
        assertTrue(ended, "no end after " + lines.size());
        assertEquals(0, process.exitValue(), "a crash at number " + lines.size());
        assertEquals(COUNT, lines.size());
        int refused = 0;
        for (String line : lines) {
            assertFalse(line.startsWith("fails"), line);
            if (line.startsWith("refuses")) {
                assertTrue(line.matches("refuses expected .*[;,] received .*"), line);
                assertTrue(line.length() < 600 && !line.matches(".*\\p{Cc}.*"), line);
                refused++;
            }
        }
        assertTrue(refused > COUNT / 2 && refused < COUNT, refused + " of " + COUNT);
    }
}
