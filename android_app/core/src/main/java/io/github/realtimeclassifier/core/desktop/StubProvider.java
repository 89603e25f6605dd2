package io.github.realtimeclassifier.core.desktop;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.engine.StubEngine;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.File;

/** Opens stub engines of one latency. Immutable. */
final class StubProvider implements EngineProvider {
    private final Clock clock;
    private final long latencyNanos;

    StubProvider(Clock clock, long latencyNanos) {
        this.clock = clock;
        this.latencyNanos = latencyNanos;
    }

    @Override
    public String name() {
        return "stub";
    }

    @Override
    public String fileFormat() {
        return "";
    }

    @Override
    public Engine open(Manifest manifest, File folder, int threads) throws ModelFileException {
        int inputLength = manifest.input().length();
        int classes = manifest.labels().size();
        if (inputLength < classes) {
            throw new ModelFileException("expected a model with at least as many input numbers as classes, received "
                    + inputLength + " and " + classes + "; the stub engine cannot play it");
        }
        return StubEngine.create(clock, inputLength, classes, threads, latencyNanos);
    }
}
