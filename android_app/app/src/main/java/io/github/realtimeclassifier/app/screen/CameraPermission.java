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
    private static final String STATE_FINAL = "camera_refused_for_good";

    private final Activity activity;
    private boolean asked;
    private boolean refusedForGood;

    /**
     * Asks nothing yet.
     *
     * @param state what {@link #save} kept; null in a new activity.
     */
    CameraPermission(Activity activity, Bundle state) {
        this.activity = activity;
        asked = state != null && state.getBoolean(STATE_ASKED);
        refusedForGood = state != null && state.getBoolean(STATE_FINAL);
    }

    /** Keeps over a rotation that the user was asked. */
    void save(Bundle state) {
        state.putBoolean(STATE_ASKED, asked);
        state.putBoolean(STATE_FINAL, refusedForGood);
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

    /** Asks the user; the activity hears the answer. */
    void ask() {
        asked = true;
        activity.requestPermissions(new String[] {Manifest.permission.CAMERA}, REQUEST_CODE);
    }

    /** The user has answered. */
    void onAnswer() {
        // Refused, and no explanation is wanted: the system will not show its question again.
        refusedForGood =
                !isGranted() && !activity.shouldShowRequestPermissionRationale(Manifest.permission.CAMERA);
    }

    /** Whether only the system's settings can still allow the camera. */
    boolean isRefusedForGood() {
        return refusedForGood;
    }

    /** Leads to the system's settings of this app. */
    void openSettings() {
        Uri app = Uri.fromParts("package", activity.getPackageName(), null);
        activity.startActivity(new Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, app));
    }
}
