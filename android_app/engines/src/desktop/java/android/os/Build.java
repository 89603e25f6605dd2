package android.os;

/** What Android tells of itself. */
public final class Build {
    private Build() {}

    /** Android's version. */
    public static final class VERSION {
        /** The API level; below 18, from which on TensorFlow for Mobile calls {@link Trace}. */
        public static final int SDK_INT = 1;

        private VERSION() {}
    }
}
