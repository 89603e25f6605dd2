package io.github.realtimeclassifier.core.desktop;

import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;
import io.github.realtimeclassifier.core.run.ImageDecoder;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes pictures by the JVM's own ImageIO. As {@code helpers/photos.py}: the stored numbers are read as sRGB,
 * whatever profile lies beside them; 16-bit values keep their high byte; transparent parts are laid on white. A JPEG is
 * turned as its EXIF orientation says.
 */
public final class PictureDecoder implements ImageDecoder {
    // The names of a PNG's pieces, IDAT and IEND, as big-endian integers.
    private static final int PIXELS = 0x49444154;
    private static final int END = 0x49454e44;

    @Override
    public ArgbImage decode(byte[] content, String name) throws ImageException {
        boolean png = content.length > 8 && (content[0] & 0xff) == 0x89 && content[1] == 'P';
        boolean jpeg = content.length > 3 && (content[0] & 0xff) == 0xff && (content[1] & 0xff) == 0xd8;
        if (!png && !jpeg) {
            throw new ImageException("expected " + name + " to be a PNG or JPEG picture, received "
                    + (content.length == 0 ? "an empty file" : "a file of another kind") + "; save it as PNG");
        }
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(png ? "png" : "jpeg");
        ImageReader reader = readers.next();
        // In memory: ImageIO would else write a copy to the disk.
        try (ImageInputStream stream = new MemoryCacheImageInputStream(
                new ByteArrayInputStream(content))) {
            reader.setInput(stream, true, true);
            ArgbImage.checkSize(reader.getWidth(0), reader.getHeight(0));
            if (png) {
                checkPng(content);
            }
            final List<String> warnings = new ArrayList<>();
            reader.addIIOReadWarningListener(new IIOReadWarningListener() {
                @Override
                public void warningOccurred(ImageReader source, String warning) {
                    warnings.add(warning);
                }
            });
            ArgbImage stored = pixels(reader.read(0));
            // Of a JPEG that ends too soon, ImageIO gives what there is, and only warns.
            if (warnings.toString().contains("Missing EOI")) {
                throw new IOException("it ends too soon");
            }
            return jpeg ? ExifOrientation.read(content).upright(stored) : stored;
        } catch (IOException | RuntimeException error) {
            // ImageIO's readers throw many kinds of exceptions for damaged files, and list none of them.
            throw new ImageException("expected " + name + " to be a whole PNG or JPEG picture that Java can read, "
                    + "received a damaged or unusual one: " + error.getMessage() + "; save it anew as PNG", error);
        } finally {
            reader.dispose();
        }
    }

    /** Looks for a PNG's end, and compares the checksums of its pixels, which ImageIO leaves out. */
    private static void checkPng(byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        int position = 8;
        while (position + 12 <= content.length) {
            int length = bytes.getInt(position);
            int kind = bytes.getInt(position + 4);
            if (kind == END) {
                return;
            }
            if (length < 0 || length > content.length - position - 12) {
                break;
            }
            if (kind == PIXELS) {
                CRC32 checksum = new CRC32();
                checksum.update(content, position + 4, 4 + length);
                if ((int) checksum.getValue() != bytes.getInt(position + 8 + length)) {
                    throw new IOException("the checksum of its pixels is wrong");
                }
            }
            position += 12 + length;
        }
        throw new IOException("its end is missing");
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
                argb[i] = onWhite((argb[i] >> 16) & 0xff, (argb[i] >> 8) & 0xff, argb[i] & 0xff, argb[i] >>> 24);
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
                argb[pixel++] = onWhite(red, green, blue, alpha);
            }
        }
        return new ArgbImage(argb, width, height);
    }

    private static int onWhite(int red, int green, int blue, int alpha) {
        return 0xff000000 | onWhite(red, alpha) << 16 | onWhite(green, alpha) << 8 | onWhite(blue, alpha);
    }

    private static int onWhite(int value, int alpha) {
        return (2 * (value * alpha + 255 * (255 - alpha)) + 255) / 510;
    }
}
