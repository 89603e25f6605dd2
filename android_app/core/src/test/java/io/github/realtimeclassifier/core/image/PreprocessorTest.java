package io.github.realtimeclassifier.core.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.realtimeclassifier.core.ImageException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Preprocessing: the same bits as the straightforward way, nothing allocated, wrong sizes refused. */
class PreprocessorTest {
    private final Random random = new Random(7);

    @Test
    void givesTheBitsOfTheStraightforwardWayForPicturesOfAnySize() throws ImageException {
        for (int i = 0; i < 150; i++) {
            int width = 1 + random.nextInt(90);
            int height = 1 + random.nextInt(90);
            ImageInput input = anyInput();
            Rotation rotation = Rotation.values()[random.nextInt(4)];
            int[] argb = random.ints((long) width * height).toArray();
            byte[] fitted = new byte[input.length()];
            float[] tensor = new float[input.length()];

            Preprocessor preprocessor = Preprocessor.create(input, width, height, rotation);
            preprocessor.fit(argb, fitted);
            preprocessor.preprocess(argb, tensor);

            String which = "picture " + i + ", " + width + " x " + height + ", " + rotation;
            byte[] expected = StraightforwardPreprocessor.fitted(argb, width, height, rotation, input);
            assertArrayEquals(expected, fitted, which);
            assertArrayEquals(StraightforwardPreprocessor.tensor(expected, input), tensor, 0f, which);
        }
    }

    @Test
    void givesTheBitsOfTheStraightforwardWayForFramesOfAnySize() throws ImageException {
        for (int i = 0; i < 150; i++) {
            ImageInput input = anyInput();
            Rotation rotation = Rotation.values()[random.nextInt(4)];
            YuvFrame frame = YuvFrames.noise(1 + random.nextInt(90), 1 + random.nextInt(90), random);
            float[] tensor = new float[input.length()];

            Preprocessor.create(input, frame.width(), frame.height(), rotation).preprocess(frame, tensor);

            assertArrayEquals(
                    StraightforwardPreprocessor.preprocessed(frame, rotation, input), tensor, 0f, "frame " + i);
        }
    }

    @Test
    void givesTheBitsOfTheStraightforwardWayForACameraFrame() throws ImageException {
        YuvFrame frame = YuvFrames.noise(640, 480, random);
        ImageInput input = Inputs.colour(224, 224, 256, "rgb");
        for (Rotation rotation : Rotation.values()) {
            float[] tensor = new float[input.length()];
            Preprocessor.create(input, 640, 480, rotation).preprocess(frame, tensor);
            assertArrayEquals(StraightforwardPreprocessor.preprocessed(frame, rotation, input), tensor, 0f);
        }
    }

    private ImageInput anyInput() {
        int height = 1 + random.nextInt(30);
        int width = 1 + random.nextInt(30);
        int shorterSide = Math.max(height, width) + random.nextInt(12);
        return switch (random.nextInt(3)) {
            case 0 -> Inputs.gray(height, width, shorterSide);
            case 1 -> Inputs.colour(height, width, shorterSide, "rgb");
            default -> Inputs.colour(height, width, shorterSide, "bgr");
        };
    }

    /** The comparison above can fail: another rotation or channel order gives other bits. */
    @Test
    void noticesAWrongRotationAndAWrongChannelOrder() throws ImageException {
        YuvFrame frame = YuvFrames.noise(40, 30, random);
        ImageInput input = Inputs.colour(20, 20, 20, "rgb");
        float[] tensor = new float[input.length()];
        Preprocessor.create(input, 40, 30, Rotation.DEGREES_90).preprocess(frame, tensor);
        assertFalse(Arrays.equals(
                StraightforwardPreprocessor.preprocessed(frame, Rotation.DEGREES_270, input), tensor));
        ImageInput swapped = Inputs.colour(20, 20, 20, "bgr");
        assertFalse(Arrays.equals(
                StraightforwardPreprocessor.preprocessed(frame, Rotation.DEGREES_90, swapped), tensor));
    }

    @Test
    void turnsClockwise() throws ImageException {
        int[] argb = {1, 2, 3, 4, 5, 6};
        byte[][] expected = {{1, 2, 3, 4, 5, 6}, {4, 1, 5, 2, 6, 3}, {6, 5, 4, 3, 2, 1}, {3, 6, 2, 5, 1, 4}};
        for (Rotation rotation : Rotation.values()) {
            int height = rotation.isSideways() ? 3 : 2;
            // Red and green are 0: the gray of blue 1 to 6, times 16 so that it does not vanish.
            int[] blue = Arrays.stream(argb).map(value -> value * 0x101010).toArray();
            byte[] fitted = new byte[6];
            Preprocessor.create(Inputs.gray(height, 5 - height, 0), 3, 2, rotation).fit(blue, fitted);
            for (int i = 0; i < 6; i++) {
                assertEquals(16 * expected[rotation.ordinal()][i], fitted[i] & 0xff, rotation + ", pixel " + i);
            }
        }
    }

