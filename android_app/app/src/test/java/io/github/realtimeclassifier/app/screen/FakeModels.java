package io.github.realtimeclassifier.app.screen;

import com.google.gson.Gson;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Models as adb pushes them: manifests like the real ones, and no files, since the tests' engines need none. */
final class FakeModels {
    /** Any hash, where one has to be. */
    private static final String HASH = "0123456789abcdef".repeat(4);

    private static final String SQUEEZENET =
            "Iandola et al. 2016, SqueezeNet: AlexNet-level accuracy with 50x fewer parameters";
    private static final String RESNET = "He, Zhang, Ren and Sun 2016, Deep Residual Learning for Image Recognition";
    private static final String LENET =
            "Sehgal and Kehtarnavaz 2019, Table I; after LeCun et al. 1998, whose LeNet-5 is smaller";

    private static final String FROM_NDF =
            "trained on ImageNet; published in the package ndf 0.1.4, see data/README.md";
    private static final String FROM_A_SEED = "untrained: made from a seed by helpers/untrained.py";
    private static final String FROM_MNIST =
            "trained on the 60,000 MNIST training images by helpers/train_lenet.py; see its training log";

    private FakeModels() {}

    /** A model that takes photos and tells ImageNet's 1000 classes. */
    static void squeezenet(File models) throws IOException {
        Map<String, Object> input = input(227, "bgr", 3, resize());
        write(models, "squeezenet", "SqueezeNet", SQUEEZENET, input, TestData.imagenetLabels(),
                weights("trained", FROM_NDF, "MIT, as the package ndf"));
    }

    /** Another one, which has learnt nothing. */
    static void untrainedResnet(File models) throws IOException {
        Map<String, Object> input = input(224, "bgr", 3, resize());
        write(models, "resnet50", "ResNet50 (untrained)", RESNET, input, TestData.imagenetLabels(),
                weights("untrained", FROM_A_SEED, "MIT"));
    }

    private static Map<String, Object> resize() {
        Map<String, Object> resize = new LinkedHashMap<>();
        resize.put("shorter_side", 256);
        resize.put("interpolation", "bilinear");
        resize.put("crop", "center");
        return resize;
    }

    /** A model that takes digits of 28 x 28 pixels. */
    static void lenet(File models) throws IOException {
        List<String> labels = new ArrayList<>();
        for (int digit = 0; digit < 10; digit++) {
            labels.add(String.valueOf(digit));
        }
        write(models, "lenet", "LeNet", LENET, input(28, "gray", 1, null), labels,
                weights("trained", FROM_MNIST, "MIT"));
    }

    private static Map<String, Object> input(int side, String order, int channels, Object resize) {
        Map<String, Object> input = new LinkedHashMap<>();
        input.put("height", side);
        input.put("width", side);
        input.put("channel_order", order);
        input.put("scale", Collections.nCopies(channels, 1.0 / 255));
        input.put("bias", Collections.nCopies(channels, 0.0));
        input.put("resize", resize);
        return input;
    }

    private static Map<String, Object> weights(String kind, String source, String licence) {
        Map<String, Object> weights = new LinkedHashMap<>();
        weights.put("kind", kind);
        weights.put("source", source);
        weights.put("licence", licence);
        weights.put("sha256", HASH);
        return weights;
    }

    private static void write(
            File models,
            String name,
            String title,
            String citation,
            Object input,
            List<String> labels,
            Map<String, Object> weights)
            throws IOException {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("format", "tflite");
        file.put("path", name + ".tflite");
        file.put("sha256", HASH);
        file.put("bytes", 4);
        file.put("input_node", "image");
        file.put("output_node", "probabilities");
        file.put("intermediate_nodes", Collections.emptyList());
        file.put("recipe", HASH);
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("model", name);
        manifest.put("title", title);
        manifest.put("citation", citation);
        manifest.put("input", input);
        manifest.put("labels", labels);
        manifest.put("label_ids", Collections.emptyList());
        manifest.put("weights", weights);
        manifest.put("schema_version", 1);
        manifest.put("files", Collections.singletonList(file));
        manifest.put("tools", Collections.emptyMap());
        File folder = new File(models, name);
        Files.createDirectories(folder.toPath());
        String json = new Gson().newBuilder().serializeNulls().create().toJson(manifest);
        Files.write(new File(folder, "manifest.json").toPath(), json.getBytes(StandardCharsets.UTF_8));
    }
}
