package io.github.realtimeclassifier.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Reading and hashing what cannot be trusted. */
class BoundedReadTest {
    /** Gives zeros for ever, a few at a time. */
    private static final class Endless extends InputStream {
        @Override
        public int read() {
            return 0;
        }

        @Override
        public int read(byte[] target, int start, int length) {
            return Math.min(length, 7);
        }
    }

    @Test
    void readsToTheEndOrOneByteBeyondTheLimit() throws IOException {
        byte[] content = {1, 2, 3};
        assertArrayEquals(content, BoundedRead.upTo(new ByteArrayInputStream(content), 3));
        assertArrayEquals(content, BoundedRead.upTo(new ByteArrayInputStream(content), 2));
        assertArrayEquals(new byte[] {1, 2}, BoundedRead.upTo(new ByteArrayInputStream(content), 1));
        assertEquals(100_001, BoundedRead.upTo(new Endless(), 100_000).length);
        assertEquals(0, BoundedRead.upTo(new ByteArrayInputStream(new byte[0]), 5).length);
    }

    @Test
    void opensRegularFilesOnly() {
        assertThrows(IOException.class, () -> BoundedRead.upTo(new File("/dev/zero"), 5));
        assertThrows(IOException.class, () -> BoundedRead.upTo(new File("."), 5));
    }

    @Test
    void hashesAreTheKnownOnes() {
        assertEquals(
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                Sha256.of("abc".getBytes(StandardCharsets.US_ASCII)));
    }
}
