package io.github.realtimeclassifier.core.engine;

import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.File;

/** A kind of engine, by which models are opened. */
public interface EngineProvider {
    /** The short name by which a user chooses it, such as tf_mobile. */
    String name();

    /** The format of the model file it reads; empty for one that reads no file. */
    String fileFormat();

    /**
     * Opens a model; this is what a benchmark calls initialisation.
     *
     * @param manifest describes the model.
     * @param folder where the model's files lie; the file is compared with the manifest before it is read.
     * @param threads how many threads the runtime may work with, at least 1.
     * @return an engine, to be closed by the caller.
     * @throws DeploymentException the file is missing, damaged or not to be run, or the runtime does not load.
     */
    Engine open(Manifest manifest, File folder, int threads) throws DeploymentException;
}
