package io.github.realtimeclassifier.app.model;

import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.File;

/** Where a model's files lie: in a folder of their own, or in the app's package. */
interface ModelPlace {
    /** The place in words, for messages. */
    String description();

    /** Whether the model was put there by hand. */
    boolean isPushed();

    /** Reads the model's manifest. */
    Manifest manifest() throws ManifestException;

    /** Whether a file of that name is there. */
    boolean has(String file);

    /** The folder of the files, copied there first where they have none; see {@link InstalledModel#folder}. */
    File folder(Manifest manifest) throws DeploymentException, InterruptedException;
}
