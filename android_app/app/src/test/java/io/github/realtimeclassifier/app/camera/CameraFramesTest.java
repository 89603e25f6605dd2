package io.github.realtimeclassifier.app.camera;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import android.Manifest;
import android.app.Application;
import android.content.Context;
import android.graphics.ImageFormat;
import android.graphics.SurfaceTexture;
import android.hardware.camera2.CameraAccessException;
import android.hardware.camera2.CameraCharacteristics;
import android.hardware.camera2.CameraDevice;
import android.hardware.camera2.CameraManager;
import android.os.Handler;
import android.util.Range;
import android.util.Size;
import android.view.Surface;
import io.github.realtimeclassifier.app.Await;
import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.pipeline.Frame;
import io.github.realtimeclassifier.core.pipeline.FrameSource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.Implementation;
import org.robolectric.annotation.Implements;
import org.robolectric.shadow.api.Shadow;
import org.robolectric.shadows.ShadowApplication;
import org.robolectric.shadows.ShadowCameraCharacteristics;
import org.robolectric.shadows.ShadowCameraManager;
import org.robolectric.shadows.StreamConfigurationMapBuilder;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27, shadows = CameraFramesTest.Service.class)
public final class CameraFramesTest {
    private final Application context = RuntimeEnvironment.getApplication();
    private final CameraManager manager = (CameraManager) context.getSystemService(Context.CAMERA_SERVICE);
    private final FakeReader.Maker readers = new FakeReader.Maker();
    private final List<FrameSource> opened = new ArrayList<>();

    /** A surface without frames of its own: the test delivers them, on the camera's thread. */
    private static final class FakeReader implements FrameReader {
        private final LatestFrame latest;
        private final Handler handler;
        private final Surface surface = new Surface(new SurfaceTexture(0));
        private volatile boolean closed;

        FakeReader(LatestFrame latest, Handler handler) {
            this.latest = latest;
            this.handler = handler;
        }

        void deliver() {
            handler.post(() -> {
                ByteBuffer plane = ByteBuffer.allocateDirect(640 * 480);
                try {
                    latest.deliver(plane, 640, 1, plane, plane, 320, 1);
                } catch (ImageException error) {
                    latest.fail(CameraFailures.broken("the test's own frame", error));
                }
            });
        }

        @Override
        public Surface surface() {
            return surface;
        }

        @Override
        public void close() {
            closed = true;
            surface.release();
        }

        /** Keeps the last one that it made. */
        static final class Maker implements Factory {
            private volatile FakeReader last;

            @Override
            public FrameReader create(int width, int height, LatestFrame latest, Handler handler) {
                last = new FakeReader(latest, handler);
                return last;
            }
        }
    }

    /** A camera service that refuses, or keeps its answer for the test; Robolectric's own has none at API 27. */
    @Implements(CameraManager.class)
    public static final class Service extends ShadowCameraManager {
        private static Exception refusal;
        private static CameraDevice.StateCallback callback;
        private static Handler handler;
        private static CountDownLatch asked;

        static void prepare() {
            refusal = null;
            callback = null;
            asked = new CountDownLatch(1);
        }

        @Implementation
        protected void openCamera(String id, CameraDevice.StateCallback answer, Handler on)
                throws CameraAccessException {
            if (refusal instanceof CameraAccessException) {
                throw (CameraAccessException) refusal;
            }
            if (refusal instanceof RuntimeException) {
                throw (RuntimeException) refusal;
            }
            callback = answer;
            handler = on;
            asked.countDown();
        }
    }

    @Before
    public void allow() {
        Shadow.<ShadowApplication>extract(context).grantPermissions(Manifest.permission.CAMERA);
        Service.prepare();
    }

    @After
    public void giveBack() {
        for (FrameSource source : opened) {
            source.close();
        }
    }

    private void addCamera(String id, int facing, int sensorDegrees, Size... sizes) {
        CameraCharacteristics camera = ShadowCameraCharacteristics.newCameraCharacteristics();
        ShadowCameraCharacteristics shadow = Shadow.extract(camera);
        shadow.set(CameraCharacteristics.LENS_FACING, facing);
        shadow.set(CameraCharacteristics.SENSOR_ORIENTATION, sensorDegrees);
        StreamConfigurationMapBuilder map = StreamConfigurationMapBuilder.newBuilder();
        for (Size size : sizes) {
            map.addOutputSize(ImageFormat.YUV_420_888, size);
        }
        shadow.set(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP, map.build());
        Shadow.<ShadowCameraManager>extract(manager).addCamera(id, camera);
    }

    private void addBackCamera() {
        addCamera(
                "0",
                CameraCharacteristics.LENS_FACING_BACK,
                90,
                new Size(1920, 1080),
                new Size(640, 480),
                new Size(320, 240));
    }

    /** Opens on another thread, as a session does. */
    private FutureTask<FrameSource> opening(int displayDegrees) {
        FutureTask<FrameSource> task = new FutureTask<>(() -> {
            FrameSource source = CameraFrames.open(context, displayDegrees, readers);
            synchronized (opened) {
                opened.add(source);
            }
            return source;
        });
        new Thread(task).start();
        return task;
    }

