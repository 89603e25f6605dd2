package io.github.realtimeclassifier.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.File;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * From a picture or a camera frame to the log-probability of every class: what Keras says, for all models, on both
 * engines. The models' files are not committed; without -Dmodels.folder these tests are skipped.
 */
class GoldenLogProbabilitiesTest {
    private static final String MODELS = System.getProperty("models.folder", "");

    @BeforeAll
    static void modelsAreThere() {
        String skipped = "The golden log-probabilities are skipped, because no models were given: run Maven with"
                + " -Dmodels.folder=FOLDER, the absolute path of build/models after 'make notebooks'.";
        if (MODELS.isEmpty()) {
            System.out.println(skipped);
        }
        assumeFalse(MODELS.isEmpty(), skipped);
    }

    static List<Arguments> enginesAndModels() {
        Set<String> models = new LinkedHashSet<>();
        for (GoldenAnswer answer : GoldenAnswer.all()) {
            models.add(answer.model);
        }
        List<Arguments> pairs = new ArrayList<>();
        for (String model : models) {
            pairs.add(Arguments.of(new TensorFlowMobileProvider(""), "tf_mobile", model));
            pairs.add(Arguments.of(new TfLiteProvider(""), "tflite", model));
        }
        return pairs;
    }

    @Test
    void allSixModelsAreThereOnBothEngines() {
        assertEquals(12, enginesAndModels().size());
    }

    @ParameterizedTest(name = "{1}, {2}")
    @MethodSource("enginesAndModels")
    void everyClassHasKerasLogProbabilityUnlessColoursAreExchanged(EngineProvider provider, String name, String model)
            throws Exception {
        File folder = new File(MODELS, model);
        Manifest manifest = Manifest.read(folder);
        int compared = 0;
        try (Engine engine = provider.open(manifest, folder, 1)) {
            float[] probabilities = new float[engine.classes()];
            for (GoldenAnswer answer : GoldenAnswer.all()) {
                if (!answer.model.equals(model)) {
                    continue;
                }
                assertEquals(
                        answer.weightsSha256,
                        manifest.weights().sha256(),
                        "the golden numbers are of other weights: python -m helpers.golden");
                engine.classify(answer.tensor(manifest.input()), probabilities);
                assertTrue(
                        answer.error(probabilities) <= answer.largestError,
                        answer.input + ": relative error " + answer.error(probabilities));
                engine.classify(answer.wrongTensor(manifest.input()), probabilities);
                assertTrue(
                        answer.error(probabilities) > answer.largestError,
                        answer.input + ": exchanged colours were not noticed");
                compared++;
            }
        }
        assertTrue(compared >= 2, model);
    }
}
