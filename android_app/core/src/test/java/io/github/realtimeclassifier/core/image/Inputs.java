package io.github.realtimeclassifier.core.image;

import io.github.realtimeclassifier.core.json.JsonException;
import io.github.realtimeclassifier.core.json.StrictJson;
import java.nio.charset.StandardCharsets;

/** Networks' inputs for tests, written as the manifest writes them. */
public final class Inputs {
    private Inputs() {}

    public static ImageInput of(String json) {
        try {
            return ImageInput.read(StrictJson.readObject(json.getBytes(StandardCharsets.UTF_8)));
        } catch (JsonException error) {
            throw new AssertionError(error);
        }
    }

    public static ImageInput colour(int height, int width, int shorterSide, String order) {
        return of(("{'height': %d, 'width': %d, 'channel_order': '%s', 'scale': [0.0171, 0.0175, 0.0174],"
                        + " 'bias': [-2.1, -2.03, -1.8], 'resize': {'shorter_side': %d}}")
                .formatted(height, width, order, shorterSide)
                .replace('\'', '"'));
    }

    public static ImageInput gray(int height, int width, int shorterSide) {
        String resize = shorterSide == 0 ? "null" : "{'shorter_side': " + shorterSide + "}";
        return of(("{'height': %d, 'width': %d, 'channel_order': 'gray', 'scale': [0.00392156862745098],"
                        + " 'bias': [0.0], 'resize': %s}")
                .formatted(height, width, resize)
                .replace('\'', '"'));
    }
}