    private FrameSource open(FakeDevice device) throws Exception {
        FutureTask<FrameSource> task = opening(0);
        Service.asked.await();
        Service.handler.post(() -> {
            Service.callback.onOpened(device);
            device.session.onConfigured(device.frames);
        });
        Await.until("the request for frames", () -> device.frames.request != null);
        readers.last.deliver();
        Await.until("the camera", task::isDone);
        return task.get();
    }

    private static String message(FutureTask<FrameSource> task) throws Exception {
        Await.until("the refusal", task::isDone);
        ExecutionException error = assertThrows(ExecutionException.class, task::get);
        assertTrue(error.toString(), error.getCause() instanceof FrameException);
        assertTrue(error.getCause().getMessage(), error.getCause().getMessage().contains("expected ")
                || error.getCause().getMessage().contains("taken away"));
        return error.getCause().getMessage();
    }

    @Test
    public void givesFramesUntilItIsClosed() throws Exception {
        addBackCamera();
        FakeDevice device = new FakeDevice(null);
        FrameSource source = open(device);
        assertTrue(device.frames.request.getTargets().contains(readers.last.surface()));
        assertEquals("Camera2, back camera, 640 x 480", source.description());
        assertEquals(640, source.width());
        assertEquals(480, source.height());
        assertEquals(Rotation.DEGREES_90, source.rotation());
        Frame frame = new Frame(640, 480);
        FutureTask<Boolean> next = new FutureTask<>(() -> source.next(frame));
        Thread thread = new Thread(next);
        thread.start();
        Await.until("a frame", () -> {
            readers.last.deliver();
            return next.isDone();
        });
        assertTrue(next.get());
        assertTrue(frame.number() > 1);
        source.close();
        source.close();
        assertFalse(source.next(frame));
        assertTrue(readers.last.closed && device.closed);
        assertFalse(readers.last.handler.getLooper().getThread().isAlive());
    }

    @Test
    public void aCameraThatIsTakenAwaySaysSo() throws Exception {
        addBackCamera();
        FakeDevice device = new FakeDevice(null);
        FrameSource source = open(device);
        FutureTask<Boolean> next = new FutureTask<>(() -> source.next(new Frame(640, 480)));
        new Thread(next).start();
        Service.handler.post(() -> Service.callback.onDisconnected(device));
        Await.until("the failure", next::isDone);
        ExecutionException error = assertThrows(ExecutionException.class, next::get);
        assertTrue(error.getCause().getMessage(), error.getCause().getMessage().contains("taken away"));
        source.close();
        assertTrue(device.closed);
    }

    @Test
    public void withoutACameraItSaysSo() throws Exception {
        assertTrue(message(opening(0)).contains("expected a camera in this phone, received none"));
        // One that gives no frames, as a depth sensor, is none.
        addCamera("9", CameraCharacteristics.LENS_FACING_BACK, 0);
        assertTrue(message(opening(0)).contains("expected a camera in this phone, received none"));
    }

    @Test
    public void withoutThePermissionItSaysSo() throws Exception {
        addBackCamera();
        Shadow.<ShadowApplication>extract(context).denyPermissions(Manifest.permission.CAMERA);
        assertTrue(message(opening(0)).contains("allow it in the settings"));
    }

    @Test
    public void aCameraThatIsRefusedSaysWhy() throws Exception {
        addBackCamera();
        Object[][] cases = {
            {new CameraAccessException(CameraAccessException.CAMERA_IN_USE), "another app uses"},
            {new CameraAccessException(CameraAccessException.MAX_CAMERAS_IN_USE), "another app uses"},
            {new CameraAccessException(CameraAccessException.CAMERA_DISABLED), "administrator"},
            {new CameraAccessException(CameraAccessException.CAMERA_DISCONNECTED), "taken away"},
            {new CameraAccessException(CameraAccessException.CAMERA_ERROR), "start the phone again"},
            {new SecurityException("no"), "allow it in the settings"},
            {new IllegalArgumentException("no camera 0"), "no camera 0"},
        };
        for (Object[] each : cases) {
            Service.refusal = (Exception) each[0];
            String message = message(opening(0));
            assertTrue(message, message.contains((String) each[1]));
            Await.until(
                    "the end of the camera's thread",
                    () -> !readers.last.handler.getLooper().getThread().isAlive());
        }
    }

