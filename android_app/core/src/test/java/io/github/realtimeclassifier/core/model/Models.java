package io.github.realtimeclassifier.core.model;

import io.github.realtimeclassifier.core.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders of a small model for tests: a manifest, and a file that only looks like a model. */
public final class Models {
    public static final byte[] FILE = "not a real graph".getBytes(StandardCharsets.UTF_8);

    private Models() {}

    /** A valid manifest of a model that reads gray pictures of 2 x 2. */
    public static String json() {
        return """
                {"schema_version": 1, "model": "tiny", "title": "Tiny", "citation": "nobody",
                 "input": {"height": 2, "width": 2, "channel_order": "gray", "scale": [0.5], "bias": [-1.0],
                           "resize": {"shorter_side": 2, "interpolation": "bilinear", "crop": "center"}},
                 "labels": ["dark", "light"], "label_ids": ["n1", "n2"],
                 "weights": {"kind": "untrained", "source": "seed 1", "licence": "MIT", "sha256": "%2$s"},
                 "files": [
                  {"format": "tflite", "path": "tiny.tflite", "sha256": "%1$s", "bytes": %3$d,
                   "input_node": "image", "output_node": "out", "intermediate_nodes": ["a", "b"], "recipe": "%2$s"},
                  {"format": "of_the_future", "path": "tiny.new", "sha256": "%1$s", "bytes": 123456789012,
                   "input_node": "image", "output_node": "out", "recipe": "%2$s"}],
                 "tools": {"keras": "3"}}
                """
                .formatted(Sha256.of(FILE), "0".repeat(64), FILE.length);
    }

    /** Writes a model's folder. */
    public static Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(Manifest.FILE_NAME), json());
        Files.write(folder.resolve("tiny.tflite"), FILE);
        return folder;
    }
}
