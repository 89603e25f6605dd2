package io.github.realtimeclassifier.app.model;

import io.github.realtimeclassifier.app.device.AndroidSystem;
import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.log.RunHead;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.Closeable;
import java.io.File;

/** A model in the engine that the user chose. For one thread at a time. */
public final class OpenedModel implements Closeable {
    private static final String APP_NAME = "android_app";

    private final Manifest manifest;
    private final EngineProvider provider;
    private final Engine engine;
    private final long initNanos;

    private OpenedModel(Manifest manifest, EngineProvider provider, Engine engine, long initNanos) {
        this.manifest = manifest;
        this.provider = provider;
        this.engine = engine;
        this.initNanos = initNanos;
    }

    /**
     * Opens a model, copied out of the app's package first where needed. It takes seconds: not for the main thread.
     *
     * @throws DeploymentException it cannot be used; the message says why.
     * @throws InterruptedException the thread was interrupted while it copied.
     */
    public static OpenedModel open(Choice choice, Engines engines, Clock clock)
            throws DeploymentException, InterruptedException {
        // First, since of a model that cannot be used no engine was chosen.
        File folder = choice.model().folder();
        EngineProvider provider = engines.provider(choice.engine());
        // Read from there, where the engine's file is: what lies there may have been exchanged since it was listed.
        Manifest manifest = Manifest.read(folder);
        long start = clock.nanoTime();
        try {
            Engine engine = provider.open(manifest, folder, choice.threads());
            return new OpenedModel(manifest, provider, engine, clock.nanoTime() - start);
        } catch (OutOfMemoryError error) {
            throw new ModelFileException("expected enough memory for " + manifest.title() + " in "
                    + engines.title(provider.name()) + ", received '" + error.getMessage()
                    + "'; choose a smaller model, or the other engine", error);
        }
    }

    /** What describes it. */
    public Manifest manifest() {
        return manifest;
    }

    /** The engine; its owner closes it, by {@link #close} or by itself. */
    public Engine engine() {
        return engine;
    }

    /** Who ran what, and where, for a run log. */
    public RunHead head(AndroidSystem system) throws DeploymentException {
        if (provider.fileFormat().isEmpty()) {
            return new RunHead("phone", system.device(), APP_NAME, system.build(), manifest, engine, initNanos);
        }
        return new RunHead(
                "phone",
                system.device(),
                APP_NAME,
                system.build(),
                manifest,
                manifest.file(provider.fileFormat()),
                engine,
                initNanos);
    }

    @Override
    public void close() {
        engine.close();
    }
}
