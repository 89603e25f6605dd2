package io.github.realtimeclassifier.core;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 hashes, as 64 lower-case hexadecimal digits. */
public final class Sha256 {
    private static final int PIECE_BYTES = 1 << 16;
    private static final String DIGITS = "0123456789abcdef";

    private Sha256() {}

    /** The hash of some bytes. */
    public static String of(byte[] content) {
        return hexadecimal(digest().digest(content));
    }

    /**
     * The hash of a file, read in pieces.
     *
     * @throws IOException the file cannot be read.
     */
    public static String of(File file) throws IOException {
        MessageDigest digest = digest();
        byte[] piece = new byte[PIECE_BYTES];
        try (InputStream stream = new FileInputStream(file)) {
            for (int count = stream.read(piece); count >= 0; count = stream.read(piece)) {
                digest.update(piece, 0, count);
            }
        }
        return hexadecimal(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException error) {
            throw new IllegalStateException("every Java platform and every Android has SHA-256", error);
        }
    }

    private static String hexadecimal(byte[] bytes) {
        StringBuilder text = new StringBuilder(2 * bytes.length);
        for (byte value : bytes) {
            text.append(DIGITS.charAt((value >> 4) & 0xf)).append(DIGITS.charAt(value & 0xf));
        }
        return text.toString();
    }
}
