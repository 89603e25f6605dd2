package io.github.realtimeclassifier.core.image;

/**
 * One pass of the resize rule, ready to be applied: which old positions make a new one, and with which weights. Only
 * for the new positions that the crop keeps. The rule's text is in {@code ResizeRule} of {@code helpers/preprocess.py}:
 * the float64 operations here are its operations in its order, and what they give are the integers it asks for.
 */
final class Resampling {
    /** Weights are integers in units of 2^-22. */
    static final int WEIGHT_BITS = 22;

    /** Half a unit, so that shifting rounds. */
    static final int ROUNDING = 1 << (WEIGHT_BITS - 1);

    private final int[] firsts;
    private final int[] starts;
    private final int[] weights;

    private Resampling(int[] firsts, int[] starts, int[] weights) {
        this.firsts = firsts;
        this.starts = starts;
        this.weights = weights;
    }

    /**
     * Computes the weights that turn {@code oldLength} values into {@code newLength}.
     *
     * @param cropStart the first new position that is kept.
     * @param cropLength how many are kept.
     */
    static Resampling create(int oldLength, int newLength, int cropStart, int cropLength) {
        double step = (double) oldLength / newLength;
        double reach = Math.max(step, 1.0);
        double slope = 1 / reach;
        int[] firsts = new int[cropLength];
        int[] starts = new int[cropLength + 1];
        for (int i = 0; i < cropLength; i++) {
            double centre = (cropStart + i + 0.5) * step;
            firsts[i] = Math.max((int) Math.floor(centre - reach + 0.5), 0);
            int end = Math.min((int) Math.floor(centre + reach + 0.5), oldLength);
            starts[i + 1] = starts[i] + end - firsts[i];
        }
        int[] weights = new int[starts[cropLength]];
        for (int i = 0; i < cropLength; i++) {
            double centre = (cropStart + i + 0.5) * step;
            double sum = 0;
            for (int j = firsts[i]; j < firsts[i] + starts[i + 1] - starts[i]; j++) {
                sum += weight(j, centre, slope);
            }
            for (int k = starts[i]; k < starts[i + 1]; k++) {
                double weight = weight(firsts[i] + k - starts[i], centre, slope);
                weights[k] = (int) Math.floor(weight / sum * (1 << WEIGHT_BITS) + 0.5);
            }
        }
        return new Resampling(firsts, starts, weights);
    }

    private static double weight(int old, double centre, double slope) {
        return Math.max(1 - Math.abs((old - centre + 0.5) * slope), 0.0);
    }

    /** How many new positions there are. */
    int length() {
        return firsts.length;
    }

    /** The first old position that a new one is made of; never less than that of the new position before. */
    int first(int i) {
        return firsts[i];
    }

    /** The old position after the last one that a new one is made of. */
    int end(int i) {
        return firsts[i] + starts[i + 1] - starts[i];
    }

    /** Where a new position's weights begin in {@link #weights}. */
    int start(int i) {
        return starts[i];
    }

    /** All weights, those of one new position after those of another; not a copy. */
    int[] weights() {
        return weights;
    }

    /** The old positions from {@link #first first(0)} on that are needed in all. */
    int span() {
        return end(length() - 1) - first(0);
    }

    /** The most old positions that one new position is made of. */
    int longest() {
        int longest = 0;
        for (int i = 0; i < length(); i++) {
            longest = Math.max(longest, end(i) - first(i));
        }
        return longest;
    }
}
