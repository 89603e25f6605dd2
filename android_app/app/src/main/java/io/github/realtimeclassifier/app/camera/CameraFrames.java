package io.github.realtimeclassifier.app.camera;

import android.Manifest;
import android.content.Context;
import android.content.pm.PackageManager;
import android.hardware.camera2.CameraAccessException;
import android.hardware.camera2.CameraCaptureSession;
import android.hardware.camera2.CameraDevice;
import android.hardware.camera2.CameraManager;
import android.hardware.camera2.CaptureRequest;
import android.os.Handler;
import android.os.HandlerThread;
import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.pipeline.Frame;
import io.github.realtimeclassifier.core.pipeline.FrameSource;
import java.util.Collections;

/**
 * The phone's camera as a source of frames, by Camera2. The paper's app asked OpenCV for frames; both get them from the
 * same camera service.
 *
 * <p>Frames are stamped when they arrive, by the pipeline's clock: the sensor's own times are on many phones of another
 * clock. So a frame's age begins a little after its light fell on the sensor.
 */
public final class CameraFrames implements FrameSource {
    private static final int FIRST_FRAME_SECONDS = 10;
    private static final long CLOSE_MILLIS = 2_000;

    private final CameraChoice choice;
    private final LatestFrame latest;
    private final FrameReader reader;
    private final HandlerThread thread = new HandlerThread("camera");
    private final Handler handler;
    // Asked for, and not answered yet: the answer must find the camera's thread.
    private volatile boolean opening;
    // For the camera's thread alone.
    private CameraDevice device;

    private CameraFrames(CameraChoice choice, FrameReader.Factory readers) throws ImageException {
        this.choice = choice;
        int width = choice.size().getWidth();
        int height = choice.size().getHeight();
        latest = new LatestFrame(SystemClock.INSTANCE, width, height);
        thread.start();
        handler = new Handler(thread.getLooper());
        reader = readers.create(width, height, latest, handler);
    }

    /** The phone's own cameras. */
    public static Cameras cameras(final Context context) {
        return new Cameras() {
            @Override
            public FrameSource open(int displayDegrees) throws FrameException, InterruptedException {
                return CameraFrames.open(context, displayDegrees, YuvReader.FACTORY);
            }
        };
    }

    static CameraFrames open(Context context, int displayDegrees, FrameReader.Factory readers)
            throws FrameException, InterruptedException {
        if (context.checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) {
            throw CameraFailures.notAllowed(null);
        }
        CameraManager manager = (CameraManager) context.getSystemService(Context.CAMERA_SERVICE);
        if (manager == null) {
            throw CameraFailures.none();
        }
        CameraFrames frames;
        try {
            frames = new CameraFrames(CameraChoice.of(manager, displayDegrees), readers);
        } catch (CameraAccessException error) {
            throw CameraFailures.of(error);
        } catch (IllegalArgumentException error) {
            throw unplugged(error);
        } catch (ImageException error) {
            throw new FrameException(error.getMessage(), error);
        }
        boolean whole = false;
        try {
            frames.start(manager);
            if (!frames.latest.awaitFirst(FIRST_FRAME_SECONDS * 1_000L)) {
                throw CameraFailures.tooLate(FIRST_FRAME_SECONDS);
            }
            whole = true;
            return frames;
        } finally {
            if (!whole) {
                frames.close();
            }
        }
    }

    private void start(CameraManager manager) throws FrameException {
        boolean asked = false;
        opening = true;
        try {
            manager.openCamera(choice.id(), new DeviceCallback(), handler);
            asked = true;
        } catch (CameraAccessException error) {
            throw CameraFailures.of(error);
        } catch (SecurityException error) {
            throw CameraFailures.notAllowed(error);
        } catch (IllegalArgumentException error) {
            throw unplugged(error);
        } finally {
            if (!asked) {
                opening = false;
            }
        }
    }

    /** Android knows no camera of that name: it is gone since the list was made. */
    private static FrameException unplugged(IllegalArgumentException error) {
        return CameraFailures.broken(String.valueOf(error.getMessage()), error);
    }

    /** Asks for frames without end. On the camera's thread. */
    private void capture(CameraCaptureSession session) throws CameraAccessException {
        CaptureRequest.Builder request = device.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW);
        request.addTarget(reader.surface());
        if (choice.fps() != null) {
            request.set(CaptureRequest.CONTROL_AE_TARGET_FPS_RANGE, choice.fps());
        }
        session.setRepeatingRequest(request.build(), null, handler);
    }

    /** Lets go of everything. On the camera's thread. */
    private void release() {
        if (device != null) {
            // With it ends its session.
            device.close();
        }
        reader.close();
        if (!opening) {
            thread.quitSafely();
        }
    }

    @Override
    public String description() {
        return choice.description();
    }

    @Override
    public int width() {
        return choice.size().getWidth();
    }

    @Override
    public int height() {
        return choice.size().getHeight();
    }

    @Override
    public Rotation rotation() {
        return choice.rotation();
    }

    @Override
    public boolean next(Frame frame) throws FrameException, InterruptedException {
        return latest.next(frame);
    }

    @Override
    public void close() {
        if (latest.close()) {
            handler.post(new Runnable() {
                @Override
                public void run() {
                    release();
                }
            });
        }
        // The next session wants the camera: it is free when its thread has ended.
        if (Thread.currentThread() != thread) {
            try {
                thread.join(CLOSE_MILLIS);
            } catch (InterruptedException error) {
                // The camera's thread goes on by itself, and the caller sees the interruption.
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What becomes of the camera. All on the camera's thread. */
    private final class DeviceCallback extends CameraDevice.StateCallback {
        @Override
        public void onOpened(CameraDevice camera) {
            opening = false;
            device = camera;
            if (latest.isClosed()) {
                release();
                return;
            }
            try {
                camera.createCaptureSession(
                        Collections.singletonList(reader.surface()), new SessionCallback(), handler);
            } catch (CameraAccessException error) {
                latest.fail(CameraFailures.of(error));
            } catch (RuntimeException error) {
                latest.fail(CameraFailures.broken(String.valueOf(error.getMessage()), error));
            }
        }

        @Override
        public void onDisconnected(CameraDevice camera) {
            failed(camera, CameraFailures.takenAway());
        }

        @Override
        public void onError(CameraDevice camera, int error) {
            failed(camera, CameraFailures.of(error));
        }

        private void failed(CameraDevice camera, FrameException error) {
            opening = false;
            device = camera;
            latest.fail(error);
            if (latest.isClosed()) {
                release();
            }
        }
    }

    /** What becomes of the camera's session. All on the camera's thread. */
    private final class SessionCallback extends CameraCaptureSession.StateCallback {
        @Override
        public void onConfigured(CameraCaptureSession session) {
            if (latest.isClosed()) {
                return;
            }
            try {
                capture(session);
            } catch (CameraAccessException error) {
                latest.fail(CameraFailures.of(error));
            } catch (RuntimeException error) {
                // The camera was closed in this moment, or asks for something that it does not have.
                latest.fail(CameraFailures.broken(String.valueOf(error.getMessage()), error));
            }
        }

        @Override
        public void onConfigureFailed(CameraCaptureSession session) {
            latest.fail(CameraFailures.broken("a size that it does not take", null));
        }
    }
}
