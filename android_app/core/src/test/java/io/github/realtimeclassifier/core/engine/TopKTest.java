package io.github.realtimeclassifier.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.realtimeclassifier.core.ModelFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The top classes: as sorting gives them, ties broken by the class's number, and nothing that is no probability. */
class TopKTest {
    private static List<Integer> numbers(List<Prediction> top) {
        return top.stream().map(Prediction::classNumber).toList();
    }

    @Test
    void isWhatSortingGives() throws ModelFileException {
        Random random = new Random(4);
        for (int i = 0; i < 500; i++) {
            // Few values, so that many are equal.
            float[] probabilities = new float[1 + random.nextInt(40)];
            for (int j = 0; j < probabilities.length; j++) {
                probabilities[j] = random.nextInt(6) / 5f;
            }
            int k = 1 + random.nextInt(8);
            Comparator<Integer> larger = Comparator.comparingDouble(j -> -probabilities[j]);
            List<Integer> expected = IntStream.range(0, probabilities.length)
                    .boxed()
                    .sorted(larger.thenComparing(Comparator.naturalOrder()))
                    .limit(k)
                    .toList();
            List<Prediction> top = TopK.of(probabilities, k);
            assertEquals(expected, numbers(top));
            top.forEach(entry -> assertEquals(probabilities[entry.classNumber()], entry.probability()));
        }
    }

    @Test
    void breaksTiesByClassNumber() throws ModelFileException {
        assertEquals(List.of(1, 3, 0), numbers(TopK.of(new float[] {0.1f, 0.4f, 0.1f, 0.4f}, 3)));
    }

    @Test
    void refusesWhatIsNoProbability() {
        for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -0.5f, 1.5f, 17f}) {
            String message = assertThrows(
                            ModelFileException.class, () -> TopK.of(new float[] {0.2f, value, 0.1f}, 2))
                    .getMessage();
            assertTrue(message.contains("received " + value + " for class 1"), message);
        }
    }

    @Test
    void aRoundingBeyondTheRangeIsCutOff() throws ModelFileException {
        List<Prediction> top = TopK.of(new float[] {1.00001f, -0.00001f}, 2);
        assertEquals(1f, top.get(0).probability());
        assertEquals(0f, top.get(1).probability());
        assertEquals(new ArrayList<>(List.of(0, 1)), numbers(top));
    }
}
