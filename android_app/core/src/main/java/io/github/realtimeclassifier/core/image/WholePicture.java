package io.github.realtimeclassifier.core.image;

import io.github.realtimeclassifier.core.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * Whether a PNG or JPEG file is whole. The platforms' decoders give what there is of a damaged one, each in its own
 * way; a picture of which a part is gray must not count in an accuracy.
 */
public final class WholePicture {
    private static final int PNG_SIGNATURE_BYTES = 8;
    private static final int PNG_FRAME_BYTES = 12;
    // The names of a PNG's pieces, IDAT and IEND, as big-endian integers.
    private static final int PNG_PIXELS = 0x49444154;
    private static final int PNG_END = 0x49454e44;

    private static final int JPEG_END = 0xd9;

    private WholePicture() {}

    /** Whether the content begins as a PNG file does. */
    public static boolean isPng(byte[] content) {
        return content.length > PNG_SIGNATURE_BYTES && (content[0] & 0xff) == 0x89 && content[1] == 'P';
    }

    private static boolean isJpeg(byte[] content) {
        return content.length > 3 && (content[0] & 0xff) == 0xff && (content[1] & 0xff) == 0xd8;
    }

    /**
     * Looks at the file's first bytes.
     *
     * @param name what messages call the picture.
     * @throws ImageException it is neither a PNG nor a JPEG file.
     */
    public static void checkKind(byte[] content, String name) throws ImageException {
        if (!isPng(content) && !isJpeg(content)) {
            throw new ImageException("expected " + name + " to be a PNG or JPEG picture, received "
                    + (content.length == 0 ? "an empty file" : "a file of another kind") + "; save it as PNG");
        }
    }

    /**
     * Looks for the file's end, and compares the checksums of a PNG's pixels.
     *
     * @throws IOException it is damaged; the message says how.
     */
    public static void check(byte[] content) throws IOException {
        if (isPng(content)) {
            checkPng(content);
        } else {
            checkJpeg(content);
        }
    }

    private static void checkPng(byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        int position = PNG_SIGNATURE_BYTES;
        while (position + PNG_FRAME_BYTES <= content.length) {
            int length = bytes.getInt(position);
            int kind = bytes.getInt(position + 4);
            if (kind == PNG_END) {
                return;
            }
            if (length < 0 || length > content.length - position - PNG_FRAME_BYTES) {
                break;
            }
            if (kind == PNG_PIXELS) {
                CRC32 checksum = new CRC32();
                checksum.update(content, position + 4, 4 + length);
                if ((int) checksum.getValue() != bytes.getInt(position + 8 + length)) {
                    throw new IOException("the checksum of its pixels is wrong");
                }
            }
            position += PNG_FRAME_BYTES + length;
        }
        throw new IOException("its end is missing");
    }

    /** Goes from marker to marker: the picture in the EXIF data, and what a camera puts after the end, end too. */
    private static void checkJpeg(byte[] content) throws IOException {
        int position = 2;
        while (position + 1 < content.length) {
            int marker = content[position + 1] & 0xff;
            if ((content[position] & 0xff) != 0xff || !isMarker(marker)) {
                // A pixel's value, or a filling byte before a marker.
                position++;
            } else if (marker == JPEG_END) {
                return;
            } else if (position + 3 < content.length) {
                // A piece with its length; after that of a scan, its pixels follow until the next marker.
                position += 2 + ((content[position + 2] & 0xff) << 8 | content[position + 3] & 0xff);
            } else {
                break;
            }
        }
        throw new IOException("it ends too soon");
    }

    /** Whether a byte after 0xff begins a piece: among the pixels, 0 stands for 0xff itself, d0 to d7 count rows. */
    private static boolean isMarker(int value) {
        return value != 0 && value != 1 && value != 0xff && (value < 0xd0 || value > 0xd8);
    }
}
