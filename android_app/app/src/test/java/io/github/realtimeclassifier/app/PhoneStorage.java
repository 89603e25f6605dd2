package io.github.realtimeclassifier.app;

import java.io.File;
import org.robolectric.annotation.Implementation;
import org.robolectric.annotation.Implements;
import org.robolectric.shadows.ShadowContextImpl;

/**
 * Puts the app's shared files where a phone has them: in {@code Android/data/PACKAGE/files}. Robolectric leaves out the
 * last folder, and the screens would show a path that no phone has.
 */
@Implements(className = "android.app.ContextImpl")
public final class PhoneStorage extends ShadowContextImpl {
    private static final String FILES = "files";

    @Override
    @Implementation
    protected File getExternalFilesDir(String type) {
        return super.getExternalFilesDir(type == null ? FILES : FILES + "/" + type);
    }
}
