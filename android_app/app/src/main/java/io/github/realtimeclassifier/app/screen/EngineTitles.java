package io.github.realtimeclassifier.app.screen;

import android.content.Context;
import io.github.realtimeclassifier.R;

/** The engines' names, short enough for a third of a phone's width. */
final class EngineTitles {
    private EngineTitles() {}

    /** A short title; of an engine that has none, its name. */
    static String shortTitle(Context context, String engine) {
        switch (engine) {
            case "tf_mobile":
                return context.getString(R.string.engine_tf_mobile);
            case "tflite":
                return context.getString(R.string.engine_tflite);
            default:
                return engine;
        }
    }
}
