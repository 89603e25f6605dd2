package io.github.realtimeclassifier.core.desktop;

import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;
import io.github.realtimeclassifier.core.image.ExifOrientation;
import io.github.realtimeclassifier.core.image.WholePicture;
import io.github.realtimeclassifier.core.run.ImageDecoder;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes pictures by the JVM's own ImageIO. As {@code helpers/photos.py}: the stored numbers are read as sRGB,
 * whatever profile lies beside them; 16-bit values keep their high byte; transparent parts are laid on white. A JPEG is
 * turned as its EXIF orientation says.
 */
public final class PictureDecoder implements ImageDecoder {
    @Override
    public ArgbImage decode(byte[] content, String name) throws ImageException {
        WholePicture.checkKind(content, name);
        boolean png = WholePicture.isPng(content);
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(png ? "png" : "jpeg");
        ImageReader reader = readers.next();
        // In memory: ImageIO would else write a copy to the disk.
        try (ImageInputStream stream = new MemoryCacheImageInputStream(
                new ByteArrayInputStream(content))) {
            reader.setInput(stream, true, true);
            ArgbImage.checkSize(reader.getWidth(0), reader.getHeight(0));
            // ImageIO leaves a PNG's checksums out, and of a JPEG that ends too soon it gives what there is.
            WholePicture.check(content);
            ArgbImage stored = pixels(reader.read(0));
            return png ? stored : ExifOrientation.read(content).upright(stored);
        } catch (IOException | RuntimeException | OutOfMemoryError error) {
            throw refused(name, error);
        } finally {
            reader.dispose();
        }
    }

    /** ImageIO's readers throw many kinds of exceptions for damaged files, and list none of them. */
    static ImageException refused(String name, Throwable error) {
        // A lack of memory comes as itself or, from inside a reader, as the cause of an IOException. It was asked for
        // in large pieces, none of which was had: there is memory for the next picture.
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                return new ImageException("expected " + name + " to fit into the memory, received a picture that does "
                        + "not; save it smaller", error);
            }
        }
        return new ImageException("expected " + name + " to be a whole PNG or JPEG picture that Java can read, "
                + "received a damaged or unusual one: " + error.getMessage() + "; save it anew as PNG", error);
    }

    private static ArgbImage pixels(BufferedImage image) throws ImageException {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] argb = new int[width * height];
        boolean indexed = image.getColorModel() instanceof IndexColorModel;
        int type = image.getRaster().getTransferType();
        if (indexed || (type != DataBuffer.TYPE_BYTE && type != DataBuffer.TYPE_USHORT)) {
            image.getRGB(0, 0, width, height, argb, 0, width);
            for (int i = 0; i < argb.length; i++) {
                argb[i] = ArgbImage.onWhite(
                        (argb[i] >> 16) & 0xff, (argb[i] >> 8) & 0xff, argb[i] & 0xff, argb[i] >>> 24);
            }
            return new ArgbImage(argb, width, height);
        }
        // The stored numbers: getRGB would convert gray and profiled pictures to other values.
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        int shift = type == DataBuffer.TYPE_USHORT ? 8 : 0;
        int[] row = new int[width * bands];
        for (int y = 0, pixel = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int at = 0; at < row.length; at += bands) {
                int red = row[at] >> shift;
                int green = bands < 3 ? red : row[at + 1] >> shift;
                int blue = bands < 3 ? red : row[at + 2] >> shift;
                int alpha = bands % 2 == 0 ? row[at + bands - 1] >> shift : 255;
                argb[pixel++] = ArgbImage.onWhite(red, green, blue, alpha);
            }
        }
        return new ArgbImage(argb, width, height);
    }
}
