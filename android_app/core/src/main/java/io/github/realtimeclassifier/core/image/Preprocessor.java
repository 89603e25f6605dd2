package io.github.realtimeclassifier.core.image;

import io.github.realtimeclassifier.core.ImageException;
import java.util.Arrays;

/**
 * Turns pictures of one size into a network's input tensor: turned upright, resized and cropped, then scaled. Paper,
 * section II.B.2: with TensorFlow for Mobile, an app has to do this itself.
 *
 * <p>Bit for bit what {@code helpers/preprocess.py} defines. A gray network reads the gray of the colours. The weights
 * of the resize rule are computed once; after that, nothing is allocated. For one thread at a time.
 */
public final class Preprocessor {
    /** The longest side that a picture may have after resizing and before cropping, in pixels. */
    public static final int LONGEST_RESIZED_SIDE = 16_384;

    private static final int LEVELS = 256;

    private final ImageInput input;
    private final int sourceWidth;
    private final int sourceHeight;
    private final Resampling columns;
    private final Resampling rows;
    private final ArgbRows argbRows;
    private final YuvRows yuvRows;

    // One row of the picture, the rows of the network's width that the next rows are made of, and one row's sums.
    private final int[] sourceRow;
    private final int[][] narrowRows;
    private final int[] sums;
    private final byte[] fitted;

    // What each level of each channel of the tensor becomes.
    private final float[][] tensorValues;

    private Preprocessor(
            ImageInput input,
            int sourceWidth,
            int sourceHeight,
            Resampling columns,
            Resampling rows,
            ArgbRows argbRows,
            YuvRows yuvRows) {
        this.input = input;
        this.sourceWidth = sourceWidth;
        this.sourceHeight = sourceHeight;
        this.columns = columns;
        this.rows = rows;
        this.argbRows = argbRows;
        this.yuvRows = yuvRows;
        sourceRow = new int[columns.span() * input.channels()];
        narrowRows = new int[rows.longest()][input.width() * input.channels()];
        sums = new int[input.width() * input.channels()];
        fitted = new byte[input.length()];
        tensorValues = new float[input.channels()][LEVELS];
        for (int channel = 0; channel < input.channels(); channel++) {
            for (int level = 0; level < LEVELS; level++) {
                tensorValues[channel][level] = level * input.scale(channel) + input.bias(channel);
            }
        }
    }

    /**
     * Prepares for pictures of one size.
     *
     * @param width the pictures' columns, before they are turned.
     * @param height the pictures' rows, before they are turned.
     * @param rotation how they are turned to stand upright.
     * @throws ImageException the network cannot take pictures of that size.
     */
    public static Preprocessor create(ImageInput input, int width, int height, Rotation rotation)
            throws ImageException {
        ArgbImage.checkSize(width, height);
        int uprightWidth = rotation.isSideways() ? height : width;
        int uprightHeight = rotation.isSideways() ? width : height;
        String received = "received one of " + uprightHeight + " x " + uprightWidth + " (height x width)";
        if (!input.resize().resizes() && (uprightWidth != input.width() || uprightHeight != input.height())) {
            throw new ImageException("expected a picture of " + input.height() + " x " + input.width()
                    + ", because this network has no resize rule; " + received + "; resize or crop it first");
        }
        long newWidth = input.resize().resizedSide(uprightWidth, uprightHeight);
        long newHeight = input.resize().resizedSide(uprightHeight, uprightWidth);
        if (Math.max(newWidth, newHeight) > LONGEST_RESIZED_SIDE) {
            throw new ImageException("expected a picture that resizes to sides of at most " + LONGEST_RESIZED_SIDE
                    + " pixels; " + received + ", which would become " + newHeight + " x " + newWidth
                    + "; crop it to a less extreme shape first");
        }
        boolean gray = input.channelOrder() == ChannelOrder.GRAY;
        return new Preprocessor(
                input,
                width,
                height,
                resampling(uprightWidth, (int) newWidth, input.width()),
                resampling(uprightHeight, (int) newHeight, input.height()),
                new ArgbRows(width, height, rotation, gray),
                new YuvRows(width, height, rotation, gray));
    }

    private static Resampling resampling(int oldLength, int newLength, int cropLength) {
        return Resampling.create(oldLength, newLength, (newLength - cropLength) / 2, cropLength);
    }

    /** The network's input. */
    public ImageInput input() {
        return input;
    }

