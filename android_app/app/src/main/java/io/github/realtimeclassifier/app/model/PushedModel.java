package io.github.realtimeclassifier.app.model;

import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.File;

/** A model in a folder of its own, put there by adb. Immutable. */
final class PushedModel implements ModelPlace {
    private final File folder;

    PushedModel(File folder) {
        this.folder = folder;
    }

    @Override
    public String description() {
        return folder.toString();
    }

    @Override
    public boolean isPushed() {
        return true;
    }

    @Override
    public Manifest manifest() throws ManifestException {
        return Manifest.read(folder);
    }

    @Override
    public boolean has(String file) {
        return new File(folder, file).isFile();
    }

    @Override
    public File folder(Manifest manifest) {
        return folder;
    }
}
