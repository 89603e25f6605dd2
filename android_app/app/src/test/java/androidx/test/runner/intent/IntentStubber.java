package androidx.test.runner.intent;

import android.app.Instrumentation;
import android.content.Intent;

/** Would answer intents in the place of other apps. */
public interface IntentStubber {
    /** The answer to an intent, or null. */
    Instrumentation.ActivityResult getActivityResultForIntent(Intent intent);
}
