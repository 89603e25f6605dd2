package io.github.realtimeclassifier.app.camera;

import android.hardware.camera2.CameraAccessException;
import android.hardware.camera2.CameraDevice;
import io.github.realtimeclassifier.core.FrameException;

/** What the user is told of a camera that cannot be used. */
final class CameraFailures {
    private CameraFailures() {}

    static FrameException none() {
        return new FrameException("expected a camera in this phone, received none; measure on images instead");
    }

    static FrameException notAllowed(Throwable cause) {
        return new FrameException("expected the permission to use the camera, received none; allow it in the settings"
                + " of this app", cause);
    }

    static FrameException takenAway() {
        return new FrameException("the camera was taken away: another app uses it now, or it was unplugged; close the"
                + " other app and try again");
    }

    static FrameException tooLate(int seconds) {
        return new FrameException("expected the camera's first frame within " + seconds
                + " seconds, received none; try again, or start the phone again");
    }

    static FrameException broken(String what, Throwable cause) {
        return new FrameException(
                "expected the camera to give frames, received '" + what + "'; try again, or start the phone again",
                cause);
    }

    static FrameException of(CameraAccessException error) {
        switch (error.getReason()) {
            case CameraAccessException.CAMERA_IN_USE:
            case CameraAccessException.MAX_CAMERAS_IN_USE:
                return inUse(error);
            case CameraAccessException.CAMERA_DISABLED:
                return disabled(error);
            case CameraAccessException.CAMERA_DISCONNECTED:
                return takenAway();
            default:
                return broken(String.valueOf(error.getMessage()), error);
        }
    }

    /** Of the numbers of {@link CameraDevice.StateCallback}. */
    static FrameException of(int error) {
        switch (error) {
            case CameraDevice.StateCallback.ERROR_CAMERA_IN_USE:
            case CameraDevice.StateCallback.ERROR_MAX_CAMERAS_IN_USE:
                return inUse(null);
            case CameraDevice.StateCallback.ERROR_CAMERA_DISABLED:
                return disabled(null);
            default:
                return broken("camera error " + error, null);
        }
    }

    private static FrameException inUse(Throwable cause) {
        return new FrameException("expected a free camera, received one that another app uses; close that app and try"
                + " again", cause);
    }

    private static FrameException disabled(Throwable cause) {
        return new FrameException("expected a camera that may be used, received one that the phone's administrator has"
                + " switched off; ask who manages the phone", cause);
    }
}
