package io.github.realtimeclassifier.core.run;

import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.Sha256;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.Prediction;
import io.github.realtimeclassifier.core.engine.TopK;
import io.github.realtimeclassifier.core.image.ArgbImage;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Preprocessor;
import io.github.realtimeclassifier.core.image.Rotation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What preprocessing and a model made of a golden picture ({@code data/golden}). The hashes say whether the platform
 * prepares pictures bit for bit as the others do. Immutable.
 */
public final class GoldenResult {
    private static final int TOP_COUNT = 5;

    private final String picture;
    private final String fittedSha256;
    private final String tensorSha256;
    private final List<TensorSpread> channels;
    private final List<Prediction> top;

    private GoldenResult(
            String picture,
            String fittedSha256,
            String tensorSha256,
            List<TensorSpread> channels,
            List<Prediction> top) {
        this.picture = picture;
        this.fittedSha256 = fittedSha256;
        this.tensorSha256 = tensorSha256;
        this.channels = Collections.unmodifiableList(channels);
        this.top = Collections.unmodifiableList(top);
    }

    /**
     * Prepares and classifies pictures.
     *
     * @param input the engine's input.
     * @param pictures those that the network cannot take are left out: LeNet takes digits only.
     * @throws DeploymentException a picture cannot be read, or the engine failed.
     * @throws InterruptedException the thread was interrupted.
     */
    public static List<GoldenResult> of(Engine engine, ImageInput input, ImageSet pictures)
            throws DeploymentException, InterruptedException {
        List<GoldenResult> results = new ArrayList<>();
        for (int i = 0; i < pictures.count(); i++) {
            ArgbImage picture = pictures.read(i);
            boolean taken = input.resize().resizes()
                    || (picture.width() == input.width() && picture.height() == input.height());
            if (taken) {
                results.add(of(engine, input, pictures.id(i), picture));
            }
        }
        return results;
    }

    private static GoldenResult of(Engine engine, ImageInput input, String id, ArgbImage picture)
            throws DeploymentException, InterruptedException {
        Preprocessor preprocessor =
                Preprocessor.create(input, picture.width(), picture.height(), Rotation.DEGREES_0);
        byte[] fitted = new byte[input.length()];
        float[] tensor = new float[input.length()];
        float[] probabilities = new float[engine.classes()];
        preprocessor.fit(picture.pixels(), fitted);
        preprocessor.toTensor(fitted, tensor);
        engine.classify(tensor, probabilities);
        List<TensorSpread> channels = new ArrayList<>();
        for (int channel = 0; channel < input.channels(); channel++) {
            channels.add(TensorSpread.of(tensor, input.channels(), channel));
        }
        return new GoldenResult(
                id, Sha256.of(fitted), Sha256.of(bytes(tensor)), channels, TopK.of(probabilities, TOP_COUNT));
    }

    /** A tensor as bytes: float32, the least significant byte first. */
    public static byte[] bytes(float[] tensor) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(tensor);
        return bytes.array();
    }

    /** The picture's name. */
    public String picture() {
        return picture;
    }

    /** The hash of the picture at the network's size, uint8, a pixel's red, green and blue together. */
    public String fittedSha256() {
        return fittedSha256;
    }

    /** The hash of the input tensor; see {@link #bytes}. */
    public String tensorSha256() {
        return tensorSha256;
    }

    /** The input tensor's channels, in the network's order. */
    public List<TensorSpread> channels() {
        return channels;
    }

    /** The most probable classes, the most probable first. */
    public List<Prediction> top() {
        return top;
    }
}
