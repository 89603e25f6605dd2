package io.github.realtimeclassifier.core.desktop;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.log.Device;
import io.github.realtimeclassifier.core.log.RunHead;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.Closeable;
import java.io.File;

/** A model that a command opened, with the engine that the user chose. */
final class OpenModel implements Closeable {
    static final String APP_NAME = "core";

    private final Manifest manifest;
    private final EngineProvider provider;
    private final Engine engine;
    private final long initNanos;

    private OpenModel(Manifest manifest, EngineProvider provider, Engine engine, long initNanos) {
        this.manifest = manifest;
        this.provider = provider;
        this.engine = engine;
        this.initNanos = initNanos;
    }

    static OpenModel open(File folder, EngineProvider provider, int threads, Clock clock) throws DeploymentException {
        Manifest manifest = Manifest.read(folder);
        long start = clock.nanoTime();
        Engine engine = provider.open(manifest, folder, threads);
        return new OpenModel(manifest, provider, engine, clock.nanoTime() - start);
    }

    Manifest manifest() {
        return manifest;
    }

    Engine engine() {
        return engine;
    }

    RunHead head(Device device, String build) throws DeploymentException {
        if (provider.fileFormat().isEmpty()) {
            return new RunHead("jvm", device, APP_NAME, build, manifest, engine, initNanos);
        }
        return new RunHead(
                "jvm", device, APP_NAME, build, manifest, manifest.file(provider.fileFormat()), engine, initNanos);
    }

    @Override
    public void close() {
        engine.close();
    }
}
