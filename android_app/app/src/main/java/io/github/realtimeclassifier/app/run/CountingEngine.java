package io.github.realtimeclassifier.app.run;

import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;

/** An engine that tells a run of each call before it begins, which takes no time worth measuring. */
final class CountingEngine implements Engine {
    private final Engine engine;
    private final Run run;
    private final int total;
    private int calls;

    CountingEngine(Engine engine, Run run, int total) {
        this.engine = engine;
        this.run = run;
        this.total = total;
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
        run.step(++calls, total);
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
