package io.github.realtimeclassifier.core.run;

import io.github.realtimeclassifier.core.BoundedRead;
import io.github.realtimeclassifier.core.ImageException;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * An array of uint8 in MNIST's IDX format: two zero bytes, the type code 8, the number of dimensions, each dimension's
 * size as 32-bit integer with the most significant byte first, then the values. It may be gzipped. Immutable.
 */
final class IdxFile {
    private static final int LARGEST_BYTES = 400_000_000;
    private static final int UINT8 = 0x08;
    private static final int GZIP_FIRST = 0x1f;
    private static final int GZIP_SECOND = 0x8b;

    private final int[] shape;
    private final byte[] content;
    private final int start;

    private IdxFile(int[] shape, byte[] content, int start) {
        this.shape = shape;
        this.content = content;
        this.start = start;
    }

    /**
     * Reads a file.
     *
     * @throws ImageException it is anything else, damaged or too large.
     */
    static IdxFile read(File file) throws ImageException {
        byte[] content;
        try {
            content = BoundedRead.upTo(file, LARGEST_BYTES);
            if (content.length > 2 && (content[0] & 0xff) == GZIP_FIRST && (content[1] & 0xff) == GZIP_SECOND) {
                // Bounded as well: a few gzipped bytes can become gigabytes.
                content = BoundedRead.upTo(new GZIPInputStream(new ByteArrayInputStream(content)), LARGEST_BYTES);
            }
        } catch (IOException error) {
            throw new ImageException("cannot read " + file + ": " + error.getMessage()
                    + "; correct the path, or fetch the file again", error);
        }
        int dimensions = content.length < 4 ? 0 : content[3];
        int header = 4 + 4 * dimensions;
        if (content.length > LARGEST_BYTES || content.length < header || dimensions < 1 || dimensions > 4
                || content[0] != 0 || content[1] != 0 || content[2] != UINT8) {
            throw refused(file, content.length + " bytes with another beginning");
        }
        int[] shape = new int[dimensions];
        long length = 1;
        for (int i = 0; i < dimensions; i++) {
            shape[i] = ByteBuffer.wrap(content).getInt(4 + 4 * i);
            length = shape[i] < 1 || length > LARGEST_BYTES ? Long.MAX_VALUE : length * shape[i];
        }
        if (length != content.length - header) {
            throw refused(file, content.length + " bytes that say to have the shape " + Arrays.toString(shape));
        }
        return new IdxFile(shape, content, header);
    }

    private static ImageException refused(File file, String received) {
        return new ImageException("expected " + file + " to be an IDX file of at most " + LARGEST_BYTES
                + " uint8 values in 1 to 4 dimensions, received " + received + "; give a file in MNIST's format");
    }

    /** How many dimensions there are. */
    int dimensions() {
        return shape.length;
    }

    /** The size of a dimension. */
    int size(int dimension) {
        return shape[dimension];
    }

    /** A value of 0-255, counted in the order of the file. */
    int value(int index) {
        return content[start + index] & 0xff;
    }
}
