package io.github.realtimeclassifier.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.model.ModelFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TensorFlow Lite computes what the network says and refuses what does not fit; compiled for 2.16, run with 2.6. */
class TfLiteEngineTest {
    @TempDir
    private Path folder;

    private final EngineProvider provider = new TfLiteProvider(" (here)");

    private Engine open(byte[] content) throws Exception {
        return provider.open(Tiny.write(folder, ModelFile.TFLITE, content), folder.toFile(), 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void probabilitiesAreTheNetworks(int threads) throws Exception {
        Manifest manifest = Tiny.write(folder, ModelFile.TFLITE, Tiny.tflite());
        try (Engine engine = provider.open(manifest, folder.toFile(), threads)) {
            float[] probabilities = new float[Tiny.CLASSES];
            for (int call = 0; call < 3; call++) {
                Arrays.fill(probabilities, -1);
                engine.classify(Tiny.TENSOR, probabilities);
                for (int k = 0; k < Tiny.CLASSES; k++) {
                    assertEquals(Tiny.probabilities()[k], probabilities[k], 1e-6);
                }
            }
            assertEquals(threads, engine.threads());
            assertEquals("2.6.2 (here)", engine.version());
            assertEquals(4, engine.inputLength());
        }
    }

    @Test
    void nodesInsideCannotBeFetched() throws Exception {
        try (Engine engine = open(Tiny.tflite())) {
            ModelFileException error =
                    assertThrows(ModelFileException.class, () -> engine.fetch(Tiny.TENSOR, "scores"));
            assertTrue(error.getMessage().contains("choose TensorFlow for Mobile"), error.getMessage());
        }
    }

    @Test
    void anotherSizeIsRefused() throws Exception {
        Manifest manifest = Tiny.write(folder, ModelFile.TFLITE, Tiny.tflite(), 3, "image", "out", Tiny.CLASSES);
        ModelFileException error =
                assertThrows(ModelFileException.class, () -> provider.open(manifest, folder.toFile(), 1));
        assertTrue(error.getMessage().contains("of shape [1, 3, 3, 1]; received"), error.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"2, 'is it another'", "4, 'received 3'"})
    void anotherNumberOfClassesIsRefused(int classes, String part) throws Exception {
        Manifest manifest = Tiny.write(folder, ModelFile.TFLITE, Tiny.tflite(), 2, "image", "out", classes);
        try (Engine engine = provider.open(manifest, folder.toFile(), 1)) {
            ModelFileException error = assertThrows(
                    ModelFileException.class, () -> engine.classify(Tiny.TENSOR, new float[classes]));
            assertTrue(error.getMessage().contains(part), error.getMessage());
        }
    }

    @Test
    void whatIsNoModelIsRefused() throws Exception {
        byte[] model = Tiny.tflite();
        byte[] zeros = new byte[model.length];
        System.arraycopy(model, 4, zeros, 4, 4);
        byte[][] wrong = {
            "not a model, but text".getBytes(StandardCharsets.UTF_8), {1}, Arrays.copyOf(model, 8),
            Arrays.copyOf(model, model.length / 2), zeros, Tiny.graph()
        };
        for (byte[] content : wrong) {
            ModelFileException error = assertThrows(ModelFileException.class, () -> open(content).close());
            assertTrue(error.getMessage().startsWith("expected tiny.file to be a"), error.getMessage());
        }
    }

    @Test
    void aFileThatIsNotTheManifestsIsNotLoaded() throws Exception {
        Manifest manifest = Tiny.write(folder, ModelFile.TFLITE, Tiny.tflite());
        Files.write(folder.resolve("tiny.file"), Arrays.copyOf(Tiny.tflite(), 100));
        assertThrows(ManifestException.class, () -> provider.open(manifest, folder.toFile(), 1));
    }

    @Test
    void wrongArgumentsAndAClosedEngineAreMistakesOfTheCaller() throws Exception {
        Manifest manifest = Tiny.write(folder, ModelFile.TFLITE, Tiny.tflite());
        assertThrows(
                IllegalArgumentException.class,
                () -> TfLiteEngine.create(manifest, ByteBuffer.wrap(Tiny.tflite()), 1, ""));
        assertThrows(IllegalArgumentException.class, () -> provider.open(manifest, folder.toFile(), 0));
        Engine engine = provider.open(manifest, folder.toFile(), 1);
        assertThrows(IllegalArgumentException.class, () -> engine.classify(new float[5], new float[Tiny.CLASSES]));
        engine.close();
        engine.close();
        assertThrows(IllegalStateException.class, () -> engine.classify(Tiny.TENSOR, new float[Tiny.CLASSES]));
    }
}
