package io.github.realtimeclassifier.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.model.Models;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sets of images: IDX files as MNIST's, and folders; and what is refused. */
class ImageSetsTest {
    @TempDir
    private Path folder;

    private static byte[] idx(int[] shape, int values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * shape.length + values);
        bytes.put(new byte[] {0, 0, 8, (byte) shape.length});
        for (int size : shape) {
            bytes.putInt(size);
        }
        for (int i = 0; i < values; i++) {
            bytes.put((byte) i);
        }
        return bytes.array();
    }

    private File file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content).toFile();
    }

    private static byte[] gzipped(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream stream = new GZIPOutputStream(bytes)) {
            stream.write(content);
        }
        return bytes.toByteArray();
    }

    @Test
    void readsGrayImagesAndTheirLabels() throws Exception {
        File images = file("images.gz", gzipped(idx(new int[] {2, 3, 4}, 24)));
        IdxImages set = IdxImages.open(images, file("labels", idx(new int[] {2}, 2)), 2);
        assertEquals(2, set.count());
        assertEquals(1, set.label(1));
        assertEquals("1", set.id(1));
        assertEquals("images.gz", set.name());
        ArgbImage image = set.read(1);
        assertEquals(4, image.width());
        assertEquals(3, image.height());
        assertEquals(0xff0c0c0c, image.pixels()[0]);
        assertEquals(0xff171717, image.pixels()[11]);
    }

    @Test
    void readsColourImages() throws Exception {
        IdxImages set = IdxImages.open(file("rgb", idx(new int[] {2, 1, 2, 3}, 12)));
        assertEquals(0xff090a0b, set.read(1).pixels()[1]);
        assertEquals(ImageSet.NO_LABEL, set.label(0));
        assertEquals(0xff010101, IdxImages.open(file("one", idx(new int[] {1, 1, 2, 1}, 2))).read(0).pixels()[1]);
    }

    @Test
    void refusesOtherFiles() throws Exception {
        byte[] good = idx(new int[] {2, 3, 4}, 24);
        assertRefused("there is no such file", () -> IdxImages.open(folder.resolve("none").toFile()));
        assertRefused("0 bytes", () -> IdxImages.open(file("a", new byte[0])));
        assertRefused("with another beginning", () -> IdxImages.open(file("b", "hello, world".getBytes())));
        assertRefused("shape [2, 3, 4]", () -> IdxImages.open(file("c", Arrays.copyOf(good, 39))));
        assertRefused("shape [2, 3, 4]", () -> IdxImages.open(file("d", Arrays.copyOf(good, 41))));
        assertRefused("shape [2, 0, 4]", () -> IdxImages.open(file("e", idx(new int[] {2, 0, 4}, 0))));
        assertRefused("shape", () -> IdxImages.open(file("f", idx(new int[] {65536, 65536, 65536}, 4))));
        assertRefused("shape", () -> IdxImages.open(file("g", idx(new int[] {-1, -1, -4}, 4))));
        assertRefused("another beginning", () -> IdxImages.open(file("h", idx(new int[] {1, 1, 1, 1, 1}, 1))));
        assertRefused("give images, not labels", () -> IdxImages.open(file("i", idx(new int[] {7}, 7))));
        assertRefused("give images", () -> IdxImages.open(file("j", idx(new int[] {1, 1, 1, 2}, 2))));
        byte[] zipped = gzipped(good);
        assertRefused("cannot read", () -> IdxImages.open(file("k", Arrays.copyOf(zipped, 20))));
        File images = file("images", good);
        assertRefused("expected 2 labels", () -> IdxImages.open(images, file("l", idx(new int[] {3}, 3)), 10));
        assertRefused("labels below 1", () -> IdxImages.open(images, file("m", idx(new int[] {2}, 2)), 1));
    }

    private static void assertRefused(String part, org.junit.jupiter.api.function.Executable call) {
        String message = assertThrows(ImageException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void aFolderTellsLabelsByItsInnerFolders() throws Exception {
        Manifest manifest = Manifest.read(Models.write(folder.resolve("model")).toFile());
        Path images = folder.resolve("images");
        for (String name : new String[] {"n2/b.png", "1/c.JPG", "dark/d.jpeg", "other/e.png", "7/f.png", "a.png",
            "notes.txt", "n2/deep/g.png"}) {
            Files.createDirectories(images.resolve(name).getParent());
            Files.write(images.resolve(name), new byte[] {1});
        }
        ImageDecoder decoder = (content, name) -> new ArgbImage(new int[] {content.length}, 1, 1);
        ImageFolder set = ImageFolder.open(images.toFile(), manifest, decoder);
        String[] expected = {"a.png -1", "1/c.JPG 1", "7/f.png -1", "dark/d.jpeg 0", "n2/b.png 1", "other/e.png -1"};
        assertEquals(expected.length, set.count());
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], set.id(i) + " " + set.label(i));
        }
        assertEquals(1, set.read(0).pixels()[0]);
        assertEquals("images", set.name());
        Files.delete(images.resolve("a.png"));
        assertRefused("there is no such file", () -> set.read(0));
        assertRefused("which is none", () -> ImageFolder.open(folder.resolve("no").toFile(), manifest, decoder));
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertRefused("received 0", () -> ImageFolder.open(empty.toFile(), manifest, decoder));
    }
}
