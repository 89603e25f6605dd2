package io.github.realtimeclassifier.app.screen;

import android.Manifest;
import android.app.Activity;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.net.Uri;
import android.os.Bundle;
import android.provider.Settings;

/** Whether the app may use the camera, and how the user is asked. For the main thread. */
final class CameraPermission {
    /** By which the answer is told from others. */
    static final int REQUEST_CODE = 1;

    private static final String STATE_ASKED = "camera_asked";
    private static final String STATE_WAITING = "camera_question_is_open";
    private static final String STATE_REFUSALS = "camera_refusals";
    private static final String STATE_EXPLAINED = "camera_explained";

    private final Activity activity;
    private boolean asked;
    // The system's question is open.
    private boolean waiting;
    private int refusals;
    // Once after a refusal the system wanted an explanation; only then can a later refusal be one for good.
    private boolean explained;

    /**
     * Asks nothing yet.
     *
     * @param state what {@link #save} kept; null in a new activity.
     */
    CameraPermission(Activity activity, Bundle state) {
        this.activity = activity;
        if (state != null) {
            asked = state.getBoolean(STATE_ASKED);
            waiting = state.getBoolean(STATE_WAITING);
            refusals = state.getInt(STATE_REFUSALS);
            explained = state.getBoolean(STATE_EXPLAINED);
        }
    }

    /** Keeps over a rotation what the user was asked, and answered. */
    void save(Bundle state) {
        state.putBoolean(STATE_ASKED, asked);
        state.putBoolean(STATE_WAITING, waiting);
        state.putInt(STATE_REFUSALS, refusals);
        state.putBoolean(STATE_EXPLAINED, explained);
    }

    /** Whether the camera may be used. */
    boolean isGranted() {
        return activity.checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED;
    }

    /** Asks without being asked to, the first time only. */
    void askOnce() {
        if (!asked) {
            ask();
        }
    }

    /** Asks without being asked to, unless the question is still open. */
    void askUnlessOpen() {
        if (!waiting) {
            ask();
        }
    }

    /** Asks the user; the activity hears the answer. */
    void ask() {
        asked = true;
        waiting = true;
        explained |= wantsExplanation();
        activity.requestPermissions(new String[] {Manifest.permission.CAMERA}, REQUEST_CODE);
    }

    /** The question is not open any more, and was not answered. */
    void onInterrupted() {
        waiting = false;
    }

    /** The user has answered. */
    void onAnswer() {
        waiting = false;
        refusals = isGranted() ? 0 : refusals + 1;
        explained = !isGranted() && (explained || wantsExplanation());
    }

    /**
     * Whether only the system's settings can still allow the camera: it was refused, and no explanation is wanted. From
     * Android 11 on a touch beside the question looks the same, if nobody has refused before: one such answer is not
     * for good.
     */
    boolean isRefusedForGood() {
        return refusals > 0 && (explained || refusals > 1) && !wantsExplanation();
    }

    private boolean wantsExplanation() {
        return activity.shouldShowRequestPermissionRationale(Manifest.permission.CAMERA);
    }

    /** Leads to the system's settings of this app. */
    void openSettings() {
        Uri app = Uri.fromParts("package", activity.getPackageName(), null);
        activity.startActivity(new Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, app));
    }
}
