package io.github.realtimeclassifier.engines;

import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.model.ModelFile;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Opens models in TensorFlow Lite. Immutable. */
public final class TfLiteProvider implements EngineProvider {
    private final String versionNote;

    /**
     * Makes one.
     *
     * @param versionNote what to add to the runtime's version, where it is not the app's; else empty.
     */
    public TfLiteProvider(String versionNote) {
        this.versionNote = versionNote;
    }

    @Override
    public String name() {
        return "tflite";
    }

    @Override
    public String fileFormat() {
        return ModelFile.TFLITE;
    }

    @Override
    public Engine open(Manifest manifest, File folder, int threads) throws DeploymentException {
        File file = manifest.file(ModelFile.TFLITE).checkedFile(folder);
        ByteBuffer model;
        try (RandomAccessFile content = new RandomAccessFile(file, "r")) {
            model = content.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, content.length());
        } catch (IOException error) {
            throw new ModelFileException("cannot read " + file + ": " + error.getMessage() + "; correct its rights",
                    error);
        }
        return TfLiteEngine.create(manifest, model, threads, versionNote);
    }
}
