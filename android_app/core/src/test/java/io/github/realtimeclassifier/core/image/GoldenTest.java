package io.github.realtimeclassifier.core.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.realtimeclassifier.core.Sha256;
import io.github.realtimeclassifier.core.desktop.PictureDecoder;
import io.github.realtimeclassifier.core.run.GoldenResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The golden vectors of {@code data/golden}: the same bits as {@code helpers/preprocess.py} gives, for all six models.
 */
class GoldenTest {
    private static final Path FOLDER = Path.of(System.getProperty("golden.dir"));

    private final JsonObject golden = read();

    private static JsonObject read() {
        try {
            return JsonParser.parseString(Files.readString(FOLDER.resolve("golden.json"))).getAsJsonObject();
        } catch (IOException error) {
            throw new AssertionError("run the tests with Maven, or set -Dgolden.dir", error);
        }
    }

    private ImageInput input(String model) {
        return Inputs.of(golden.getAsJsonObject("inputs").get(model).toString());
    }

    @Test
    void everyPictureGivesTheSameBits() throws Exception {
        int compared = 0;
        for (JsonElement element : golden.getAsJsonArray("pictures")) {
            JsonObject entry = element.getAsJsonObject();
            String file = entry.get("file").getAsString();
            byte[] content = Files.readAllBytes(FOLDER.resolve(file));
            assertEquals(entry.get("sha256").getAsString(), Sha256.of(content), file);
            ArgbImage picture = new PictureDecoder().decode(content, file);
            int channels = entry.get("channels").getAsInt();
            assertEquals(entry.get("pixels_sha256").getAsString(), Sha256.of(bytes(picture, channels)), file);
            for (String model : entry.getAsJsonObject("expected").keySet()) {
                ImageInput input = input(model);
                byte[] fitted = new byte[input.length()];
                float[] tensor = new float[input.length()];
                Preprocessor preprocessor =
                        Preprocessor.create(input, picture.width(), picture.height(), Rotation.DEGREES_0);
                preprocessor.fit(picture.pixels(), fitted);
                preprocessor.preprocess(picture.pixels(), tensor);
                compare(entry.getAsJsonObject("expected").getAsJsonObject(model), fitted, tensor, file + ", " + model);
                compared++;
            }
        }
        assertEquals(7 * 5 + 1, compared);
    }

    @Test
    void everyFrameGivesTheSameBitsInEveryRotation() throws Exception {
        int compared = 0;
        for (JsonElement element : golden.getAsJsonArray("frames")) {
            JsonObject entry = element.getAsJsonObject();
            String file = entry.get("file").getAsString();
            byte[] content = Files.readAllBytes(FOLDER.resolve(file));
            assertEquals(entry.get("sha256").getAsString(), Sha256.of(content), file);
            YuvFrame frame = frame(content, entry.get("width").getAsInt(), entry.get("height").getAsInt());
            int[] argb = new int[frame.width() * frame.height()];
            frame.toArgb(argb);
            JsonArray argbFirst = entry.getAsJsonArray("argb_first");
            for (int i = 0; i < argbFirst.size(); i++) {
                assertEquals(argbFirst.get(i).getAsString(), Integer.toHexString(argb[i]), file + ", pixel " + i);
            }
            ByteBuffer bytes = ByteBuffer.allocate(4 * argb.length);
            bytes.asIntBuffer().put(argb);
            assertEquals(entry.get("argb_sha256").getAsString(), Sha256.of(bytes.array()), file);
            for (JsonElement turned : entry.getAsJsonArray("rotations")) {
                Rotation rotation =
                        Rotation.ofDegrees(turned.getAsJsonObject().get("rotation").getAsInt());
                JsonObject expected = turned.getAsJsonObject().getAsJsonObject("expected");
                for (String model : expected.keySet()) {
                    ImageInput input = input(model);
                    byte[] fitted = new byte[input.length()];
                    float[] tensor = new float[input.length()];
                    Preprocessor preprocessor =
                            Preprocessor.create(input, frame.width(), frame.height(), rotation);
                    preprocessor.fit(frame, fitted);
                    preprocessor.preprocess(frame, tensor);
                    compare(expected.getAsJsonObject(model), fitted, tensor, file + ", " + rotation + ", " + model);
                    compared++;
                }
            }
        }
        assertEquals(4 * 5 + 4 * 6, compared);
    }

    /** The hashes notice a single bit, and the first numbers tell which. */
    @Test
    void aSingleWrongBitIsNoticed() throws Exception {
        JsonObject entry = golden.getAsJsonArray("pictures").get(1).getAsJsonObject();
        String file = entry.get("file").getAsString();
        ArgbImage picture = new PictureDecoder().decode(Files.readAllBytes(FOLDER.resolve(file)), file);
        ImageInput input = input("mobilenet");
        byte[] fitted = new byte[input.length()];
        Preprocessor.create(input, picture.width(), picture.height(), Rotation.DEGREES_0)
                .fit(picture.pixels(), fitted);
        fitted[fitted.length - 1] ^= 1;
        JsonObject expected = entry.getAsJsonObject("expected").getAsJsonObject("mobilenet");
        assertNotEquals(expected.get("fitted_sha256").getAsString(), Sha256.of(fitted));
    }

    private static void compare(JsonObject expected, byte[] fitted, float[] tensor, String which) {
        List<Integer> first = new ArrayList<>();
        JsonArray fittedFirst = expected.getAsJsonArray("fitted_first");
        for (int i = 0; i < fittedFirst.size(); i++) {
            first.add(fitted[i] & 0xff);
        }
        // The numbers first: they make a failure readable.
        assertEquals(fittedFirst.toString().replace(" ", ""), first.toString().replace(" ", ""), which);
        JsonArray tensorFirst = expected.getAsJsonArray("tensor_first");
        for (int i = 0; i < tensorFirst.size(); i++) {
            assertEquals(tensorFirst.get(i).getAsFloat(), tensor[i], 1e-6f, which + ", number " + i);
        }
        assertEquals(expected.get("fitted_sha256").getAsString(), Sha256.of(fitted), which);
        assertEquals(expected.get("tensor_sha256").getAsString(), Sha256.of(GoldenResult.bytes(tensor)), which);
        assertTrue(expected.getAsJsonArray("channels").size() > 0);
    }

    private static byte[] bytes(ArgbImage picture, int channels) {
        byte[] bytes = new byte[picture.width() * picture.height() * channels];
        int at = 0;
        for (int pixel : picture.pixels()) {
            for (int channel = 0; channel < channels; channel++) {
                bytes[at++] = (byte) (pixel >> (16 - 8 * channel));
            }
        }
        return bytes;
    }

    private static YuvFrame frame(byte[] content, int width, int height) throws Exception {
        int luma = width * height;
        int chroma = ((width + 1) / 2) * ((height + 1) / 2);
        assertEquals(luma + 2 * chroma, content.length);
        return YuvFrames.of(
                width,
                height,
                Arrays.copyOf(content, luma),
                Arrays.copyOfRange(content, luma, luma + chroma),
                Arrays.copyOfRange(content, luma + chroma, content.length));
    }
}
