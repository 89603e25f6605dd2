package androidx.test.internal.runner.lifecycle;

import android.app.Application;
import androidx.test.runner.lifecycle.ApplicationLifecycleMonitor;
import androidx.test.runner.lifecycle.ApplicationStage;

/** Hears of each change in the application's life, and keeps none. */
public final class ApplicationLifecycleMonitorImpl implements ApplicationLifecycleMonitor {
    /** The application has come to a stage. */
    public void signalLifecycleChange(Application application, ApplicationStage stage) {}
}
