package io.github.realtimeclassifier.core.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.SystemClock;
import org.junit.jupiter.api.Test;

/** The stub engine: known answers, a known latency, and the errors of a real one. */
class StubEngineTest {
    /** A clock that notes until when it was asked to sleep. */
    private static final class NotedClock implements Clock {
        private long until;

        @Override
        public long nanoTime() {
            return 1_000;
        }

        @Override
        public long epochMillis() {
            return 0;
        }

        @Override
        public void sleepUntil(long nanos) {
            until = nanos;
        }
    }

    @Test
    void answersFollowFromTheInput() throws Exception {
        NotedClock clock = new NotedClock();
        StubEngine engine = StubEngine.create(clock, 4, 2, 3, 500);
        float[] probabilities = new float[2];
        engine.classify(new float[] {1, 0, 3, 4}, probabilities);
        // Scores 2 and 2.
        assertArrayEquals(new float[] {0.5f, 0.5f}, probabilities);
        assertEquals(1_500, clock.until);
        engine.classify(new float[] {100, 0, 100, (float) Math.log(3)}, probabilities);
        assertArrayEquals(new float[] {1f, 0f}, probabilities, 1e-6f);
        assertArrayEquals(new float[] {1f, 4f}, engine.fetch(new float[] {1, 4, 1, 4}, StubEngine.SCORES));
        assertEquals(3, engine.threads());
        assertEquals(4, engine.inputLength());
        assertEquals(2, engine.classes());
    }

    @Test
    void refusesWhatARealOneWould() throws Exception {
        StubEngine engine = StubEngine.create(SystemClock.INSTANCE, 4, 2, 1, 0);
        assertThrows(ModelFileException.class, () -> engine.fetch(new float[4], "conv1"));
        assertThrows(IllegalArgumentException.class, () -> engine.classify(new float[3], new float[2]));
        assertThrows(IllegalArgumentException.class, () -> engine.classify(new float[4], new float[3]));
        engine.close();
        engine.close();
        assertThrows(IllegalStateException.class, () -> engine.classify(new float[4], new float[2]));
        assertThrows(IllegalArgumentException.class, () -> StubEngine.create(SystemClock.INSTANCE, 1, 2, 1, 0));
    }

    @Test
    void canBeInterrupted() {
        StubEngine engine = StubEngine.create(SystemClock.INSTANCE, 4, 2, 1, Long.MAX_VALUE / 4);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> engine.classify(new float[4], new float[2]));
    }
}
