package io.github.realtimeclassifier.app.model;

import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;

/** An engine that does as another one does, but for what a subclass overrides. */
public class EngineDecorator implements Engine {
    private final Engine engine;

    /** Stands before an engine, and closes it when it is closed. */
    public EngineDecorator(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return engine.name();
    }

    @Override
    public String version() {
        return engine.version();
    }

    @Override
    public int threads() {
        return engine.threads();
    }

    @Override
    public int inputLength() {
        return engine.inputLength();
    }

    @Override
    public int classes() {
        return engine.classes();
    }

    @Override
    public void classify(float[] tensor, float[] probabilities) throws ModelFileException, InterruptedException {
        engine.classify(tensor, probabilities);
    }

    @Override
    public float[] fetch(float[] tensor, String node) throws ModelFileException, InterruptedException {
        return engine.fetch(tensor, node);
    }

    @Override
    public void close() {
        engine.close();
    }
}
