package io.github.realtimeclassifier.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** IDX files that are damaged or lie: images of the size that they say, or one line that tells. */
class BadIdxFilesTest {
    @TempDir
    private Path folder;

    private byte[] good;
    private byte[] zipped;
    private int tried;
    private int refused;

    @BeforeEach
    void makeGoodFiles() throws IOException {
        good = idx(8, 2, 3, 4);
        zipped = gzipped(good);
    }

    private static byte[] idx(int type, int... shape) {
        int values = 1;
        for (int size : shape) {
            values *= size;
        }
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * shape.length + values);
        bytes.put(new byte[] {0, 0, (byte) type, (byte) shape.length});
        for (int size : shape) {
            bytes.putInt(size);
        }
        return bytes.array();
    }

    private static byte[] gzipped(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream stream = new GZIPOutputStream(bytes)) {
            stream.write(content);
        }
        return bytes.toByteArray();
    }

    private File file(byte[] content) throws IOException {
        return Files.write(folder.resolve("images"), content).toFile();
    }

    /** Opens it as images and as labels, and reads every image. */
    private void check(byte[] content) throws Exception {
        File file = file(content);
        tried++;
        try {
            assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
                ImageSet images = IdxImages.open(file);
                for (int i = 0; i < images.count(); i++) {
                    ArgbImage image = images.read(i);
                    assertEquals(image.width() * image.height(), image.pixels().length);
                }
            });
        } catch (Exception error) {
            refused++;
            assertEquals(ImageException.class, error.getClass(), error.toString());
            assertTelling(error.getMessage());
        }
        File goodImages = Files.write(folder.resolve("good"), good).toFile();
        ImageException error = assertThrows(ImageException.class, () -> IdxImages.open(goodImages, file, 10));
        assertTelling(error.getMessage());
    }

    private static void assertTelling(String message) {
        assertTrue(message.startsWith("expected ") || message.startsWith("cannot read "), message);
        assertTrue(message.contains("; ") && message.length() < 600 && !message.contains("\n"), message);
    }

    @Test
    void cutOffAnywhereOrTooLong() throws Exception {
        for (byte[] whole : new byte[][] {good, zipped}) {
            for (int length = 0; length < whole.length; length++) {
                check(Arrays.copyOf(whole, length));
            }
        }
        check(Arrays.copyOf(good, good.length + 1));
        assertEquals(tried, refused);
    }

    @Test
    void anyBitOfTheHeader() throws Exception {
        for (int bit = 0; bit < 8 * 16; bit++) {
            byte[] damaged = good.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            check(damaged);
            check(gzipped(damaged));
        }
        assertEquals(tried, refused);
    }

    @Test
    void randomBytesOfAGzippedFile() throws Exception {
        Random random = new Random(4);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = zipped.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
            check(damaged);
        }
        // The checksum finds all but what gzip does not read, such as the time.
        assertTrue(refused > 200, "" + refused);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 28, 28", "-1, 28, 28", "1, 0, 28", "1, 28, -28", "2147483647, 2147483647, 2147483647", "65536, 65536, 1",
        "1073741824, 4, 1", "-2147483648, -2147483648, 4", "1431655766, 3, 1"
    })
    void dimensionsThatCannotBe(int count, int height, int width) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(16 + 28 * 28).putInt(0x0803).putInt(count).putInt(height).putInt(width);
        check(bytes.array());
        assertEquals(1, refused);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 9, 0x0b, 0x0c, 0x0d, 0x0e, 255})
    void valuesOfAnotherType(int type) throws Exception {
        check(idx(type, 2, 3, 4));
        assertEquals(1, refused);
    }

    /** A file of a few hundred kilobytes that unpacks to more than may be, or than the memory of these tests holds. */
    @ParameterizedTest
    @ValueSource(ints = {390_000_000, 500_000_000})
    void aGzippedFileThatGrows(int length) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream stream = new GZIPOutputStream(bytes)) {
            stream.write(ByteBuffer.allocate(16).putInt(0x0803).putInt(1).putInt(1).putInt(length - 16).array());
            byte[] piece = new byte[1_000_000];
            for (long left = length - 16; left > 0; left -= piece.length) {
                stream.write(piece, 0, (int) Math.min(left, piece.length));
            }
        }
        check(bytes.toByteArray());
        assertEquals(1, refused);
        check(good);
        assertEquals(1, refused);
    }
}
