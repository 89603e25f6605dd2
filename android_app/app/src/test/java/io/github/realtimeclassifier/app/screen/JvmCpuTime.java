package io.github.realtimeclassifier.app.screen;

import android.os.Process;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.robolectric.annotation.Implementation;
import org.robolectric.annotation.Implements;
import org.robolectric.shadows.ShadowProcess;

/** Lets Android's processor time be the JVM's, so that the meter has something to show. */
@Implements(Process.class)
public final class JvmCpuTime extends ShadowProcess {
    /** In milliseconds, as Android gives it. */
    @Implementation
    public static long getElapsedCpuTime() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return TimeUnit.NANOSECONDS.toMillis(system.getProcessCpuTime());
    }
}
