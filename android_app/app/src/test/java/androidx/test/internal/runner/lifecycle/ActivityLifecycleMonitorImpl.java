package androidx.test.internal.runner.lifecycle;

import android.app.Activity;
import androidx.test.runner.lifecycle.ActivityLifecycleMonitor;
import androidx.test.runner.lifecycle.Stage;

/** Hears of each change in an activity's life, and keeps none. */
public final class ActivityLifecycleMonitorImpl implements ActivityLifecycleMonitor {
    /** An activity has come to a stage. */
    public void signalLifecycleChange(Stage stage, Activity activity) {}
}
