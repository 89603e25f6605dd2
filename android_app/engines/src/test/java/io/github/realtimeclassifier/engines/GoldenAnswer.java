package io.github.realtimeclassifier.engines;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.realtimeclassifier.core.Sha256;
import io.github.realtimeclassifier.core.desktop.PictureDecoder;
import io.github.realtimeclassifier.core.image.ArgbImage;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Preprocessor;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.image.YuvFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What Keras says of a golden picture or camera frame; {@code helpers/golden_probabilities.py} defines the files. */
final class GoldenAnswer {
    private static final Path FOLDER = Path.of(System.getProperty("golden.dir"));

    final String model;
    final String weightsSha256;
    final String input;
    final double largestError;
    private final float[] logProbabilities;
    private final double smallestProbability;
    private final double leastLogarithm;
    private final Rotation rotation;

    private GoldenAnswer(JsonObject index, JsonObject entry, ByteBuffer content) {
        model = entry.get("model").getAsString();
        weightsSha256 = entry.get("weights_sha256").getAsString();
        input = entry.get("input").getAsString();
        rotation = Rotation.ofDegrees(entry.get("rotation").getAsInt());
        largestError = index.get("largest_error").getAsDouble();
        smallestProbability = index.get("smallest_probability").getAsDouble();
        leastLogarithm = index.get("least_logarithm").getAsDouble();
        logProbabilities = new float[entry.get("classes").getAsInt()];
        content.asFloatBuffer().position(entry.get("start").getAsInt()).get(logProbabilities);
    }

    static List<GoldenAnswer> all() {
        JsonObject index = json("log_probabilities.json");
        byte[] content = bytes(index.get("file").getAsString());
        if (!Sha256.of(content).equals(index.get("sha256").getAsString())) {
            throw new AssertionError("expected the numbers that the index names: python -m helpers.golden");
        }
        List<GoldenAnswer> answers = new ArrayList<>();
        for (JsonElement entry : index.getAsJsonArray("entries")) {
            answers.add(new GoldenAnswer(
                    index, entry.getAsJsonObject(), ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN)));
        }
        return answers;
    }

    /** The relative error of a class' log-probability that is the largest, by the rule that the files' maker states. */
    double error(float[] probabilities) {
        double largest = 0;
        for (int k = 0; k < logProbabilities.length; k++) {
            double difference = Math.log(Math.max(probabilities[k], smallestProbability)) - logProbabilities[k];
            // Once NaN, it stays NaN, which no comparison lets pass.
            largest = Math.max(
                    largest, Math.abs(difference) / Math.max(Math.abs(logProbabilities[k]), leastLogarithm));
        }
        return largest;
    }

    /** The network's input, made as the app makes it: pictures from their pixels, frames from Y, U and V. */
    float[] tensor(ImageInput expected) throws Exception {
        if (!isFrame()) {
            return tensor(picture(), Rotation.DEGREES_0, expected);
        }
        YuvFrame frame = frame();
        float[] tensor = new float[expected.length()];
        Preprocessor.create(expected, frame.width(), frame.height(), rotation).preprocess(frame, tensor);
        return tensor;
    }

    /** The same, with a mistake: red and blue exchanged; of a gray network, black and white. */
    float[] wrongTensor(ImageInput expected) throws Exception {
        ArgbImage image = isFrame() ? colours(frame()) : picture();
        int[] wrong = image.pixels().clone();
        for (int i = 0; i < wrong.length; i++) {
            int argb = wrong[i];
            wrong[i] = expected.channels() == 1
                    ? argb ^ 0xffffff
                    : argb & 0xff00ff00 | (argb & 0xff) << 16 | argb >> 16 & 0xff;
        }
        return tensor(new ArgbImage(wrong, image.width(), image.height()), rotation, expected);
    }

    private static float[] tensor(ArgbImage image, Rotation rotation, ImageInput expected) throws Exception {
        float[] tensor = new float[expected.length()];
        Preprocessor.create(expected, image.width(), image.height(), rotation).preprocess(image.pixels(), tensor);
        return tensor;
    }

    private boolean isFrame() {
        return input.endsWith(".yuv");
    }

    private ArgbImage picture() throws Exception {
        return new PictureDecoder().decode(bytes(input), input);
    }

    private YuvFrame frame() throws Exception {
        for (JsonElement element : json("golden.json").getAsJsonArray("frames")) {
            JsonObject entry = element.getAsJsonObject();
            if (entry.get("file").getAsString().equals(input)) {
                YuvFrame frame = new YuvFrame(entry.get("width").getAsInt(), entry.get("height").getAsInt());
                byte[] planes = bytes(input);
                int luma = frame.width() * frame.height();
                int chroma = frame.chromaWidth() * frame.chromaHeight();
                frame.copyFrom(
                        ByteBuffer.wrap(planes, 0, luma).slice(),
                        frame.width(),
                        1,
                        ByteBuffer.wrap(planes, luma, chroma).slice(),
                        ByteBuffer.wrap(planes, luma + chroma, chroma).slice(),
                        frame.chromaWidth(),
                        1);
                return frame;
            }
        }
        throw new AssertionError("expected golden.json to list " + input);
    }

    private static ArgbImage colours(YuvFrame frame) throws Exception {
        int[] argb = new int[frame.width() * frame.height()];
        frame.toArgb(argb);
        return new ArgbImage(argb, frame.width(), frame.height());
    }

    private static JsonObject json(String name) {
        return JsonParser.parseString(new String(bytes(name), StandardCharsets.UTF_8))
                .getAsJsonObject();
    }

    private static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(FOLDER.resolve(name));
        } catch (IOException error) {
            throw new AssertionError("run the tests with Maven, or set -Dgolden.dir", error);
        }
    }
}
