package io.github.realtimeclassifier.app.camera;

import android.hardware.camera2.CameraCaptureSession;
import android.hardware.camera2.CameraDevice;
import android.hardware.camera2.CaptureRequest;
import android.hardware.camera2.params.OutputConfiguration;
import android.os.Handler;
import android.view.Surface;
import java.util.List;

/** A camera's session that keeps what it is asked for. */
final class FakeSession extends CameraCaptureSession {
    private final CameraDevice device;
    volatile CaptureRequest request;

    FakeSession(CameraDevice device) {
        this.device = device;
    }

    @Override
    public CameraDevice getDevice() {
        return device;
    }

    @Override
    public int setRepeatingRequest(CaptureRequest wanted, CaptureCallback callback, Handler handler) {
        request = wanted;
        return 0;
    }

    @Override
    public void close() {}

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("expected the app not to ask for this");
    }

    @Override
    public void prepare(Surface surface) {
        throw unused();
    }

    @Override
    public void prepare(int maxCount, Surface surface) {
        throw unused();
    }

    @Override
    public void tearDown(Surface surface) {
        throw unused();
    }

    @Override
    public void finalizeOutputConfigurations(
            List<OutputConfiguration> configurations) {
        throw unused();
    }

    @Override
    public int capture(CaptureRequest wanted, CaptureCallback callback, Handler handler) {
        throw unused();
    }

    @Override
    public int captureBurst(List<CaptureRequest> wanted, CaptureCallback callback, Handler handler) {
        throw unused();
    }

    @Override
    public int setRepeatingBurst(List<CaptureRequest> wanted, CaptureCallback callback, Handler handler) {
        throw unused();
    }

    @Override
    public void stopRepeating() {
        throw unused();
    }

    @Override
    public void abortCaptures() {
        throw unused();
    }

    @Override
    public boolean isReprocessable() {
        return false;
    }

    @Override
    public Surface getInputSurface() {
        return null;
    }
}
