package androidx.test.runner.lifecycle;

/** Where Robolectric leaves its monitor; nobody in these tests asks for it. */
public final class ApplicationLifecycleMonitorRegistry {
    private ApplicationLifecycleMonitorRegistry() {}

    /** Takes a monitor. */
    public static void registerInstance(ApplicationLifecycleMonitor monitor) {}
}
