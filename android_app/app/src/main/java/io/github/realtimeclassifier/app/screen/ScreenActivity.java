package io.github.realtimeclassifier.app.screen;

import android.app.Activity;
import android.content.Intent;
import android.widget.Toast;
import io.github.realtimeclassifier.app.ClassifierApplication;
import io.github.realtimeclassifier.app.log.ShareLogs;
import java.io.File;
import java.util.List;

/** What all screens have. */
abstract class ScreenActivity extends Activity {
    /** What lives as long as the app does. */
    final ClassifierApplication app() {
        return ClassifierApplication.of(this);
    }

    /** Lets the user choose an app that gets the logs. */
    final void share(List<File> logs) {
        startActivity(Intent.createChooser(ShareLogs.intent(this, logs), null));
    }

    /** Shows a short message for a moment; what must not be missed has its place on the screen instead. */
    final void tell(CharSequence text) {
        Toast.makeText(this, text, Toast.LENGTH_LONG).show();
    }
}
