package androidx.test.runner.intent;

/** Who is told of intents; nobody in these tests asks it. */
public interface IntentMonitor {}
