package io.github.realtimeclassifier.app.model;

import android.content.Context;
import android.util.Log;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The models on this phone: those in the app's package, and those that adb pushed into the app's folder. Of two with
 * one name, the pushed one counts. Immutable; safe to use from any thread.
 */
public final class InstalledModels {
    private static final String TAG = "RealTimeClassifier";
    private static final String FOLDER = "models";

    private final Context context;
    private final Engines engines;

    /** Looks nowhere yet. */
    public InstalledModels(Context context, Engines engines) {
        this.context = context.getApplicationContext();
        this.engines = engines;
    }

    /** All of them, sorted by name, also those that cannot be used. It reads files: better not on the main thread. */
    public List<InstalledModel> list() {
        Map<String, ModelPlace> places = new TreeMap<>();
        try {
            for (String name : context.getAssets().list(PackagedModel.ASSETS)) {
                File target = new File(new File(context.getNoBackupFilesDir(), FOLDER), name);
                places.put(name, new PackagedModel(context.getAssets(), name, target));
            }
        } catch (IOException error) {
            // Then there are only those that were pushed; a screen without any model says what to do.
            Log.w(TAG, "cannot list the models in the app's package", error);
        }
        File[] pushed = pushFolder().listFiles();
        if (pushed != null) {
            for (File folder : pushed) {
                if (folder.isDirectory()) {
                    places.put(folder.getName(), new PushedModel(folder));
                }
            }
        }
        List<InstalledModel> models = new ArrayList<>(places.size());
        for (Map.Entry<String, ModelPlace> place : places.entrySet()) {
            models.add(new InstalledModel(place.getKey(), place.getValue(), engines));
        }
        return Collections.unmodifiableList(models);
    }

    /** Where adb pushes models to, each in a folder of its own. */
    public File pushFolder() {
        return pushFolder(context);
    }

    static File pushFolder(Context context) {
        File folder = context.getExternalFilesDir(FOLDER);
        // The shared storage may be away for a moment; nothing can be pushed then.
        return folder == null ? new File(context.getFilesDir(), FOLDER) : folder;
    }
}
