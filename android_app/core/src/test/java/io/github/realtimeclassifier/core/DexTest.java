package io.github.realtimeclassifier.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.android.dx.command.Main;
import com.google.gson.Gson;
import io.github.realtimeclassifier.core.image.Preprocessor;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The classes can go into an APK: the dexer takes them, and Gson's, without a warning. */
class DexTest {
    @TempDir
    private Path folder;

    private static Path origin(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private String dexed(Path classes, Path dex) throws IOException, InterruptedException, Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        origin(Main.class).toString(),
                        Main.class.getName(),
                        "--dex",
                        "--output=" + dex,
                        classes.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + said;
    }

    @Test
    void theDexerTakesTheCoreAndGson() throws Exception {
        Path classes = folder.resolve("classes");
        copy(origin(Preprocessor.class), classes);
        unpack(origin(Gson.class), classes);
        Path dex = folder.resolve("classes.dex");
        assertEquals("0", dexed(classes, dex), "the exit code, and no warning");
        String content = Files.readString(dex, StandardCharsets.ISO_8859_1);
        assertTrue(content.startsWith("dex\n"));
        assertTrue(content.contains("Lio/github/realtimeclassifier/core/image/Preprocessor;"));
        assertFalse(content.contains("realtimeclassifier/core/desktop"), "the desktop's classes stay out of the app");
    }

    /** It would notice what it does not take: this test's own class is of a newer Java. */
    @Test
    void theDexerRefusesNewerClasses() throws Exception {
        Path classes = folder.resolve("newer");
        Path tests = origin(DexTest.class);
        Path own = tests.relativize(tests.resolve(DexTest.class.getName().replace('.', '/') + ".class"));
        Files.createDirectories(classes.resolve(own).getParent());
        Files.copy(tests.resolve(own), classes.resolve(own));
        assertFalse(dexed(classes, folder.resolve("newer.dex")).startsWith("0"));
    }

    /** Copies what the app takes: all but the desktop's package. */
    private static void copy(Path from, Path to) throws IOException {
        List<Path> files = new ArrayList<>();
        try (var paths = Files.walk(from)) {
            paths.filter(path -> path.toString().endsWith(".class"))
                    .filter(path -> !path.toString().contains(File.separator + "desktop" + File.separator))
                    .forEach(files::add);
        }
        for (Path file : files) {
            Path target = to.resolve(from.relativize(file));
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
        }
    }

    private static void unpack(Path jar, Path to) throws IOException {
        try (JarFile archive = new JarFile(jar.toFile())) {
            for (var entry : archive.stream().toList()) {
                if (entry.getName().endsWith(".class") && !entry.getName().startsWith("META-INF")) {
                    Path target = to.resolve(entry.getName());
                    Files.createDirectories(target.getParent());
                    Files.copy(archive.getInputStream(entry), target);
                }
            }
        }
    }
}
