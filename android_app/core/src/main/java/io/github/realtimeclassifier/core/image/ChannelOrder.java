package io.github.realtimeclassifier.core.image;

/** The channels of a network's input tensor, in their order. */
public enum ChannelOrder {
    GRAY(1),
    RGB(3),
    BGR(3);

    private final int channels;

    ChannelOrder(int channels) {
        this.channels = channels;
    }

    /** How many channels an image has. */
    public int channels() {
        return channels;
    }
}
