package io.github.realtimeclassifier.core.run;

/** One channel of an input tensor, summed up: a wrong scale, bias or channel order shows here first. Immutable. */
public final class TensorSpread {
    private final float min;
    private final double mean;
    private final float max;

    private TensorSpread(float min, double mean, float max) {
        this.min = min;
        this.mean = mean;
        this.max = max;
    }

    /**
     * Sums up a channel.
     *
     * @param tensor a pixel's channels lie together.
     * @param channels how many there are.
     * @param channel which one is wanted.
     */
    static TensorSpread of(float[] tensor, int channels, int channel) {
        float min = tensor[channel];
        float max = tensor[channel];
        double sum = 0;
        for (int at = channel; at < tensor.length; at += channels) {
            min = Math.min(min, tensor[at]);
            max = Math.max(max, tensor[at]);
            sum += tensor[at];
        }
        return new TensorSpread(min, sum * channels / tensor.length, max);
    }

    /** The smallest number. */
    public float min() {
        return min;
    }

    /** The mean. */
    public double mean() {
        return mean;
    }

    /** The largest number. */
    public float max() {
        return max;
    }
}
