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

    /** The mean absolute difference of two pictures on white, of 0 to 255; infinite if they differ in size. */
    static double difference(Bitmap one, Bitmap other) {
        if (one.getWidth() != other.getWidth() || one.getHeight() != other.getHeight()) {
            return Double.POSITIVE_INFINITY;
        }
        int[] ones = pixels(one);
        int[] others = pixels(other);
        double sum = 0;
        for (int i = 0; i < ones.length; i++) {
            sum += Math.abs(Color.red(ones[i]) - Color.red(others[i]))
                    + Math.abs(Color.green(ones[i]) - Color.green(others[i]))
                    + Math.abs(Color.blue(ones[i]) - Color.blue(others[i]));
        }
        return sum / (3.0 * ones.length);
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
