package io.github.realtimeclassifier.app.image;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.desktop.PictureDecoder;
import io.github.realtimeclassifier.core.image.ArgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

/** Holds Android's decoder to the desktop's, which is held to Python's by golden pictures. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class BitmapDecoderTest {
    private static final Path GOLDEN = Paths.get(System.getProperty("golden.dir"));

    private static void assertSame(String name, ArgbImage expected, ArgbImage received) {
        assertEquals(name, expected.width(), received.width());
        assertEquals(name, expected.height(), received.height());
        assertArrayEquals(name, expected.pixels(), received.pixels());
    }

    private static ArgbImage android(byte[] content) throws ImageException {
        return new BitmapDecoder().decode(content, "picture");
    }

    private static ArgbImage desktop(byte[] content) throws ImageException {
        return new PictureDecoder().decode(content, "picture");
    }

    private static byte[] encoded(BufferedImage image, String format) throws Exception {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, content));
        return content.toByteArray();
    }

    private static BufferedImage noise(int width, int height, int type) {
        BufferedImage image = new BufferedImage(width, height, type);
        Random random = new Random(3);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        return image;
    }

    /** Smooth, so that a JPEG of it is near to it: red grows to the right, green downwards. */
    private static BufferedImage gradient() {
        BufferedImage image = new BufferedImage(48, 32, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 32; y++) {
            for (int x = 0; x < 48; x++) {
                image.setRGB(x, y, (x * 5) << 16 | (y * 7) << 8 | 40);
            }
        }
        return image;
    }

    @Test
    public void goldenPicturesAreBitForBitAsOnTheDesktop() throws Exception {
        int count = 0;
        try (DirectoryStream<Path> pictures = Files.newDirectoryStream(GOLDEN, "*.png")) {
            for (Path picture : pictures) {
                byte[] content = Files.readAllBytes(picture);
                assertSame(picture.toString(), desktop(content), android(content));
                count++;
            }
        }
        assertTrue("" + count, count >= 7);
    }

    @Test
    public void transparentPartsAreLaidOnWhite() throws Exception {
        byte[] content = encoded(noise(61, 37, BufferedImage.TYPE_INT_ARGB), "png");
        assertSame("transparent", desktop(content), android(content));
    }

    @Test
    public void kindsOfPngAreReadAlike() throws Exception {
        int[] types = {
            BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_BYTE_BINARY, BufferedImage.TYPE_BYTE_INDEXED,
            BufferedImage.TYPE_3BYTE_BGR, BufferedImage.TYPE_USHORT_GRAY
        };
        for (int type : types) {
            byte[] content = encoded(noise(20, 9, type), "png");
            assertSame("type " + type, desktop(content), android(content));
        }
    }

    @Test
    public void jpegsAreTurnedUpright() throws Exception {
        byte[] stored = encoded(gradient(), "jpg");
        for (int orientation = 0; orientation <= 9; orientation++) {
            byte[] content = withOrientation(stored, orientation);
            ArgbImage expected = desktop(content);
            ArgbImage received = android(content);
            assertEquals(expected.width(), received.width());
            assertEquals(orientation >= 5 && orientation <= 8 ? 32 : 48, received.width());
            long difference = 0;
            for (int i = 0; i < expected.pixels().length; i++) {
                for (int shift = 0; shift < 24; shift += 8) {
                    difference += Math.abs(
                            (expected.pixels()[i] >> shift & 0xff) - (received.pixels()[i] >> shift & 0xff));
                }
            }
            // Two JPEG decoders round differently; a picture turned the wrong way is off by dozens.
            double mean = difference / (3.0 * expected.pixels().length);
            assertTrue("orientation " + orientation + ": " + mean, mean < 2);
        }
        assertTrue(android(withOrientation(stored, 1)).pixels()[0] != android(withOrientation(stored, 3)).pixels()[0]);
    }

    /** A JPEG with EXIF data of one entry. */
    private static byte[] withOrientation(byte[] jpeg, int orientation) {
        ByteBuffer content = ByteBuffer.allocate(jpeg.length + 36);
        content.put(jpeg, 0, 2).putShort((short) 0xffe1).putShort((short) 34);
        content.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).put("MM".getBytes(StandardCharsets.US_ASCII));
        content.putShort((short) 42).putInt(8).putShort((short) 1);
        content.putShort((short) 0x0112).putShort((short) 3).putInt(1);
        content.putShort((short) orientation).putShort((short) 0).putInt(0);
        return content.put(jpeg, 2, jpeg.length - 2).array();
    }

    @Test
    public void whatEndsTooSoonIsRefused() throws Exception {
        byte[][] whole = {encoded(noise(40, 30, BufferedImage.TYPE_INT_ARGB), "png"), encoded(gradient(), "jpg")};
        for (byte[] content : whole) {
            android(content);
            for (int length = 0; length < content.length - 1; length += 1 + content.length / 97) {
                byte[] cut = Arrays.copyOf(content, length);
                ImageException error = assertThrows("" + length, ImageException.class, () -> android(cut));
                assertTrue(error.getMessage(), error.getMessage().contains("expected picture to be a"));
            }
        }
        // An end in the small picture that a camera stores beside the large one is not the file's.
        byte[] jpeg = whole[1];
        byte[] inner = ByteBuffer.allocate(jpeg.length + 8)
                .put(jpeg, 0, 2)
                .putShort((short) 0xffe1)
                .putShort((short) 6)
                .putInt(0xffd9ffd9)
                .put(jpeg, 2, jpeg.length - 2)
                .array();
        android(inner);
        assertThrows(ImageException.class, () -> android(Arrays.copyOf(inner, inner.length - 2)));
    }

    @Test
    public void damagedPicturesAreRefusedOrReadAndNothingElse() throws Exception {
        Random random = new Random(5);
        byte[][] whole = {encoded(noise(24, 18, BufferedImage.TYPE_INT_RGB), "png"), encoded(gradient(), "jpg")};
        int refused = 0;
        for (int i = 0; i < 400; i++) {
            byte[] damaged = whole[i % 2].clone();
            int flips = 1 + random.nextInt(8);
            for (int flip = 0; flip < flips; flip++) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                android(damaged);
            } catch (ImageException expected) {
                refused++;
            }
        }
        assertTrue("" + refused, refused > 100);
    }

    @Test
    public void otherFilesAreRefused() {
        for (byte[] content : new byte[][] {
            new byte[0], {1}, "GIF89a".getBytes(StandardCharsets.US_ASCII), "%PDF".getBytes(StandardCharsets.US_ASCII),
            new byte[1000]
        }) {
            ImageException error = assertThrows(ImageException.class, () -> android(content));
            assertTrue(error.getMessage(), error.getMessage().contains("expected picture to be a PNG or JPEG"));
        }
    }

    @Test
    public void aHugePictureIsRefusedBeforeItTakesMemory() throws Exception {
        byte[] content = encoded(noise(8, 8, BufferedImage.TYPE_INT_RGB), "png");
        ByteBuffer header = ByteBuffer.wrap(content);
        header.putInt(16, 100_000).putInt(20, 100_000);
        CRC32 checksum = new CRC32();
        checksum.update(content, 12, 17);
        header.putInt(29, (int) checksum.getValue());
        ImageException error = assertThrows(ImageException.class, () -> android(content));
        assertTrue(error.getMessage(), error.getMessage().contains("100000 x 100000")
                || error.getMessage().contains("its size cannot be read"));
    }
}
