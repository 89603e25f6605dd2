package io.github.realtimeclassifier.app.device;

import android.content.Context;
import android.content.pm.PackageManager;
import android.os.BatteryManager;
import android.os.Build;
import android.os.Process;
import io.github.realtimeclassifier.core.log.Device;
import io.github.realtimeclassifier.core.log.Resources;
import io.github.realtimeclassifier.core.measure.CpuTime;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * What Android tells of the phone and of this app.
 *
 * <p>All times of the app are of one clock, the core's {@code SystemClock}. A camera stamps its frames by a clock that
 * on many phones is another one: frames are stamped anew when they arrive.
 */
public final class AndroidSystem implements CpuTime {
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final int BYTES_PER_KIB = 1024;
    private static final int UNKNOWN = -1;
    private static final int ANDROID_12 = 31;

    private final Context context;

    /** Asks nothing yet. */
    public AndroidSystem(Context context) {
        this.context = context.getApplicationContext();
    }

    @Override
    public long processCpuNanos() {
        return Process.getElapsedCpuTime() * NANOS_PER_MILLI;
    }

    /** How many cores the processor has. */
    public int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** The phone. */
    public Device device() {
        return new Device(Build.MANUFACTURER, Build.MODEL, chip(), "Android", Build.VERSION.RELEASE, cores());
    }

    /** The chip's name: since Android 12 by its own field, which the app is not compiled with; else the board's. */
    private static String chip() {
        if (Build.VERSION.SDK_INT >= ANDROID_12) {
            try {
                Object name = Build.class.getField("SOC_MODEL").get(null);
                return Build.UNKNOWN.equals(name) ? "" : String.valueOf(name);
            } catch (ReflectiveOperationException error) {
                // Not a phone's usual system: it is left unknown, as below.
                return "";
            }
        }
        return Build.UNKNOWN.equals(Build.BOARD) ? "" : Build.BOARD;
    }

    /** The app's version, as its package says. */
    public String build() {
        try {
            return context.getPackageManager().getPackageInfo(context.getPackageName(), 0).versionName;
        } catch (PackageManager.NameNotFoundException error) {
            throw new IllegalStateException("every app finds its own package", error);
        }
    }

    /** The most memory that the app had, in bytes; 0 where the system does not tell. */
    public long peakMemoryBytes() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new FileInputStream(new File("/proc/self/status")), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * BYTES_PER_KIB;
                }
            }
            return 0;
        } catch (IOException | NumberFormatException error) {
            // A system that hides it; run logs say that it is unknown.
            return 0;
        }
    }

    /** How full the battery is, in percent; -1 where the system does not tell. */
    public double batteryPercent() {
        BatteryManager battery = (BatteryManager) context.getSystemService(Context.BATTERY_SERVICE);
        int percent = battery == null ? UNKNOWN : battery.getIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY);
        return percent >= 0 && percent <= 100 ? percent : UNKNOWN;
    }

    /** How hot the system says it is, in its own word, such as light; empty before Android 10. */
    public String thermalState() {
        return ThermalState.of(context);
    }

    /** What a run took, as known at its end. */
    public Resources resources(double batteryAtStartPercent) {
        return new Resources()
                .peakMemory(peakMemoryBytes())
                .battery(batteryAtStartPercent, batteryPercent())
                .thermalState(thermalState());
    }
}