    /**
     * Turns a picture into the network's input.
     *
     * @param argb row by row, 0xAARRGGBB; the alpha byte is not looked at.
     * @param tensor gets height x width x channels numbers, row by row, a pixel's channels together in the network's
     *     channel order.
     */
    public void preprocess(int[] argb, float[] tensor) {
        fit(argb, fitted);
        toTensor(fitted, tensor);
    }

    /** Turns a camera frame into the network's input; see {@link #preprocess(int[], float[])}. */
    public void preprocess(YuvFrame frame, float[] tensor) {
        fit(frame, fitted);
        toTensor(fitted, tensor);
    }

    /**
     * Does the first half: brings a picture to the network's size.
     *
     * @param target gets height x width x channels values of 0-255, a pixel's red, green and blue together whatever the
     *     network's channel order.
     */
    public void fit(int[] argb, byte[] target) {
        if (argb.length < sourceWidth * sourceHeight) {
            throw new IllegalArgumentException("expected " + sourceWidth + " x " + sourceHeight
                    + " pixels (width x height), received " + argb.length);
        }
        fit(argbRows.of(argb), target);
    }

    /** Does the first half for a camera frame; see {@link #fit(int[], byte[])}. */
    public void fit(YuvFrame frame, byte[] target) {
        if (frame.width() != sourceWidth || frame.height() != sourceHeight) {
            throw new IllegalArgumentException("expected a frame of " + sourceWidth + " x " + sourceHeight
                    + " pixels (width x height), received " + frame.width() + " x " + frame.height());
        }
        fit(yuvRows.of(frame), target);
    }

    /**
     * Does the second half: scales a picture of the network's size.
     *
     * @param pixels as {@link #fit(int[], byte[])} gives them.
     * @param tensor gets the network's input.
     */
    public void toTensor(byte[] pixels, float[] tensor) {
        int channels = input.channels();
        for (int channel = 0; channel < channels; channel++) {
            float[] values = tensorValues[channel];
            int from = input.channelOrder() == ChannelOrder.BGR ? channels - 1 - channel : channel;
            for (int at = 0; at < input.length(); at += channels) {
                tensor[at + channel] = values[pixels[at + from] & 0xff];
            }
        }
    }

    private void fit(UprightRows source, byte[] target) {
        int next = rows.first(0);
        for (int row = 0; row < rows.length(); row++) {
            // Only the rows that the crop keeps are narrowed, each once; as many stay in memory as one new row needs.
            for (; next < rows.end(row); next++) {
                source.read(next, columns.first(0), columns.span(), sourceRow);
                narrow(narrowRows[next % narrowRows.length]);
            }
            combine(row, target);
        }
    }

    /** The first pass: along the row. */
    private void narrow(int[] target) {
        if (input.channels() == 1) {
            narrowGray(target);
        } else {
            narrowColour(target);
        }
    }

    private void narrowGray(int[] target) {
        int[] weights = columns.weights();
        for (int column = 0; column < target.length; column++) {
            int sum = Resampling.ROUNDING;
            int from = columns.first(column) - columns.first(0);
            for (int k = columns.start(column); k < columns.start(column + 1); k++) {
                sum += weights[k] * sourceRow[from++];
            }
            target[column] = level(sum);
        }
    }

    private void narrowColour(int[] target) {
        int[] weights = columns.weights();
        for (int column = 0, at = 0; at < target.length; column++) {
            int red = Resampling.ROUNDING;
            int green = Resampling.ROUNDING;
            int blue = Resampling.ROUNDING;
            int from = 3 * (columns.first(column) - columns.first(0));
            for (int k = columns.start(column); k < columns.start(column + 1); k++) {
                int weight = weights[k];
                red += weight * sourceRow[from++];
                green += weight * sourceRow[from++];
                blue += weight * sourceRow[from++];
            }
            target[at++] = level(red);
            target[at++] = level(green);
            target[at++] = level(blue);
        }
    }

    /** The second pass: along the columns, all of a row at once. */
    private void combine(int row, byte[] target) {
        Arrays.fill(sums, Resampling.ROUNDING);
        int[] weights = rows.weights();
        int k = rows.start(row);
        for (int old = rows.first(row); old < rows.end(row); old++) {
            int weight = weights[k++];
            int[] narrow = narrowRows[old % narrowRows.length];
            for (int at = 0; at < sums.length; at++) {
                sums[at] += weight * narrow[at];
            }
        }
        int to = row * sums.length;
        for (int sum : sums) {
            target[to++] = (byte) level(sum);
        }
    }

    // No weight is negative, so neither is a sum.
    private static int level(int sum) {
        return Math.min(sum >> Resampling.WEIGHT_BITS, 255);
    }
}
