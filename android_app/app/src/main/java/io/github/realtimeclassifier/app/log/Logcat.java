package io.github.realtimeclassifier.app.log;

import android.util.Log;
import java.io.File;

/** One line in the system's log at a run's end, for whoever started it by adb; {@code adb logcat} shows it. */
public final class Logcat {
    private static final String TAG = "RealTimeClassifier";

    private Logcat() {}

    /** The run left a log. */
    public static void done(File log) {
        Log.i(TAG, "done: " + log);
    }

    /** The run left nothing. */
    public static void ended(String why) {
        Log.i(TAG, "ended without a run log: " + why);
    }

    /** The run failed. */
    public static void failed(String message) {
        Log.e(TAG, "error: " + message);
    }
}
