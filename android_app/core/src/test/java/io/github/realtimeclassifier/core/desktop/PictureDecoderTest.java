package io.github.realtimeclassifier.core.desktop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures: the stored numbers whatever the kind, upright, on white; and one clear error for everything else. */
class PictureDecoderTest {
    private final PictureDecoder decoder = new PictureDecoder();

    private static byte[] saved(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, bytes));
        return bytes.toByteArray();
    }

    private ArgbImage decoded(BufferedImage image) throws Exception {
        return decoder.decode(saved(image, "png"), "p.png");
    }

    @Test
    void givesTheStoredNumbersOfEveryKindOfPng() throws Exception {
        BufferedImage gray = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_GRAY);
        BufferedImage deep = new BufferedImage(256, 1, BufferedImage.TYPE_USHORT_GRAY);
        BufferedImage colour = new BufferedImage(256, 1, BufferedImage.TYPE_3BYTE_BGR);
        for (int x = 0; x < 256; x++) {
            gray.getRaster().setSample(x, 0, 0, x);
            deep.getRaster().setSample(x, 0, 0, x * 256 + 255 - x);
            colour.setRGB(x, 0, x << 16 | (255 - x) << 8 | 7);
        }
        for (int x = 0; x < 256; x++) {
            assertEquals(0xff000000 | x * 0x010101, decoded(gray).pixels()[x]);
            assertEquals(0xff000000 | x * 0x010101, decoded(deep).pixels()[x]);
            assertEquals(0xff000007 | x << 16 | (255 - x) << 8, decoded(colour).pixels()[x]);
        }
        BufferedImage palette = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY);
        palette.setRGB(1, 0, 0xffffffff);
        assertEquals(0xffffffff, decoded(palette).pixels()[1]);
        assertEquals(0xff000000, decoded(palette).pixels()[0]);
    }

    @Test
    void laysTransparentPartsOnWhite() throws Exception {
        BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00123456);
        image.setRGB(1, 0, 0x80ff0000);
        image.setRGB(2, 0, 0xff123456);
        int[] pixels = decoded(image).pixels();
        assertEquals(0xffffffff, pixels[0]);
        assertEquals(0xffff7f7f, pixels[1]);
        assertEquals(0xff123456, pixels[2]);
    }

    /** The upright picture is 16 x 8 and dark at the left; each orientation stores it in another way. */
    @ParameterizedTest
    @CsvSource({
        "1, false, left", "2, false, right", "3, false, right", "4, false, left", "5, true, top", "6, true, bottom",
        "7, true, bottom", "8, true, top", "0, false, left", "9, false, left"
    })
    void turnsAJpegAsItsExifSays(int orientation, boolean turned, String darkSide) throws Exception {
        int width = turned ? 8 : 16;
        int height = turned ? 16 : 8;
        BufferedImage stored = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean dark = switch (darkSide) {
                    case "left" -> x < 8;
                    case "right" -> x >= 8;
                    case "top" -> y < 8;
                    default -> y >= 8;
                };
                stored.setRGB(x, y, dark ? 0 : 0xffffff);
            }
        }
        ArgbImage upright = decoder.decode(withExif(saved(stored, "jpeg"), orientation), "p.jpg");
        assertEquals(16, upright.width());
        assertEquals(8, upright.height());
        for (int i = 0; i < 128; i++) {
            int level = upright.pixels()[i] & 0xff;
            assertTrue(i % 16 < 8 ? level < 40 : level > 215, "pixel " + i + ": " + level);
        }
    }

    private static byte[] withExif(byte[] jpeg, int orientation) {
        ByteBuffer exif = ByteBuffer.allocate(2 + 2 + 6 + 8 + 2 + 12 + 4);
        exif.putShort((short) 0xffe1).putShort((short) (exif.capacity() - 2));
        exif.put(new byte[] {'E', 'x', 'i', 'f', 0, 0}).put(new byte[] {'M', 'M', 0, 42}).putInt(8);
        exif.putShort((short) 1).putShort((short) 0x0112).putShort((short) 3).putInt(1);
        exif.putShort((short) orientation).putShort((short) 0).putInt(0);
        ByteBuffer whole = ByteBuffer.allocate(jpeg.length + exif.capacity());
        return whole.put(jpeg, 0, 2).put(exif.array()).put(jpeg, 2, jpeg.length - 2).array();
    }

    @Test
    void damagedExifDataCountAsNone() throws Exception {
        byte[] jpeg = saved(new BufferedImage(4, 2, BufferedImage.TYPE_INT_RGB), "jpeg");
        Random random = new Random(6);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = withExif(jpeg, 6);
            for (int j = 0; j < 4; j++) {
                damaged[12 + random.nextInt(26)] = (byte) random.nextInt(256);
            }
            ArgbImage image = decoder.decode(damaged, "p.jpg");
            assertEquals(8, image.width() * image.height());
        }
    }

    @Test
    void refusesWhatIsNoPicture() throws Exception {
        assertRefused("an empty file", new byte[0]);
        assertRefused("a file of another kind", "GIF89a and more".getBytes());
        byte[] png = saved(new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB), "png");
        assertRefused("damaged or unusual", Arrays.copyOf(png, 50));
        assertRefused("damaged or unusual", Arrays.copyOf(png, 10));
        byte[] jpeg = saved(new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB), "jpeg");
        assertRefused("damaged or unusual", Arrays.copyOf(jpeg, 100));
        assertRefused("its end is missing", Arrays.copyOf(png, png.length - 12));
        png[60] ^= 1;
        assertRefused("the checksum of its pixels is wrong", png);
    }

    @Test
    void refusesAJpegThatEndsTooSoon() throws Exception {
        BufferedImage noise = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(5);
        for (int i = 0; i < 64 * 64; i++) {
            noise.setRGB(i % 64, i / 64, random.nextInt());
        }
        byte[] jpeg = saved(noise, "jpeg");
        for (int percent = 30; percent < 100; percent += 10) {
            assertRefused("damaged or unusual", Arrays.copyOf(jpeg, jpeg.length * percent / 100));
        }
        assertEquals(64, decoder.decode(jpeg, "p").width());
    }

    /** A header that promises a gigantic picture is refused before memory is taken for it. */
    @Test
    void refusesAGiganticPicture() throws Exception {
        byte[] png = saved(new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB), "png");
        ByteBuffer bytes = ByteBuffer.wrap(png);
        bytes.putInt(16, 60_000).putInt(20, 60_000);
        CRC32 crc = new CRC32();
        crc.update(png, 12, 17);
        bytes.putInt(29, (int) crc.getValue());
        assertRefused("at most 64000000 pixels, received 60000 x 60000", png);
    }

    /** Whatever is damaged: a picture or one clear error, never another exception. */
    @Test
    void survivesRandomDamage() throws Exception {
        Random random = new Random(1);
        BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 1_200; i++) {
            image.setRGB(i % 40, i / 40, random.nextInt());
        }
        int refused = 0;
        for (String format : new String[] {"png", "jpeg"}) {
            byte[] good = saved(image, format);
            for (int i = 0; i < 300; i++) {
                int length = random.nextInt(3) == 0 ? random.nextInt(good.length) : good.length;
                byte[] damaged = Arrays.copyOf(good, length);
                for (int j = 0; j < 5 && damaged.length > 0; j++) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
                }
                try {
                    decoder.decode(damaged, "p");
                } catch (ImageException error) {
                    refused++;
                }
            }
        }
        assertTrue(refused > 200, "damage is noticed: " + refused);
    }

    private void assertRefused(String part, byte[] content) {
        String message = assertThrows(ImageException.class, () -> decoder.decode(content, "p")).getMessage();
        assertTrue(message.contains(part), message);
    }
}
