package io.github.realtimeclassifier.core.image;

/**
 * Preprocessing as one writes it down first, from the text of {@code helpers/preprocess.py} and nothing else: convert
 * the whole frame, turn it, resize it whole, cut it, scale it, with a new array for each step. The {@link Preprocessor}
 * has to give the same bits.
 */
final class StraightforwardPreprocessor {
    private StraightforwardPreprocessor() {}

    static int[][] upright(int[] argb, int width, int height, Rotation rotation) {
        int[][] picture = new int[height][width];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                picture[row][column] = argb[row * width + column];
            }
        }
        for (int degrees = 0; degrees < rotation.degrees(); degrees += 90) {
            int[][] turned = new int[picture[0].length][picture.length];
            for (int row = 0; row < turned.length; row++) {
                for (int column = 0; column < turned[0].length; column++) {
                    turned[row][column] = picture[picture.length - 1 - column][row];
                }
            }
            picture = turned;
        }
        return picture;
    }

    static int[][][] channels(int[][] picture, boolean gray) {
        int[][][] values = new int[picture.length][picture[0].length][];
        for (int row = 0; row < picture.length; row++) {
            for (int column = 0; column < picture[0].length; column++) {
                int red = picture[row][column] >> 16 & 255;
                int green = picture[row][column] >> 8 & 255;
                int blue = picture[row][column] & 255;
                int luma = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;
                values[row][column] = gray ? new int[] {luma} : new int[] {red, green, blue};
            }
        }
        return values;
    }

    /** One pass along the rows. */
    static int[][][] resampled(int[][][] old, int newLength) {
        int oldLength = old[0].length;
        int channels = old[0][0].length;
        double step = (double) oldLength / newLength;
        double reach = Math.max(step, 1);
        int[][][] result = new int[old.length][newLength][channels];
        for (int i = 0; i < newLength; i++) {
            double centre = (i + 0.5) * step;
            int first = Math.max((int) Math.floor(centre - reach + 0.5), 0);
            int end = Math.min((int) Math.floor(centre + reach + 0.5), oldLength);
            double[] weights = new double[end - first];
            double sum = 0;
            for (int j = first; j < end; j++) {
                weights[j - first] = Math.max(1 - Math.abs((j - centre + 0.5) * (1 / reach)), 0);
                sum += weights[j - first];
            }
            for (int row = 0; row < old.length; row++) {
                for (int channel = 0; channel < channels; channel++) {
                    long total = 1 << 21;
                    for (int j = first; j < end; j++) {
                        long weight = (long) Math.floor(weights[j - first] / sum * 4194304.0 + 0.5);
                        total += weight * old[row][j][channel];
                    }
                    result[row][i][channel] = (int) Math.max(0, Math.min(255, total >> 22));
                }
            }
        }
        return result;
    }

    static int[][][] transposed(int[][][] old) {
        int[][][] result = new int[old[0].length][old.length][];
        for (int row = 0; row < result.length; row++) {
            for (int column = 0; column < old.length; column++) {
                result[row][column] = old[column][row];
            }
        }
        return result;
    }

    static byte[] fitted(int[] argb, int width, int height, Rotation rotation, ImageInput input) {
        int[][][] picture = channels(upright(argb, width, height, rotation), input.channels() == 1);
        if (input.resize().resizes()) {
            int side = input.resize().shorterSide();
            int longer = Math.max(width, height);
            int shorter = Math.min(width, height);
            int resized = (int) (((long) longer * side + shorter / 2) / shorter);
            boolean upright = picture.length <= picture[0].length;
            picture = resampled(picture, upright ? resized : side);
            picture = transposed(resampled(transposed(picture), upright ? side : resized));
        }
        int top = (picture.length - input.height()) / 2;
        int left = (picture[0].length - input.width()) / 2;
        byte[] fitted = new byte[input.length()];
        int at = 0;
        for (int row = 0; row < input.height(); row++) {
            for (int column = 0; column < input.width(); column++) {
                for (int value : picture[top + row][left + column]) {
                    fitted[at++] = (byte) value;
                }
            }
        }
        return fitted;
    }

    static float[] tensor(byte[] fitted, ImageInput input) {
        float[] tensor = new float[fitted.length];
        int channels = input.channels();
        for (int pixel = 0; pixel < fitted.length / channels; pixel++) {
            for (int channel = 0; channel < channels; channel++) {
                int from = input.channelOrder() == ChannelOrder.BGR ? channels - 1 - channel : channel;
                float value = fitted[pixel * channels + from] & 255;
                float scaled = value * input.scale(channel);
                tensor[pixel * channels + channel] = scaled + input.bias(channel);
            }
        }
        return tensor;
    }

    static float[] preprocessed(YuvFrame frame, Rotation rotation, ImageInput input) {
        int[] argb = new int[frame.width() * frame.height()];
        frame.toArgb(argb);
        return tensor(fitted(argb, frame.width(), frame.height(), rotation, input), input);
    }
}
