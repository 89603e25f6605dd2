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

    /** All threads have ended, and the source and the engine are closed; called exactly once, after everything else. */
    void onEnd();
}
