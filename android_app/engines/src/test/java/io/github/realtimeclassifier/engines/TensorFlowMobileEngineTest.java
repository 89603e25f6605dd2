package io.github.realtimeclassifier.engines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.model.ModelFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TensorFlow for Mobile computes what the network says, gives any node, and refuses what does not fit. */
class TensorFlowMobileEngineTest {
    @TempDir
    private Path folder;

    private final EngineProvider provider = new TensorFlowMobileProvider(" (here)");

    private Engine open(byte[] content) throws Exception {
        return provider.open(Tiny.write(folder, ModelFile.TF_MOBILE, content), folder.toFile(), 1);
    }

    private void assertRefused(String part, byte[] content) {
        ModelFileException error = assertThrows(ModelFileException.class, () -> open(content).close());
        assertTrue(error.getMessage().contains(part) && !error.getMessage().contains("\n"), error.getMessage());
    }

    @Test
    void probabilitiesAreTheNetworks() throws Exception {
        try (Engine engine = open(Tiny.graph())) {
            float[] probabilities = new float[Tiny.CLASSES];
            for (int call = 0; call < 3; call++) {
                Arrays.fill(probabilities, -1);
                engine.classify(Tiny.TENSOR, probabilities);
                for (int k = 0; k < Tiny.CLASSES; k++) {
                    assertEquals(Tiny.probabilities()[k], probabilities[k], 1e-6);
                }
            }
            assertEquals("1.13.1 (here)", engine.version());
            assertEquals(4, engine.inputLength());
            assertEquals(Tiny.CLASSES, engine.classes());
            assertEquals(Runtime.getRuntime().availableProcessors(), engine.threads());
        }
    }

    @Test
    void anyNodeCanBeFetched() throws Exception {
        try (Engine engine = open(Tiny.graph())) {
            assertArrayEquals(Tiny.TENSOR, engine.fetch(Tiny.TENSOR, "flat"));
            float[] scores = engine.fetch(Tiny.TENSOR, "scores");
            for (int k = 0; k < Tiny.CLASSES; k++) {
                assertEquals(Tiny.scores()[k], scores[k], 1e-6);
            }
            // More numbers than are made room for at first.
            float[] wide = engine.fetch(Tiny.TENSOR, "wide");
            assertEquals(400_000, wide.length);
            assertEquals(Tiny.TENSOR[3], wide[399_999]);
        }
    }

    @Test
    void aNodeThatIsNotThereOrNotOfFloatsIsRefused() throws Exception {
        try (Engine engine = open(Tiny.graph())) {
            for (String node : new String[] {"conv99", "", "flat_shape", "scores:7"}) {
                ModelFileException error =
                        assertThrows(ModelFileException.class, () -> engine.fetch(Tiny.TENSOR, node));
                assertTrue(error.getMessage().contains("'" + node + "'"), error.getMessage());
            }
            // It goes on serving.
            engine.classify(Tiny.TENSOR, new float[Tiny.CLASSES]);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3, image, probabilities, 3, '[1, 3, 3, 1]'",
        "2, no_image, probabilities, 3, 'no_image'",
        "2, weights, probabilities, 3, 'weights'",
        "2, image, no_output, 3, 'no_output'",
    })
    void aManifestThatDoesNotFitIsRefused(int side, String input, String output, int classes, String part)
            throws Exception {
        Manifest manifest = Tiny.write(folder, ModelFile.TF_MOBILE, Tiny.graph(), side, input, output, classes);
        ModelFileException error =
                assertThrows(ModelFileException.class, () -> provider.open(manifest, folder.toFile(), 1));
        assertTrue(error.getMessage().contains(part), error.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"2, 'received more'", "4, 'received 3'"})
    void anotherNumberOfClassesIsRefused(int classes, String part) throws Exception {
        Manifest manifest =
                Tiny.write(folder, ModelFile.TF_MOBILE, Tiny.graph(), 2, "image", "probabilities", classes);
        try (Engine engine = provider.open(manifest, folder.toFile(), 1)) {
            ModelFileException error = assertThrows(
                    ModelFileException.class, () -> engine.classify(Tiny.TENSOR, new float[classes]));
            assertTrue(error.getMessage().contains(part), error.getMessage());
        }
    }

    @Test
    void whatIsNoGraphIsRefused() throws Exception {
        assertRefused(
                "Not a valid TensorFlow Graph serialization", "not a graph, but text".getBytes(StandardCharsets.UTF_8));
        byte[] graph = Tiny.graph();
        assertRefused("tiny.file", Arrays.copyOf(graph, graph.length / 2));
        assertRefused("tiny.file", Tiny.tflite());
    }

    @Test
    void aFileThatIsNotTheManifestsIsNotLoaded() throws Exception {
        Manifest manifest = Tiny.write(folder, ModelFile.TF_MOBILE, Tiny.graph());
        byte[] content = Tiny.graph();
        content[content.length / 2] ^= 1;
        Files.write(folder.resolve("tiny.file"), content);
        assertThrows(ManifestException.class, () -> provider.open(manifest, folder.toFile(), 1));
        Manifest other = Tiny.write(folder, ModelFile.TFLITE, Tiny.tflite());
        assertThrows(ManifestException.class, () -> provider.open(other, folder.toFile(), 1));
    }

    @Test
    void wrongLengthsAndAClosedEngineAreMistakesOfTheCaller() throws Exception {
        Engine engine = open(Tiny.graph());
        assertThrows(IllegalArgumentException.class, () -> engine.classify(new float[3], new float[Tiny.CLASSES]));
        assertThrows(IllegalArgumentException.class, () -> engine.classify(Tiny.TENSOR, new float[2]));
        engine.close();
        engine.close();
        assertThrows(IllegalStateException.class, () -> engine.classify(Tiny.TENSOR, new float[Tiny.CLASSES]));
        assertThrows(IllegalStateException.class, () -> engine.fetch(Tiny.TENSOR, "scores"));
    }
}
