package io.github.realtimeclassifier.app.screen;

import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.ModelFileException;
import java.util.Locale;

/** What failed, in a few words; the exception's message tells the rest. */
final class Failures {
    private Failures() {}

    /** A message of the code below the screens as a sentence for people, with paths as adb takes them. */
    static String sentence(String message) {
        String text = adbPaths(message);
        String end = text.endsWith(".") ? "" : ".";
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + end;
    }

    /** The same text with paths of the app's folders in the form that adb takes, and that can be read. */
    static String adbPaths(String text) {
        return text.replaceAll("/[^ ]*?/Android/data/", "/sdcard/Android/data/");
    }

    /** The title above a failure's message, as the id of a string. */
    static int title(DeploymentException failure) {
        if (failure instanceof FrameException) {
            return R.string.camera_failed_title;
        }
        if (failure instanceof ManifestException) {
            return R.string.model_failed_title;
        }
        return failure instanceof ModelFileException ? R.string.engine_failed_title : R.string.failed_title;
    }
}
