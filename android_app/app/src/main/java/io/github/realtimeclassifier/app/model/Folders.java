package io.github.realtimeclassifier.app.model;

import java.io.File;
import java.io.IOException;

/** Making and deleting folders, with a word about what failed. */
final class Folders {
    private Folders() {}

    static void make(File folder) throws IOException {
        if (!folder.isDirectory() && !folder.mkdirs()) {
            throw new IOException("the folder " + folder + " could not be made");
        }
    }

    /** Deletes a file, or a folder with all that is in it; nothing where there is none. */
    static void delete(File file) throws IOException {
        File[] inside = file.listFiles();
        if (inside != null) {
            for (File each : inside) {
                delete(each);
            }
        }
        if (file.exists() && !file.delete()) {
            throw new IOException(file + " could not be deleted");
        }
    }
}
