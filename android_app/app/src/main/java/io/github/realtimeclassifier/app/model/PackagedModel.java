package io.github.realtimeclassifier.app.model;

import android.content.res.AssetManager;
import io.github.realtimeclassifier.core.BoundedRead;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.json.StrictJson;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.model.ModelFile;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * A model in the app's package. Engines read files, so its files are copied out of the package: whole or not at all,
 * and once only, as long as the app brings the same model.
 */
final class PackagedModel implements ModelPlace {
    /** The folder of the models in the package's assets. */
    static final String ASSETS = "models";

    // One copies at a time, whichever screen asks for it.
    private static final Object COPYING = new Object();
    private static final int PIECE_BYTES = 1 << 16;
    private static final String PARTIAL = ".partial";

    private final AssetManager assets;
    private final String path;
    private final List<String> files;
    private final File target;

    /**
     * Looks at a model.
     *
     * @param target the folder that its files are copied to.
     */
    PackagedModel(AssetManager assets, String name, File target) throws IOException {
        this.assets = assets;
        this.target = target;
        path = ASSETS + "/" + name;
        files = Arrays.asList(assets.list(path));
    }

    @Override
    public String description() {
        return "the app's package";
    }

    @Override
    public boolean isPushed() {
        return false;
    }

    @Override
    public Manifest manifest() throws ManifestException {
        try (InputStream stream = assets.open(path + "/" + Manifest.FILE_NAME)) {
            return Manifest.read(stream, path + "/" + Manifest.FILE_NAME + " of the app's package");
        } catch (IOException error) {
            throw new ManifestException("expected " + Manifest.FILE_NAME + " in " + path
                    + " of the app's package: " + error.getMessage() + "; install the app again", error);
        }
    }

    @Override
    public boolean has(String file) {
        return files.contains(file);
    }

    @Override
    public File folder(Manifest manifest) throws DeploymentException, InterruptedException {
        synchronized (COPYING) {
            try {
                if (!isWhole(manifest)) {
                    copyAll(manifest);
                }
            } catch (IOException error) {
                throw new ModelFileException("could not copy the model " + manifest.model() + " of "
                        + totalBytes(manifest) / 1_000_000 + " MB out of the app's package: " + error.getMessage()
                        + "; free some space, or install the app again", error);
            }
        }
        return target;
    }

    /** Whether the copy is of this very model: the manifest, which is copied last, has the hashes of all files. */
    private boolean isWhole(Manifest manifest) throws IOException {
        File copied = new File(target, Manifest.FILE_NAME);
        if (!copied.isFile() || !Arrays.equals(BoundedRead.upTo(copied, StrictJson.LARGEST_BYTES), manifestBytes())) {
            return false;
        }
        for (ModelFile file : manifest.files()) {
            if (has(file.path()) && new File(target, file.path()).length() != file.bytes()) {
                return false;
            }
        }
        return true;
    }

    private byte[] manifestBytes() throws IOException {
        try (InputStream stream = assets.open(path + "/" + Manifest.FILE_NAME)) {
            return BoundedRead.upTo(stream, StrictJson.LARGEST_BYTES);
        }
    }

    private void copyAll(Manifest manifest) throws IOException, InterruptedException {
        File partial = new File(target.getParentFile(), target.getName() + PARTIAL);
        Folders.delete(partial);
        Folders.make(partial);
        try {
            for (ModelFile file : manifest.files()) {
                if (has(file.path())) {
                    copy(file.path(), partial);
                }
            }
            copy(Manifest.FILE_NAME, partial);
            Folders.delete(target);
            if (!partial.renameTo(target)) {
                throw new IOException("the finished copy could not be given its name");
            }
        } finally {
            // There is none any more, unless something failed.
            Folders.delete(partial);
        }
    }

    private void copy(String file, File folder) throws IOException, InterruptedException {
        byte[] piece = new byte[PIECE_BYTES];
        try (InputStream from = assets.open(path + "/" + file, AssetManager.ACCESS_STREAMING);
                OutputStream to = new FileOutputStream(new File(folder, file))) {
            for (int count = from.read(piece); count >= 0; count = from.read(piece)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                to.write(piece, 0, count);
            }
        }
    }

    private long totalBytes(Manifest manifest) {
        long bytes = 0;
        for (ModelFile file : manifest.files()) {
            bytes += has(file.path()) ? file.bytes() : 0;
        }
        return bytes;
    }
}
