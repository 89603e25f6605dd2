package io.github.realtimeclassifier.app.screen;

import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.File;
import java.util.Arrays;

/** An engine that needs no file, gives what a test has told it, and takes as long. */
final class FakeEngine implements EngineProvider {
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final String name;
    private volatile long latencyMillis = 5;
    private volatile int[] classes = {0};
    private volatile float[] probabilities = {1};
    private volatile DeploymentException refusal;

    FakeEngine(String name) {
        this.name = name;
    }

    /** From now on it gives these classes these probabilities, and the rest to all others alike. */
    FakeEngine answers(int[] classNumbers, float[] theirs) {
        classes = classNumbers;
        probabilities = theirs;
        return this;
    }

    /** From now on it takes so long. */
    FakeEngine takes(long millis) {
        latencyMillis = millis;
        return this;
    }

    /** From now on it cannot be opened, because it cannot run the model; with an empty text, it can again. */
    FakeEngine refuses(String message) {
        refusal = message.isEmpty() ? null : new ModelFileException(message);
        return this;
    }

    /** From now on it cannot be opened, because the model's file is not what the manifest says. */
    FakeEngine findsDamage(String message) {
        refusal = new ManifestException(message);
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String fileFormat() {
        return "";
    }

    @Override
    public Engine open(final Manifest manifest, File folder, final int threads) throws DeploymentException {
        DeploymentException reason = refusal;
        if (reason != null) {
            throw reason;
        }
        return new Engine() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String version() {
                return "1";
            }

            @Override
            public int threads() {
                return threads;
            }

            @Override
            public int inputLength() {
                return manifest.input().length();
            }

            @Override
            public int classes() {
                return manifest.labels().size();
            }

            @Override
            public void classify(float[] tensor, float[] result) throws InterruptedException {
                SystemClock.INSTANCE.sleepUntil(System.nanoTime() + latencyMillis * NANOS_PER_MILLI);
                float rest = 1;
                for (float probability : probabilities) {
                    rest -= probability;
                }
                Arrays.fill(result, Math.max(rest, 0) / Math.max(result.length - classes.length, 1));
                for (int i = 0; i < classes.length; i++) {
                    result[classes[i]] = probabilities[i];
                }
            }

            @Override
            public float[] fetch(float[] tensor, String node) throws ModelFileException {
                throw new ModelFileException("expected no request for the node " + node);
            }

            @Override
            public void close() {
                // There is nothing to let go of.
            }
        };
    }
}
