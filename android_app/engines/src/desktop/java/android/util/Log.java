package android.util;

/** Android's log, of which a desktop has none: whatever failed comes as an exception too. */
public final class Log {
    private Log() {}

    /** Takes a notice. */
    public static int i(String tag, String message) {
        return 0;
    }

    /** Takes an error. */
    public static int e(String tag, String message) {
        return 0;
    }
}
