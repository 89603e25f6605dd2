package io.github.realtimeclassifier.app;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.robolectric.RuntimeEnvironment;

/** Puts models where adb would. */
public final class Folders {
    private Folders() {}

    /** Pushes a copy of one of the package's models, under a name. */
    public static Path push(String model, String name) throws IOException {
        Path folder = RuntimeEnvironment.getApplication()
                .getExternalFilesDir("models")
                .toPath()
                .resolve(name);
        Files.createDirectories(folder);
        String[] files = RuntimeEnvironment.getApplication().getAssets().list("models/" + model);
        for (String file : files) {
            try (InputStream stream =
                    RuntimeEnvironment.getApplication().getAssets().open("models/" + model + "/" + file)) {
                Files.copy(stream, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return folder;
    }

    /** A folder of the app's shared storage. */
    public static File shared(String name) {
        return RuntimeEnvironment.getApplication().getExternalFilesDir(name);
    }
}
