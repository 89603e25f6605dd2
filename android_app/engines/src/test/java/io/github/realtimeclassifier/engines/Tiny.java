package io.github.realtimeclassifier.engines;

import io.github.realtimeclassifier.core.Sha256;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorflow.DataType;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Shape;
import org.tensorflow.Tensor;

/**
 * A network small enough to compute by hand, in both formats: softmax(pixels x {@link #WEIGHTS}) for gray pictures of
 * 2 x 2. The resource tiny.tflite is that function, converted by tf.lite.TFLiteConverter of TensorFlow 2.21.
 */
final class Tiny {
    static final float[][] WEIGHTS = {{0.5f, -1, 0.25f}, {1, 0.5f, -0.75f}, {-0.25f, 1.5f, 1}, {2, -0.5f, 0.125f}};
    static final float[] TENSOR = {0.25f, -0.5f, 1, 0.75f};
    static final int CLASSES = 3;

    private Tiny() {}

    static double[] scores() {
        double[] scores = new double[CLASSES];
        for (int k = 0; k < CLASSES; k++) {
            for (int i = 0; i < TENSOR.length; i++) {
                scores[k] += TENSOR[i] * WEIGHTS[i][k];
            }
        }
        return scores;
    }

    static double[] probabilities() {
        double[] probabilities = scores();
        double sum = 0;
        for (double score : probabilities) {
            sum += Math.exp(score);
        }
        for (int k = 0; k < CLASSES; k++) {
            probabilities[k] = Math.exp(probabilities[k]) / sum;
        }
        return probabilities;
    }

    /** The graph, with the nodes image, flat, scores and probabilities, and wide, which gives many numbers. */
    static byte[] graph() {
        try (Graph graph = new Graph()) {
            Output<Float> image = graph.opBuilder("Placeholder", "image")
                    .setAttr("dtype", DataType.FLOAT)
                    .setAttr("shape", Shape.make(-1, 2, 2, 1))
                    .build()
                    .output(0);
            Output<Float> flat = graph.opBuilder("Reshape", "flat")
                    .addInput(image)
                    .addInput(constant(graph, "flat_shape", new int[] {-1, TENSOR.length}))
                    .build()
                    .output(0);
            Output<Float> scores = graph.opBuilder("MatMul", "scores")
                    .addInput(flat)
                    .addInput(constant(graph, "weights", WEIGHTS))
                    .build()
                    .output(0);
            graph.opBuilder("Softmax", "probabilities").addInput(scores).build();
            graph.opBuilder("Tile", "wide")
                    .addInput(flat)
                    .addInput(constant(graph, "times", new int[] {1, 100_000}))
                    .build();
            return graph.toGraphDef();
        }
    }

    private static Output<?> constant(Graph graph, String name, Object value) {
        try (Tensor<?> tensor = Tensor.create(value)) {
            return graph.opBuilder("Const", name)
                    .setAttr("dtype", tensor.dataType())
                    .setAttr("value", tensor)
                    .build()
                    .output(0);
        }
    }

    static byte[] tflite() throws Exception {
        try (InputStream stream = Tiny.class.getResourceAsStream("/tiny.tflite")) {
            return stream.readAllBytes();
        }
    }

    /** Writes a model of one file into a folder. */
    static Manifest write(Path folder, String format, byte[] content) throws Exception {
        return write(folder, format, content, 2, "image", "probabilities", CLASSES);
    }

    /** Writes a model of one file, with a manifest that may not fit it. */
    static Manifest write(
            Path folder, String format, byte[] content, int side, String inputNode, String outputNode, int classes)
            throws Exception {
        StringBuilder labels = new StringBuilder("\"0\"");
        for (int k = 1; k < classes; k++) {
            labels.append(", \"").append(k).append('"');
        }
        Files.write(folder.resolve("tiny.file"), content);
        Files.writeString(
                folder.resolve(Manifest.FILE_NAME),
                """
                {"schema_version": 1, "model": "tiny", "title": "Tiny", "citation": "nobody",
                 "input": {"height": %1$d, "width": %1$d, "channel_order": "gray", "scale": [1], "bias": [0],
                           "resize": null},
                 "labels": [%2$s], "label_ids": [],
                 "weights": {"kind": "untrained", "source": "by hand", "licence": "MIT", "sha256": "%3$s"},
                 "files": [{"format": "%4$s", "path": "tiny.file", "sha256": "%5$s", "bytes": %6$d,
                            "input_node": "%7$s", "output_node": "%8$s", "intermediate_nodes": ["scores"],
                            "recipe": "%3$s"}],
                 "tools": {}}
                """
                        .formatted(
                                side, labels, "0".repeat(64), format, Sha256.of(content), content.length, inputNode,
                                outputNode));
        return Manifest.read(folder.toFile());
    }
}
