package io.github.realtimeclassifier.app;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.StandardCopyOption;

/** Keeps run logs of tests where another language's tests find them. */
public final class KeptLogs {
    private KeptLogs() {}

    /** Keeps a copy under a name of its own. */
    public static void keep(File log, String name) throws IOException {
        Path folder = Files.createDirectories(Paths.get(System.getProperty("run-logs.dir")));
        Files.copy(log.toPath(), folder.resolve(name + ".json"), StandardCopyOption.REPLACE_EXISTING);
    }
}
