package android.text;

/** What TensorFlow for Mobile calls of it, which is when it words an error. */
public final class TextUtils {
    private TextUtils() {}

    /** Joins texts. */
    public static String join(CharSequence delimiter, Iterable<?> parts) {
        StringBuilder joined = new StringBuilder();
        for (Object part : parts) {
            joined.append(joined.length() == 0 ? "" : delimiter).append(part);
        }
        return joined.toString();
    }
}
