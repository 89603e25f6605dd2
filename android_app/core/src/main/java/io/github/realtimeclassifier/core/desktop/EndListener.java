package io.github.realtimeclassifier.core.desktop;

import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.measure.RunTimer;
import io.github.realtimeclassifier.core.pipeline.PipelineListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Waits for a pipeline's end. */
final class EndListener implements PipelineListener {
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<DeploymentException> failures = new ArrayList<>();
    private volatile RunTimer timer;

    /** Lets a timer look at each thread before it ends; called before the pipeline starts. */
    void watch(RunTimer started) {
        timer = started;
    }

    @Override
    public synchronized void onError(DeploymentException error) {
        failures.add(error);
    }

    @Override
    public void onThreadEnd() {
        timer.readThreads();
    }

    @Override
    public void onEnd() {
        end.countDown();
    }

    /** Waits; throws what the pipeline failed with. */
    void await() throws DeploymentException, InterruptedException {
        end.await();
        synchronized (this) {
            if (!failures.isEmpty()) {
                throw failures.get(0);
            }
        }
    }
}
