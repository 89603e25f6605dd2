package io.github.realtimeclassifier.app.run;

import io.github.realtimeclassifier.app.model.EngineDecorator;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;

/** An engine that tells a run of each call before it begins, which takes no time worth measuring. */
final class CountingEngine extends EngineDecorator {
    private final Run run;
    private final int total;
    private int calls;

    CountingEngine(Engine engine, Run run, int total) {
        super(engine);
        this.run = run;
        this.total = total;
    }

    @Override
    public void classify(float[] tensor, float[] probabilities) throws ModelFileException, InterruptedException {
        run.step(++calls, total);
        super.classify(tensor, probabilities);
    }
}