    @Test
    void looksAtNoAlpha() throws ImageException {
        Preprocessor preprocessor = Preprocessor.create(Inputs.colour(2, 2, 2, "rgb"), 2, 2, Rotation.DEGREES_0);
        byte[] opaque = new byte[12];
        byte[] transparent = new byte[12];
        preprocessor.fit(new int[] {0xff112233, 0xff445566, 0xff778899, 0xffaabbcc}, opaque);
        preprocessor.fit(new int[] {0x00112233, 0x7f445566, 0x00778899, 0x01aabbcc}, transparent);
        assertArrayEquals(opaque, transparent);
        assertEquals(0x11, opaque[0]);
    }

    @Test
    void allocatesNothingPerFrame() throws ImageException {
        YuvFrame frame = YuvFrames.noise(640, 480, random);
        ByteBuffer y = ByteBuffer.allocateDirect(704 * 480);
        ByteBuffer chroma = ByteBuffer.allocateDirect(704 * 240);
        int[] argb = new int[640 * 480];
        ImageInput input = Inputs.colour(224, 224, 256, "bgr");
        Preprocessor preprocessor = Preprocessor.create(input, 640, 480, Rotation.DEGREES_90);
        float[] tensor = new float[input.length()];
        Runnable frames = () -> {
            for (int i = 0; i < 100; i++) {
                try {
                    frame.copyFrom(y, 704, 1, chroma, chroma, 704, 2);
                } catch (ImageException error) {
                    throw new AssertionError(error);
                }
                preprocessor.preprocess(frame, tensor);
                preprocessor.preprocess(argb, tensor);
            }
        };
        // The first frames load classes, and give the frame its row for strides.
        frames.run();
        assertEquals(0, allocatedBy(frames), "bytes allocated by 100 frames");
        // The measurement can fail: one small array for each frame is seen.
        assertTrue(allocatedBy(() -> Arrays.setAll(new Object[100], i -> new int[1])) >= 100 * 16);
    }

    private static long allocatedBy(Runnable work) {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        // Asking allocates a little the first time.
        threads.getThreadAllocatedBytes(thread);
        long before = threads.getThreadAllocatedBytes(thread);
        work.run();
        return threads.getThreadAllocatedBytes(thread) - before;
    }

    @Test
    void refusesPicturesThatTheNetworkCannotTake() {
        String noRule = assertThrows(
                        ImageException.class,
                        () -> Preprocessor.create(Inputs.gray(28, 28, 0), 28, 29, Rotation.DEGREES_0))
                .getMessage();
        assertEquals(
                "expected a picture of 28 x 28, because this network has no resize rule; received one of 29 x 28 "
                        + "(height x width); resize or crop it first",
                noRule);
        ImageInput input = Inputs.colour(8, 8, 256, "rgb");
        String strip = assertThrows(
                        ImageException.class, () -> Preprocessor.create(input, 60_000, 1, Rotation.DEGREES_0))
                .getMessage();
        assertTrue(strip.contains("sides of at most 16384 pixels; received one of 1 x 60000"), strip);
        assertThrows(ImageException.class, () -> Preprocessor.create(input, 3, 193, Rotation.DEGREES_0));
        assertThrows(ImageException.class, () -> Preprocessor.create(input, 0, 5, Rotation.DEGREES_0));
        assertThrows(ImageException.class, () -> Preprocessor.create(input, 46_341, 46_341, Rotation.DEGREES_0));
    }

    @Test
    void takesTheLongestAllowedStrip() throws ImageException {
        ImageInput input = Inputs.colour(8, 8, 256, "rgb");
        int[] nines = new int[3 * 192];
        Arrays.fill(nines, 0x090909);
        byte[] fitted = new byte[input.length()];
        Preprocessor.create(input, 3, 192, Rotation.DEGREES_90).fit(nines, fitted);
        for (byte value : fitted) {
            assertEquals(9, value);
        }
    }

    @Test
    void refusesBuffersOfAnotherSize() throws ImageException {
        Preprocessor preprocessor = Preprocessor.create(Inputs.colour(8, 8, 8, "rgb"), 9, 9, Rotation.DEGREES_0);
        float[] tensor = new float[8 * 8 * 3];
        assertThrows(IllegalArgumentException.class, () -> preprocessor.preprocess(new int[80], tensor));
        YuvFrame frame = new YuvFrame(9, 10);
        assertThrows(IllegalArgumentException.class, () -> preprocessor.preprocess(frame, tensor));
    }
}
