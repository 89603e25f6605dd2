package io.github.realtimeclassifier.app.image;

import android.graphics.Bitmap;
import android.graphics.BitmapFactory;
import android.graphics.Color;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;
import io.github.realtimeclassifier.core.image.ExifOrientation;
import io.github.realtimeclassifier.core.image.WholePicture;
import io.github.realtimeclassifier.core.run.ImageDecoder;
import java.io.IOException;
import java.nio.IntBuffer;

/**
 * Decodes pictures by Android's BitmapFactory. As {@code helpers/photos.py}: the stored numbers are read as sRGB,
 * whatever profile lies beside them; transparent parts are laid on white; a JPEG is turned as its EXIF orientation
 * says.
 */
public final class BitmapDecoder implements ImageDecoder {
    @Override
    public ArgbImage decode(byte[] content, String name) throws ImageException {
        WholePicture.checkKind(content, name);
        try {
            BitmapFactory.Options options = options();
            options.inJustDecodeBounds = true;
            BitmapFactory.decodeByteArray(content, 0, content.length, options);
            if (options.outWidth < 1 || options.outHeight < 1) {
                throw new IOException("its size cannot be read");
            }
            ArgbImage.checkSize(options.outWidth, options.outHeight);
            WholePicture.check(content);
            Bitmap bitmap = BitmapFactory.decodeByteArray(content, 0, content.length, options());
            if (bitmap == null || bitmap.getConfig() != Bitmap.Config.ARGB_8888) {
                throw new IOException("Android cannot decode it");
            }
            ArgbImage stored = pixels(bitmap);
            return WholePicture.isPng(content) ? stored : ExifOrientation.read(content).upright(stored);
        } catch (IOException | RuntimeException error) {
            throw new ImageException("expected " + name + " to be a whole PNG or JPEG picture that Android can read, "
                    + "received a damaged or unusual one: " + error.getMessage() + "; save it anew as PNG", error);
        } catch (OutOfMemoryError error) {
            throw new ImageException(
                    "expected " + name + " to fit into the phone's memory, received '" + error.getMessage()
                            + "'; save it smaller",
                    error);
        }
    }

    private static BitmapFactory.Options options() {
        BitmapFactory.Options options = new BitmapFactory.Options();
        options.inPreferredConfig = Bitmap.Config.ARGB_8888;
        options.inScaled = false;
        // Multiplied by alpha, a colour cannot be laid on white any more without a rounding.
        options.inPremultiplied = false;
        return options;
    }

    private static ArgbImage pixels(Bitmap bitmap) throws ImageException {
        int[] pixels = new int[bitmap.getWidth() * bitmap.getHeight()];
        // Not getPixels, which would convert the numbers of a picture with a profile of its own.
        bitmap.copyPixelsToBuffer(IntBuffer.wrap(pixels));
        int redAt = redAt();
        int blueAt = 16 - redAt;
        for (int i = 0; i < pixels.length; i++) {
            int stored = pixels[i];
            pixels[i] = ArgbImage.onWhite(
                    (stored >> redAt) & 0xff, (stored >> 8) & 0xff, (stored >> blueAt) & 0xff, stored >>> 24);
        }
        ArgbImage image = new ArgbImage(pixels, bitmap.getWidth(), bitmap.getHeight());
        bitmap.recycle();
        return image;
    }

    /** At which bit of a stored pixel red begins: 0 on a phone, 16 where Android's graphics run on a desktop. */
    private static int redAt() {
        int[] pixel = new int[1];
        Bitmap red = Bitmap.createBitmap(new int[] {Color.RED}, 1, 1, Bitmap.Config.ARGB_8888);
        red.copyPixelsToBuffer(IntBuffer.wrap(pixel));
        return (pixel[0] & 0xff) == 0xff ? 0 : 16;
    }
}
