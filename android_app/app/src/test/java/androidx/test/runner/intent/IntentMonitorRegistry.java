package androidx.test.runner.intent;

/** Where Robolectric leaves its monitor; nobody in these tests asks for it. */
public final class IntentMonitorRegistry {
    private IntentMonitorRegistry() {}

    /** Takes a monitor. */
    public static void registerInstance(IntentMonitor monitor) {}
}
