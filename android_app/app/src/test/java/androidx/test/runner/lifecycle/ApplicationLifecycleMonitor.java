package androidx.test.runner.lifecycle;

/** Who is told how the application fares; nobody in these tests asks it. */
public interface ApplicationLifecycleMonitor {}
