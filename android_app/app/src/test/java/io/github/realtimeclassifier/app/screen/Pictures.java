package io.github.realtimeclassifier.app.screen;

import android.graphics.Bitmap;
import android.graphics.BitmapFactory;
import android.graphics.Canvas;
import android.graphics.Color;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;

/** Picture files of the tests. */
final class Pictures {
    // At half a screen's size: two or three letters.
    private static final int SQUARE = 16;

    private Pictures() {}

    /** Writes a PNG file. */
    static void save(Bitmap bitmap, File file) throws IOException {
        Files.createDirectories(file.getParentFile().toPath());
        try (FileOutputStream stream = new FileOutputStream(file)) {
            if (!bitmap.compress(Bitmap.CompressFormat.PNG, 100, stream)) {
                throw new IOException("cannot write " + file);
            }
        }
    }

    /** Reads a picture file. */
    static Bitmap read(File file) throws IOException {
        Bitmap bitmap = BitmapFactory.decodeFile(file.toString());
        if (bitmap == null) {
            throw new IOException("expected a picture in " + file);
        }
        return bitmap;
    }

    /** A picture at half its size, each pixel the mean of four: as helpers/screenshots.py makes the committed ones. */
    static Bitmap half(Bitmap picture) {
        int width = picture.getWidth() / 2;
        int height = picture.getHeight() / 2;
        int[] from = pixels(picture);
        int[] to = new int[width * height];
        for (int i = 0; i < to.length; i++) {
            int first = i / width * 2 * picture.getWidth() + i % width * 2;
            int below = first + picture.getWidth();
            int[] four = {from[first], from[first + 1], from[below], from[below + 1]};
            int red = 0;
            int green = 0;
            int blue = 0;
            for (int colour : four) {
                red += Color.red(colour);
                green += Color.green(colour);
                blue += Color.blue(colour);
            }
            to[i] = Color.rgb((red + 2) / 4, (green + 2) / 4, (blue + 2) / 4);
        }
        return Bitmap.createBitmap(to, width, height, Bitmap.Config.ARGB_8888);
    }

    /**
     * How much two pictures on white differ at the place where they differ most: the largest mean absolute difference
     * in any square of 16 x 16 pixels, of 0 to 255; infinite if they differ in size. In the mean of a whole picture, a
     * line of text would be next to nothing.
     */
    static double difference(Bitmap one, Bitmap other) {
        if (one.getWidth() != other.getWidth() || one.getHeight() != other.getHeight()) {
            return Double.POSITIVE_INFINITY;
        }
        int width = one.getWidth();
        int height = one.getHeight();
        int[] ones = pixels(one);
        int[] others = pixels(other);
        // What lies above and to the left of each corner: a square's sum is that of four corners.
        long[] sums = new long[(width + 1) * (height + 1)];
        for (int row = 0; row < height; row++) {
            long sum = 0;
            for (int column = 0; column < width; column++) {
                int i = row * width + column;
                sum += Math.abs(Color.red(ones[i]) - Color.red(others[i]))
                        + Math.abs(Color.green(ones[i]) - Color.green(others[i]))
                        + Math.abs(Color.blue(ones[i]) - Color.blue(others[i]));
                sums[(row + 1) * (width + 1) + column + 1] = sums[row * (width + 1) + column + 1] + sum;
            }
        }
        long most = 0;
        for (int row = 0; row + SQUARE <= height; row++) {
            for (int column = 0; column + SQUARE <= width; column++) {
                int corner = row * (width + 1) + column;
                int below = corner + SQUARE * (width + 1);
                most = Math.max(most, sums[below + SQUARE] - sums[below] - sums[corner + SQUARE] + sums[corner]);
            }
        }
        return most / (3.0 * SQUARE * SQUARE);
    }

    private static int[] pixels(Bitmap picture) {
        Bitmap onWhite = Bitmap.createBitmap(picture.getWidth(), picture.getHeight(), Bitmap.Config.ARGB_8888);
        onWhite.eraseColor(Color.WHITE);
        new Canvas(onWhite).drawBitmap(picture, 0, 0, null);
        int[] pixels = new int[picture.getWidth() * picture.getHeight()];
        onWhite.getPixels(pixels, 0, picture.getWidth(), 0, 0, picture.getWidth(), picture.getHeight());
        return pixels;
    }
}
