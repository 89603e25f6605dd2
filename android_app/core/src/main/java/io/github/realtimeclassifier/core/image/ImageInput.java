package io.github.realtimeclassifier.core.image;

import io.github.realtimeclassifier.core.json.JsonException;
import io.github.realtimeclassifier.core.json.JsonFields;
import java.util.Locale;

/**
 * What a network expects: tensor = pixel * scale + bias, per channel, in its channel order. The numbers come from the
 * manifest. Immutable.
 */
public final class ImageInput {
    /** The longest side that a network's input or the shorter side of a resized picture may have, in pixels. */
    public static final int LONGEST_SIDE = 4096;

    private final int height;
    private final int width;
    private final ChannelOrder channelOrder;
    private final float[] scale;
    private final float[] bias;
    private final ResizeRule resize;

    private ImageInput(
            int height, int width, ChannelOrder channelOrder, float[] scale, float[] bias, ResizeRule resize) {
        this.height = height;
        this.width = width;
        this.channelOrder = channelOrder;
        this.scale = scale;
        this.bias = bias;
        this.resize = resize;
    }

    /**
     * Reads the manifest's {@code input}.
     *
     * @throws JsonException a field is missing or breaks a rule.
     */
    public static ImageInput read(JsonFields fields) throws JsonException {
        fields.only("height", "width", "channel_order", "scale", "bias", "resize");
        int height = (int) fields.integer("height", 1, LONGEST_SIDE);
        int width = (int) fields.integer("width", 1, LONGEST_SIDE);
        ChannelOrder channelOrder = readChannelOrder(fields);
        int channels = channelOrder.channels();
        float[] scale = fields.floats("scale", channels, channels);
        float[] bias = fields.floats("bias", channels, channels);
        ResizeRule resize = fields.has("resize") ? ResizeRule.read(fields.object("resize")) : ResizeRule.NONE;
        if (resize.resizes() && resize.shorterSide() < Math.max(height, width)) {
            String wanted = "a shorter_side of at least " + Math.max(height, width)
                    + ", so that the middle can be cut out";
            throw fields.wrong("resize", wanted + " (received " + resize.shorterSide() + ")");
        }
        return new ImageInput(height, width, channelOrder, scale, bias, resize);
    }

    private static ChannelOrder readChannelOrder(JsonFields fields) throws JsonException {
        String text = fields.text("channel_order");
        for (ChannelOrder order : ChannelOrder.values()) {
            if (order.name().toLowerCase(Locale.ROOT).equals(text)) {
                return order;
            }
        }
        throw fields.wrong("channel_order", "one of gray, rgb, bgr");
    }

    /** Rows of the input. */
    public int height() {
        return height;
    }

    /** Columns of the input. */
    public int width() {
        return width;
    }

    /** The channels' order in the tensor. */
    public ChannelOrder channelOrder() {
        return channelOrder;
    }

    /** How many channels a pixel has. */
    public int channels() {
        return channelOrder.channels();
    }

    /** How many numbers a tensor has: height x width x channels. */
    public int length() {
        return height * width * channels();
    }

    /** What a pixel of 0-255 is multiplied by. */
    public float scale(int channel) {
        return scale[channel];
    }

    /** What is added after that. */
    public float bias(int channel) {
        return bias[channel];
    }

    /** How pictures are brought to the network's size. */
    public ResizeRule resize() {
        return resize;
    }
}
