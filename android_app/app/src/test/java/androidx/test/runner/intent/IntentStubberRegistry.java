package androidx.test.runner.intent;

/** Says that nobody answers intents in the place of other apps. */
public final class IntentStubberRegistry {
    private IntentStubberRegistry() {}

    /** Whether there is a stubber: never. */
    public static boolean isLoaded() {
        return false;
    }

    /** Not called where {@link #isLoaded} is false. */
    public static IntentStubber getInstance() {
        throw new IllegalStateException("expected nobody to ask for an intent stubber: there is none");
    }
}
