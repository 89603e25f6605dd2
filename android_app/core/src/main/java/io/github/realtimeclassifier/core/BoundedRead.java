package io.github.realtimeclassifier.core;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reading files of unknown origin without trusting their size. */
public final class BoundedRead {
    private static final int PIECE_BYTES = 1 << 16;

    private BoundedRead() {}

    /**
     * Reads a stream to its end, or one byte more than allowed: a result longer than the limit means "too long".
     *
     * @param stream is not closed.
     * @param limitBytes the most bytes that the caller accepts.
     * @throws IOException the stream cannot be read, or does not fit into the memory.
     */
    public static byte[] upTo(InputStream stream, int limitBytes) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        byte[] piece = new byte[PIECE_BYTES];
        try {
            while (content.size() <= limitBytes) {
                int wanted = (int) Math.min(piece.length, (long) limitBytes + 1 - content.size());
                int count = stream.read(piece, 0, wanted);
                if (count < 0) {
                    break;
                }
                content.write(piece, 0, count);
            }
            return content.toByteArray();
        } catch (OutOfMemoryError error) {
            // It was asked for in one large piece, which was not had: a phone's apps have a few hundred megabytes.
            throw new IOException("it does not fit into the memory", error);
        }
    }

    /**
     * Reads a regular file; see {@link #upTo(InputStream, int)}.
     *
     * @throws IOException there is no such file, it is a folder or a device, or it cannot be read; the message says so.
     */
    public static byte[] upTo(File file, int limitBytes) throws IOException {
        // Asked first: opening a pipe would wait for its writer, and a device may have no end.
        if (!file.isFile()) {
            throw new IOException(file.exists() ? "it is not a regular file" : "there is no such file");
        }
        try (InputStream stream = new FileInputStream(file)) {
            return upTo(stream, limitBytes);
        }
    }
}
