package io.github.realtimeclassifier.app.camera;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import android.graphics.ImageFormat;
import android.media.Image;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.image.YuvFrame;
import io.github.realtimeclassifier.core.pipeline.Frame;
import io.github.realtimeclassifier.core.run.NoiseFrame;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27)
public final class YuvReaderTest {
    private static final int WIDTH = 6;
    private static final int HEIGHT = 4;

    /** One of a camera's planes. */
    private static final class Plane extends Image.Plane {
        private final ByteBuffer buffer;
        private final int rowStride;
        private final int pixelStride;

        Plane(ByteBuffer buffer, int rowStride, int pixelStride) {
            this.buffer = buffer;
            this.rowStride = rowStride;
            this.pixelStride = pixelStride;
        }

        @Override
        public int getRowStride() {
            return rowStride;
        }

        @Override
        public int getPixelStride() {
            return pixelStride;
        }

        @Override
        public ByteBuffer getBuffer() {
            return buffer;
        }
    }

    /** An image as a camera gives it. */
    private static final class CameraImage extends Image {
        private final Plane[] planes;

        CameraImage(Plane... planes) {
            this.planes = planes;
        }

        @Override
        public int getFormat() {
            return ImageFormat.YUV_420_888;
        }

        @Override
        public int getWidth() {
            return WIDTH;
        }

        @Override
        public int getHeight() {
            return HEIGHT;
        }

        @Override
        public long getTimestamp() {
            return 0;
        }

        @Override
        public Plane[] getPlanes() {
            return planes;
        }

        @Override
        public void close() {}
    }

    /** Values of the noise frame, laid out with a row stride and a pixel stride. */
    private static Plane plane(byte[] values, int width, int height, int rowStride, int pixelStride) {
        ByteBuffer buffer = ByteBuffer.allocateDirect((height - 1) * rowStride + (width - 1) * pixelStride + 1);
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                buffer.put(row * rowStride + column * pixelStride, values[row * width + column]);
            }
        }
        return new Plane(buffer, rowStride, pixelStride);
    }

    private static byte[] noise(Random random, int length) {
        byte[] values = new byte[length];
        random.nextBytes(values);
        return values;
    }

    @Test
    public void takesEachPlaneWithItsStrides() throws Exception {
        // As NoiseFrame makes them.
        Random random = new Random(1);
        byte[] y = noise(random, WIDTH * HEIGHT);
        byte[] u = noise(random, WIDTH * HEIGHT / 4);
        byte[] v = noise(random, WIDTH * HEIGHT / 4);
        YuvFrame expected = NoiseFrame.create(WIDTH, HEIGHT);
        int[][] strides = {{WIDTH, WIDTH / 2, 1}, {16, 16, 2}, {WIDTH + 1, WIDTH, 2}};
        for (int[] stride : strides) {
            Image image = new CameraImage(
                    plane(y, WIDTH, HEIGHT, stride[0], 1),
                    plane(u, WIDTH / 2, HEIGHT / 2, stride[1], stride[2]),
                    plane(v, WIDTH / 2, HEIGHT / 2, stride[1], stride[2]));
            LatestFrame latest = new LatestFrame(SystemClock.INSTANCE, WIDTH, HEIGHT);
            Frame frame = new Frame(WIDTH, HEIGHT);
            FutureTask<Boolean> next = new FutureTask<>(() -> latest.next(frame));
            Thread thread = new Thread(next);
            thread.start();
            while (thread.getState() != Thread.State.WAITING) {
                assertTrue(thread.isAlive());
                Thread.sleep(1);
            }
            YuvReader.copy(image, latest);
            assertTrue(next.get());
            assertArrayEquals(argb(expected), argb(frame.image()));
        }
    }

    private static int[] argb(YuvFrame frame) {
        int[] argb = new int[WIDTH * HEIGHT];
        frame.toArgb(argb);
        return argb;
    }

    @Test
    public void refusesAnImageOfAnotherSize() throws Exception {
        Plane small = new Plane(ByteBuffer.allocateDirect(5), 6, 1);
        LatestFrame latest = new LatestFrame(SystemClock.INSTANCE, WIDTH, HEIGHT);
        assertThrows(ImageException.class, () -> YuvReader.copy(new CameraImage(small, small, small), latest));
    }
}
