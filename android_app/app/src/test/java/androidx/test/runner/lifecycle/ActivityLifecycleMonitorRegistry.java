package androidx.test.runner.lifecycle;

/** Where Robolectric leaves its monitor; nobody in these tests asks for it. */
public final class ActivityLifecycleMonitorRegistry {
    private ActivityLifecycleMonitorRegistry() {}

    /** Takes a monitor. */
    public static void registerInstance(ActivityLifecycleMonitor monitor) {}
}
