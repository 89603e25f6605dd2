package io.github.realtimeclassifier.core.desktop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures that are damaged, lie about themselves, or are none: a picture all the same, or one line that tells. */
class BadPicturesTest {
    private static final int SIDE = 24;
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    private int tried;
    private int refused;

    private static byte[] saved(String format) throws IOException {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(7);
        for (int i = 0; i < SIDE * SIDE; i++) {
            image.setRGB(i % SIDE, i / SIDE, random.nextInt());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, bytes));
        return bytes.toByteArray();
    }

    /** Decodes: a picture of a size that can be, or one line that tells; nothing else, and not for ever. */
    private void check(byte[] content) {
        tried++;
        try {
            ArgbImage image = assertTimeoutPreemptively(
                    Duration.ofMinutes(1), () -> new PictureDecoder().decode(content, "p.png"));
            assertTrue(image.pixels().length >= image.width() * image.height());
        } catch (Exception error) {
            refused++;
            assertEquals(ImageException.class, error.getClass(), error.toString());
            String message = error.getMessage();
            assertTrue(message.contains("expected ") && message.contains("received "), message);
            assertTrue(message.contains("; save it ") && message.length() < 500, message);
            assertTrue(!message.contains("null") && !message.contains("\n"), message);
        }
    }

    private String message(byte[] content) {
        return assertThrows(ImageException.class, () -> new PictureDecoder().decode(content, "p.png")).getMessage();
    }

    @ParameterizedTest
    @CsvSource({"png", "jpeg"})
    void cutOffAnywhere(String format) throws Exception {
        byte[] whole = saved(format);
        for (int length = 0; length < whole.length; length += length < 700 ? 1 : 7) {
            check(Arrays.copyOf(whole, length));
        }
        assertEquals(tried, refused, "a picture that is not whole");
        assertTrue(tried > 300, "" + tried);
    }

    @ParameterizedTest
    @CsvSource({"png, 30", "jpeg, 8"})
    void anyBitOfTheHeadAndManyOfTheRest(String format, int leastPercent) throws Exception {
        byte[] whole = saved(format);
        Random random = new Random(8);
        for (int i = 0; i < 1_500; i++) {
            byte[] damaged = whole.clone();
            int bit = i < 8 * 120 ? i : random.nextInt(8 * whole.length);
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            check(damaged);
        }
        assertTrue(refused >= tried * leastPercent / 100, refused + " of " + tried);
    }

    // PNG files with right checksums and wrong contents

    private static byte[] chunk(String kind, byte[] content) {
        byte[] name = kind.getBytes(StandardCharsets.US_ASCII);
        CRC32 checksum = new CRC32();
        checksum.update(name);
        checksum.update(content);
        return ByteBuffer.allocate(12 + content.length)
                .putInt(content.length)
                .put(name)
                .put(content)
                .putInt((int) checksum.getValue())
                .array();
    }

    private static byte[] png(int width, int height, int depth, int colours, int interlace, byte[]... chunks)
            throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(SIGNATURE);
        file.write(chunk("IHDR", ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put(new byte[] {(byte) depth, (byte) colours, 0, 0, (byte) interlace})
                .array()));
        for (byte[] chunk : chunks) {
            file.write(chunk);
        }
        file.write(chunk("IEND", new byte[0]));
        return file.toByteArray();
    }

    /** Zeros, which deflate to a thousandth. */
    private static byte[] deflated(int count) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream stream = new DeflaterOutputStream(bytes, new Deflater(9))) {
            byte[] piece = new byte[1 << 16];
            for (int left = count; left > 0; left -= piece.length) {
                stream.write(piece, 0, Math.min(left, piece.length));
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void everyKindOfHeader() throws Exception {
        byte[] pixels = chunk("IDAT", deflated(10_000));
        byte[] palette = chunk("PLTE", new byte[3 * 16]);
        for (int depth : new int[] {0, 1, 2, 3, 4, 8, 16, 32, 255}) {
            for (int colours : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 255}) {
                for (int interlace : new int[] {0, 1, 2}) {
                    check(png(5, 4, depth, colours, interlace, pixels));
                    check(png(5, 4, depth, colours, interlace, palette, pixels));
                }
            }
        }
        assertTrue(tried > 400 && refused > tried / 2 && refused < tried, refused + " of " + tried);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 5", "5, 0", "-1, 5", "5, -2147483648", "2147483647, 1", "2147483647, 2147483647", "65536, 65536",
        "64000001, 1", "1, 64000001"
    })
    void aSizeThatCannotBe(int width, int height) throws Exception {
        check(png(width, height, 8, 2, 0, chunk("IDAT", deflated(1_000))));
        assertEquals(1, refused);
    }

    /** Within the limit of pixels, but eight bytes for each are more than the memory of these tests. */
    @Test
    void moreThanTheMemoryHolds() throws Exception {
        byte[] pixels = chunk("IDAT", deflated(8_000 * (1 + 8 * 8_000)));
        String told = message(png(8_000, 8_000, 16, 6, 0, pixels));
        assertTrue(told.contains("memory"), told);
        // It goes on decoding.
        assertEquals(SIDE, new PictureDecoder().decode(saved("png"), "p.png").width());
    }

    /** ImageIO's own way of saying it, when the memory ends inside a reader. */
    @Test
    void aLackOfMemoryBelowAnotherException() {
        OutOfMemoryError cause = new OutOfMemoryError("Java heap space");
        IOException error = new IOException("Caught exception during read: ", new RuntimeException(cause));
        assertTrue(PictureDecoder.refused("p.png", error).getMessage().contains("memory"));
        assertTrue(PictureDecoder.refused("p.png", new IOException("bad")).getMessage().contains("damaged"));
    }

    @Test
    void chunksThatLieOrGrow() throws Exception {
        byte[] pixels = chunk("IDAT", deflated(10_000));
        byte[] profile = ByteBuffer.allocate(100_000).put("x\0\0".getBytes(StandardCharsets.US_ASCII)).array();
        byte[] zeros = deflated(300_000_000);
        byte[] bomb = ByteBuffer.allocate(3 + zeros.length).put(profile, 0, 3).put(zeros).array();
        for (String kind : new String[] {
            "iCCP", "zTXt", "iTXt", "tEXt", "gAMA", "cHRM", "sRGB", "tRNS", "bKGD", "hIST", "pHYs", "sBIT", "sPLT",
            "tIME", "eXIf", "PLTE", "IDAT", "IHDR", "IEND", "aBcD", "ABCD", "\0\0\0\0"
        }) {
            for (byte[] content : new byte[][] {{}, {0}, profile, bomb}) {
                check(png(5, 4, 8, 2, 0, chunk(kind, content), pixels));
                check(png(5, 4, 8, 2, 0, pixels, chunk(kind, content)));
            }
        }
        check(png(5, 4, 8, 2, 0));
        check(png(5, 4, 8, 2, 0, chunk("IDAT", new byte[0])));
        check(png(5, 4, 8, 2, 0, chunk("IDAT", deflated(10))));
        check(png(5, 4, 8, 2, 0, chunk("IDAT", zeros)));
        assertTrue(refused >= 5 && refused < tried, refused + " of " + tried);
    }

    @Test
    void theNameSaysNothingTheContentDoes() throws Exception {
        for (String content : new String[] {
            "GIF89a", "BM", "RIFF....WEBPVP8 ", "II*\0", "%PDF-1.4", "<svg xmlns=''/>", "<!DOCTYPE html>", "PK\3\4",
            "\u0089PNX", "\u0089P", "\u00ff\u00d8", "\u00ff\u00d8\u00ff", "\u00ff\u00d8\u00ff\u00d9", "P6 1 1 255\n",
            "\0".repeat(64)
        }) {
            check(content.getBytes(StandardCharsets.ISO_8859_1));
        }
        assertEquals(tried, refused);
        assertEquals(SIDE, new PictureDecoder().decode(saved("jpeg"), "picture.png").width());
        assertEquals(SIDE, new PictureDecoder().decode(saved("png"), "picture.jpg").height());
        assertTrue(message(saved("gif")).contains("save it as PNG"));
    }

    /** The size in a JPEG's frame header, behind the marker 0xffc0, is what memory is taken for. */
    @ParameterizedTest
    @ValueSource(ints = {0x0000_0000, 0x0000_0018, 0x0018_0000, 0xffff_ffff, 0xffff_0001, 0x2000_2000})
    void aJpegOfAnotherSize(int heightAndWidth) throws Exception {
        byte[] jpeg = saved("jpeg");
        int frame = 0;
        while (jpeg[frame] != (byte) 0xff || jpeg[frame + 1] != (byte) 0xc0) {
            frame++;
        }
        ByteBuffer.wrap(jpeg).putInt(frame + 5, heightAndWidth);
        check(jpeg);
        assertEquals(1, refused);
    }
}
