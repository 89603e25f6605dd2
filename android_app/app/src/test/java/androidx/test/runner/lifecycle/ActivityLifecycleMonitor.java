package androidx.test.runner.lifecycle;

/** Who is told how activities fare; nobody in these tests asks it. */
public interface ActivityLifecycleMonitor {}
