package io.github.realtimeclassifier.core.run;

import io.github.realtimeclassifier.core.DeploymentException;

/** Who follows a validation: a progress bar, or whoever wants all probabilities. Called on the validation's thread. */
public interface ValidationListener {
    /**
     * An image was classified.
     *
     * @param image counted from 0.
     * @param total of all images.
     * @param probabilities of all classes; not to be kept, the next image overwrites them.
     * @throws DeploymentException to end the validation.
     */
    void onClassified(int image, int total, float[] probabilities) throws DeploymentException;

    /**
     * An image could not be read; the validation goes on.
     *
     * @param image counted from 0.
     * @param total of all images.
     * @param message says why.
     * @throws DeploymentException to end the validation.
     */
    void onFailed(int image, int total, String message) throws DeploymentException;
}
