package io.github.realtimeclassifier.app.camera;

import android.graphics.ImageFormat;
import android.hardware.camera2.CameraAccessException;
import android.hardware.camera2.CameraCharacteristics;
import android.hardware.camera2.CameraManager;
import android.hardware.camera2.params.StreamConfigurationMap;
import android.util.Range;
import android.util.Size;
import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.image.Rotation;

/** Which of the phone's cameras to use, and how. Immutable. */
final class CameraChoice {
    /** The paper's cameras gave 30 frames a second. */
    private static final int WANTED_FPS = 30;

    // Enough for networks of 224 x 224, and little to copy.
    private static final int WANTED_WIDTH = 640;
    private static final int WANTED_HEIGHT = 480;
    private static final int FULL_TURN = 360;

    private final String id;
    private final int facing;
    private final Size size;
    private final Range<Integer> fps;
    private final Rotation rotation;

    private CameraChoice(
            String id, int facing, Size size, Range<Integer> fps, Rotation rotation) {
        this.id = id;
        this.facing = facing;
        this.size = size;
        this.fps = fps;
        this.rotation = rotation;
    }

    /**
     * Chooses: a back camera rather than a front one, a front one rather than another; about 640 x 480.
     *
     * @param displayDegrees by how much the screen is turned.
     * @throws FrameException there is no camera that gives frames of this format.
     */
    static CameraChoice of(CameraManager manager, int displayDegrees) throws FrameException, CameraAccessException {
        CameraChoice best = null;
        for (String id : manager.getCameraIdList()) {
            CameraCharacteristics camera = manager.getCameraCharacteristics(id);
            Size size = size(camera.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP));
            int facing = orElse(
                    camera.get(CameraCharacteristics.LENS_FACING), CameraCharacteristics.LENS_FACING_EXTERNAL);
            if (size != null && (best == null || rank(facing) < rank(best.facing))) {
                Range<Integer> fps = fps(camera.get(CameraCharacteristics.CONTROL_AE_AVAILABLE_TARGET_FPS_RANGES));
                int sensor = orElse(camera.get(CameraCharacteristics.SENSOR_ORIENTATION), 0);
                best = new CameraChoice(id, facing, size, fps, rotation(facing, sensor, displayDegrees));
            }
        }
        if (best == null) {
            throw CameraFailures.none();
        }
        return best;
    }

    private static int orElse(Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }

    private static int rank(int facing) {
        switch (facing) {
            case CameraCharacteristics.LENS_FACING_BACK:
                return 0;
            case CameraCharacteristics.LENS_FACING_FRONT:
                return 1;
            default:
                return 2;
        }
    }

    private static Size size(StreamConfigurationMap map) {
        Size[] sizes = map == null ? null : map.getOutputSizes(ImageFormat.YUV_420_888);
        Size best = null;
        for (Size size : sizes == null ? new Size[0] : sizes) {
            if (best == null || distance(size) < distance(best)) {
                best = size;
            }
        }
        return best;
    }

    private static int distance(Size size) {
        return Math.abs(size.getWidth() - WANTED_WIDTH) + Math.abs(size.getHeight() - WANTED_HEIGHT);
    }

    /**
     * The range whose end is nearest to the wanted rate; of several, the one that begins highest: in the dark, another
     * would let the camera slow down. Null where the camera names none.
     */
    static Range<Integer> fps(Range<Integer>[] ranges) {
        Range<Integer> best = null;
        if (ranges != null) {
            for (Range<Integer> range : ranges) {
                int nearer = best == null
                        ? -1
                        : Math.abs(range.getUpper() - WANTED_FPS) - Math.abs(best.getUpper() - WANTED_FPS);
                if (nearer < 0 || (nearer == 0 && range.getLower() > best.getLower())) {
                    best = range;
                }
            }
        }
        return best;
    }

    /** A front camera looks the other way: there the screen's turn counts in the other direction. */
    static Rotation rotation(int facing, int sensorDegrees, int displayDegrees) {
        int turn = facing == CameraCharacteristics.LENS_FACING_FRONT ? displayDegrees : -displayDegrees;
        return Rotation.ofDegrees((sensorDegrees + turn + FULL_TURN) % FULL_TURN);
    }

    String id() {
        return id;
    }

    Size size() {
        return size;
    }

    /** The rates to ask for; null where the camera names none. */
    Range<Integer> fps() {
        return fps;
    }

    Rotation rotation() {
        return rotation;
    }

    /** For run logs. */
    String description() {
        String side = rank(facing) == 0 ? "back" : rank(facing) == 1 ? "front" : "external";
        return "Camera2, " + side + " camera, " + size.getWidth() + " x " + size.getHeight()
                + (fps == null ? "" : ", asked for " + fps.getLower() + " to " + fps.getUpper() + " frames per second");
    }
}
