package io.github.realtimeclassifier.app.camera;

import android.hardware.camera2.CameraAccessException;
import android.hardware.camera2.CameraCaptureSession;
import android.hardware.camera2.CameraDevice;
import android.hardware.camera2.CaptureRequest;
import android.hardware.camera2.TotalCaptureResult;
import android.hardware.camera2.impl.CameraMetadataNative;
import android.hardware.camera2.params.InputConfiguration;
import android.hardware.camera2.params.OutputConfiguration;
import android.os.Handler;
import android.view.Surface;
import java.util.List;

/** A camera that keeps the callback of its session for the test to call, or fails to make one. */
final class FakeDevice extends CameraDevice {
    private final Exception failure;
    volatile boolean closed;
    final FakeSession frames = new FakeSession(this);
    volatile CameraCaptureSession.StateCallback session;

    FakeDevice(Exception failure) {
        this.failure = failure;
    }

    @Override
    public String getId() {
        return "0";
    }

    @Override
    public void createCaptureSession(
            List<Surface> outputs, CameraCaptureSession.StateCallback callback, Handler handler)
            throws CameraAccessException {
        if (failure instanceof CameraAccessException) {
            throw (CameraAccessException) failure;
        }
        if (failure instanceof RuntimeException) {
            throw (RuntimeException) failure;
        }
        session = callback;
    }

    @Override
    public void close() {
        closed = true;
    }

    private static UnsupportedOperationException unused() {
        return new UnsupportedOperationException("expected the app not to ask for this");
    }

    @Override
    public void createCaptureSessionByOutputConfigurations(
            List<OutputConfiguration> outputs, CameraCaptureSession.StateCallback callback, Handler handler) {
        throw unused();
    }

    @Override
    public void createReprocessableCaptureSession(
            InputConfiguration input,
            List<Surface> outputs,
            CameraCaptureSession.StateCallback callback,
            Handler handler) {
        throw unused();
    }

    @Override
    public void createReprocessableCaptureSessionByConfigurations(
            InputConfiguration input,
            List<OutputConfiguration> outputs,
            CameraCaptureSession.StateCallback callback,
            Handler handler) {
        throw unused();
    }

    @Override
    public void createConstrainedHighSpeedCaptureSession(
            List<Surface> outputs, CameraCaptureSession.StateCallback callback, Handler handler) {
        throw unused();
    }

    @Override
    public void createCustomCaptureSession(
            InputConfiguration input,
            List<OutputConfiguration> outputs,
            int operatingMode,
            CameraCaptureSession.StateCallback callback,
            Handler handler) {
        throw unused();
    }

    @Override
    public CaptureRequest.Builder createCaptureRequest(int template) {
        return new CaptureRequest.Builder(new CameraMetadataNative(), false, CameraCaptureSession.SESSION_ID_NONE);
    }

    @Override
    public CaptureRequest.Builder createReprocessCaptureRequest(TotalCaptureResult result) {
        throw unused();
    }
}
