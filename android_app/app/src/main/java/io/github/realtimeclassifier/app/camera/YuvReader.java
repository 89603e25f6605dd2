package io.github.realtimeclassifier.app.camera;

import android.graphics.ImageFormat;
import android.media.Image;
import android.media.ImageReader;
import android.os.Handler;
import android.view.Surface;
import io.github.realtimeclassifier.core.ImageException;

/** Frames of the format YUV_420_888, by Android's ImageReader. */
final class YuvReader implements FrameReader {
    static final Factory FACTORY = new Factory() {
        @Override
        public FrameReader create(int width, int height, LatestFrame latest, Handler handler) {
            return new YuvReader(width, height, latest, handler);
        }
    };

    // One that is copied, and two for the camera to fill.
    private static final int BUFFERS = 3;

    private final LatestFrame latest;
    private final ImageReader reader;

    private YuvReader(int width, int height, LatestFrame latest, Handler handler) {
        this.latest = latest;
        reader = ImageReader.newInstance(width, height, ImageFormat.YUV_420_888, BUFFERS);
        reader.setOnImageAvailableListener(
                new ImageReader.OnImageAvailableListener() {
                    @Override
                    public void onImageAvailable(ImageReader source) {
                        take();
                    }
                },
                handler);
    }

    private void take() {
        if (latest.isClosed()) {
            return;
        }
        // Each one, so that all are counted.
        try (Image image = reader.acquireNextImage()) {
            if (image != null) {
                copy(image, latest);
            }
        } catch (ImageException | RuntimeException error) {
            latest.fail(CameraFailures.broken(String.valueOf(error.getMessage()), error));
        }
    }

    /** Copies an image's planes, which are Y, U and V, whatever lies between their values. */
    static void copy(Image image, LatestFrame latest) throws ImageException {
        Image.Plane y = image.getPlanes()[0];
        Image.Plane u = image.getPlanes()[1];
        Image.Plane v = image.getPlanes()[2];
        latest.deliver(
                y.getBuffer(),
                y.getRowStride(),
                y.getPixelStride(),
                u.getBuffer(),
                v.getBuffer(),
                u.getRowStride(),
                u.getPixelStride());
    }

    @Override
    public Surface surface() {
        return reader.getSurface();
    }

    @Override
    public void close() {
        reader.close();
    }
}
