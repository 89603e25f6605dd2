package io.github.realtimeclassifier.engines;

import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.model.ModelFile;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Opens frozen graphs in TensorFlow for Mobile. Immutable. */
public final class TensorFlowMobileProvider implements EngineProvider {
    private final String versionNote;

    /**
     * Makes one.
     *
     * @param versionNote what to add to the runtime's version, where it is not the app's; else empty.
     */
    public TensorFlowMobileProvider(String versionNote) {
        this.versionNote = versionNote;
    }

    @Override
    public String name() {
        return "tf_mobile";
    }

    @Override
    public String fileFormat() {
        return ModelFile.TF_MOBILE;
    }

    /** See {@link EngineProvider#open}. The threads are not asked for: {@link TensorFlowMobileEngine#threads}. */
    @Override
    public Engine open(Manifest manifest, File folder, int threads) throws DeploymentException {
        File file = manifest.file(ModelFile.TF_MOBILE).checkedFile(folder);
        try (InputStream graph = new FileInputStream(file)) {
            return TensorFlowMobileEngine.create(manifest, graph, versionNote);
        } catch (IOException error) {
            throw new ModelFileException("cannot read " + file + ": " + error.getMessage() + "; correct its rights",
                    error);
        }
    }
}
