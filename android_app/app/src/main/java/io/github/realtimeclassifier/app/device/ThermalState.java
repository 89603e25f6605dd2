package io.github.realtimeclassifier.app.device;

import android.content.Context;
import android.os.Build;
import android.os.PowerManager;

/** How hot the phone says it is. Android tells it since version 10, by a method that the app is not compiled with. */
final class ThermalState {
    private static final int ANDROID_10 = 29;
    private static final String[] NAMES = {
        "none", "light", "moderate", "severe", "critical", "emergency", "shutdown"
    };

    private ThermalState() {}

    /** The system's word; empty where it has none. */
    static String of(Context context) {
        if (Build.VERSION.SDK_INT < ANDROID_10) {
            return "";
        }
        try {
            Object power = context.getSystemService(Context.POWER_SERVICE);
            int status = (Integer) PowerManager.class.getMethod("getCurrentThermalStatus").invoke(power);
            return status >= 0 && status < NAMES.length ? NAMES[status] : "";
        } catch (ReflectiveOperationException | RuntimeException error) {
            // A phone whose system does not answer: run logs say that it is unknown.
            return "";
        }
    }
}
