package androidx.test.internal.runner.intent;

import android.content.Intent;
import androidx.test.runner.intent.IntentMonitor;

/** Hears of each intent that starts something, and keeps none. */
public final class IntentMonitorImpl implements IntentMonitor {
    /** An intent was sent. */
    public void signalIntent(Intent intent) {}
}
