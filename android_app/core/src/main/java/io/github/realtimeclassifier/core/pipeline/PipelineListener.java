package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.DeploymentException;

/** Who is told how a pipeline fares. Called from the pipeline's threads; may call the pipeline's methods. */
public interface PipelineListener {
    /**
     * Something failed, and the pipeline ends; called at most once.
     *
     * @param error the first failure; those that follow from it are among its suppressed exceptions.
     */
    void onError(DeploymentException error);

    /**
     * One of the pipeline's threads has done its work and is about to end; called on each of them, while the source and
     * the engine are still open. The moment for what cannot be asked of a thread later, such as its CPU time.
     */
    void onThreadEnd();

    /** All threads have ended, and the source and the engine are closed; called exactly once, after everything else. */
    void onEnd();
}