    @Test
    public void aCameraThatFailsWhileItOpensSaysWhy() throws Exception {
        addBackCamera();
        Object[][] cases = {
            {CameraDevice.StateCallback.ERROR_CAMERA_IN_USE, "another app uses"},
            {CameraDevice.StateCallback.ERROR_MAX_CAMERAS_IN_USE, "another app uses"},
            {CameraDevice.StateCallback.ERROR_CAMERA_DISABLED, "administrator"},
            {CameraDevice.StateCallback.ERROR_CAMERA_DEVICE, "camera error 4"},
            {CameraDevice.StateCallback.ERROR_CAMERA_SERVICE, "camera error 5"},
        };
        for (Object[] each : cases) {
            Service.prepare();
            FutureTask<FrameSource> task = opening(0);
            Service.asked.await();
            FakeDevice device = new FakeDevice(null);
            Service.handler.post(() -> Service.callback.onError(device, (Integer) each[0]));
            String message = message(task);
            assertTrue(message, message.contains((String) each[1]));
            Await.until("the camera's release", () -> device.closed);
        }
    }

    @Test
    public void aSessionThatCannotBeMadeSaysWhy() throws Exception {
        addBackCamera();
        Exception[] failures = {
            new CameraAccessException(CameraAccessException.CAMERA_IN_USE), new IllegalStateException("closed already")
        };
        String[] expected = {"another app uses", "closed already"};
        for (int i = 0; i < failures.length; i++) {
            Service.prepare();
            FutureTask<FrameSource> task = opening(0);
            Service.asked.await();
            FakeDevice device = new FakeDevice(failures[i]);
            Service.handler.post(() -> Service.callback.onOpened(device));
            String message = message(task);
            assertTrue(message, message.contains(expected[i]));
            Await.until("the camera's release", () -> device.closed);
        }
        Service.prepare();
        FutureTask<FrameSource> task = opening(0);
        Service.asked.await();
        FakeDevice device = new FakeDevice(null);
        Service.handler.post(() -> {
            Service.callback.onOpened(device);
            device.session.onConfigureFailed(null);
        });
        assertTrue(message(task).contains("a size that it does not take"));
    }

    @Test
    public void aCameraThatOpensTooLateIsClosedAgain() throws Exception {
        addBackCamera();
        FutureTask<FrameSource> task = new FutureTask<>(() -> CameraFrames.open(context, 0, readers));
        Thread thread = new Thread(task);
        thread.start();
        Service.asked.await();
        thread.interrupt();
        Thread cameraThread = readers.last.handler.getLooper().getThread();
        Await.until("the interruption", task::isDone);
        ExecutionException error = assertThrows(ExecutionException.class, task::get);
        assertTrue(error.getCause() instanceof InterruptedException);
        // Nobody wants it any more, but it was asked for: its answer must find somebody.
        assertTrue(cameraThread.isAlive());
        FakeDevice device = new FakeDevice(null);
        Service.handler.post(() -> Service.callback.onOpened(device));
        Await.until("the camera's release", () -> device.closed && !cameraThread.isAlive());
    }

    @Test
    public void prefersTheBackCameraThenTheFrontOne() throws Exception {
        addCamera("5", CameraCharacteristics.LENS_FACING_EXTERNAL, 0, new Size(640, 480));
        assertTrue(CameraChoice.of(manager, 0).description().contains("external"));
        addCamera("6", CameraCharacteristics.LENS_FACING_FRONT, 270, new Size(1280, 720), new Size(640, 360));
        CameraChoice front = CameraChoice.of(manager, 0);
        assertEquals("Camera2, front camera, 640 x 360", front.description());
        assertEquals(Rotation.DEGREES_270, front.rotation());
        addBackCamera();
        assertEquals("0", CameraChoice.of(manager, 0).id());
    }

    @Test
    public void turnsAsTheSensorAndTheScreenAreTurned() {
        int back = CameraCharacteristics.LENS_FACING_BACK;
        int front = CameraCharacteristics.LENS_FACING_FRONT;
        assertEquals(Rotation.DEGREES_90, CameraChoice.rotation(back, 90, 0));
        assertEquals(Rotation.DEGREES_0, CameraChoice.rotation(back, 90, 90));
        assertEquals(Rotation.DEGREES_270, CameraChoice.rotation(back, 90, 180));
        assertEquals(Rotation.DEGREES_180, CameraChoice.rotation(back, 90, 270));
        assertEquals(Rotation.DEGREES_270, CameraChoice.rotation(front, 270, 0));
        assertEquals(Rotation.DEGREES_0, CameraChoice.rotation(front, 270, 90));
        assertEquals(Rotation.DEGREES_180, CameraChoice.rotation(front, 270, 270));
    }

    @Test
    public void asksForThirtyFramesASecond() {
        assertEquals(new Range<>(30, 30), fps("15-15", "7-30", "30-30", "15-30", "60-60"));
        assertEquals(new Range<>(7, 24), fps("7-15", "7-24"));
        assertEquals(new Range<>(30, 60), fps("15-60", "30-60"));
        assertEquals(null, CameraChoice.fps(null));
    }

    private static Range<Integer> fps(String... ranges) {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Range<Integer>[] made = new Range[ranges.length];
        for (int i = 0; i < made.length; i++) {
            String[] ends = ranges[i].split("-");
            made[i] = new Range<>(Integer.valueOf(ends[0]), Integer.valueOf(ends[1]));
        }
        return CameraChoice.fps(made);
    }
}
