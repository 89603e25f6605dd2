package androidx.test.platform.app;

import android.app.Instrumentation;
import android.os.Bundle;
import java.util.concurrent.atomic.AtomicReference;

/** Where Robolectric leaves its instrumentation, and asks for it. */
public final class InstrumentationRegistry {
    private static final AtomicReference<Instrumentation> INSTANCE = new AtomicReference<>();

    private InstrumentationRegistry() {}

    /** The instrumentation that was left here last. */
    public static Instrumentation getInstrumentation() {
        Instrumentation instance = INSTANCE.get();
        if (instance == null) {
            throw new IllegalStateException("expected Robolectric to register its instrumentation, received none");
        }
        return instance;
    }

    /** Leaves an instrumentation here; null takes it away. Nothing asks for the arguments. */
    public static void registerInstance(Instrumentation instrumentation, Bundle arguments) {
        INSTANCE.set(instrumentation);
    }
}
