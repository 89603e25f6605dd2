package io.github.realtimeclassifier.app.model;

import android.content.Context;
import android.content.SharedPreferences;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ManifestException;
import java.util.List;

/** What the user chose: a model, an engine, its threads, and the kind of pipeline. Immutable. */
public final class Choice {
    private static final String PREFERENCES = "choice";
    private static final String MODEL = "model";
    private static final String ENGINE = "engine";
    private static final String THREADS = "threads";
    private static final String MULTITHREADED = "multithreaded";
    // More make a small network no faster, and the phone hotter.
    private static final int USUAL_THREADS = 4;

    private final InstalledModel model;
    private final String engine;
    private final int threads;
    private final boolean multithreaded;

    private Choice(InstalledModel model, String engine, int threads, boolean multithreaded) {
        this.model = model;
        this.engine = engine;
        this.threads = Math.max(1, Math.min(threads, cores()));
        this.multithreaded = multithreaded;
    }

    /** How many threads can be chosen at most: one for each core. */
    public static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    /**
     * The last choice, as far as it still exists; else the first model that can be used, and its first engine. A chosen
     * model that has become damaged stays chosen: the screen says what is wrong with it.
     *
     * @param models those on the phone.
     * @throws DeploymentException there is none; the message says how to get one.
     */
    public static Choice load(Context context, List<InstalledModel> models) throws DeploymentException {
        if (models.isEmpty()) {
            throw new ManifestException("expected a model in the app or in its folder, received none; push one with"
                    + " 'adb push build/models/squeezenet " + InstalledModels.pushFolder(context)
                    + "/', or install an app that was built with models");
        }
        SharedPreferences saved = preferences(context);
        InstalledModel model = chosen(models, saved.getString(MODEL, ""));
        return new Choice(
                model,
                engine(model, saved.getString(ENGINE, "")),
                saved.getInt(THREADS, Math.min(USUAL_THREADS, cores())),
                saved.getBoolean(MULTITHREADED, true));
    }

    private static InstalledModel chosen(List<InstalledModel> models, String name) {
        InstalledModel first = null;
        for (InstalledModel model : models) {
            if (model.name().equals(name)) {
                return model;
            }
            if (first == null && model.problem() == null) {
                first = model;
            }
        }
        return first == null ? models.get(0) : first;
    }

    private static String engine(InstalledModel model, String wanted) {
        // One that cannot be used has no engines; the choice keeps the wish for the time after.
        return model.engines().isEmpty() || model.engines().contains(wanted) ? wanted : model.engines().get(0);
    }

    private static SharedPreferences preferences(Context context) {
        return context.getSharedPreferences(PREFERENCES, Context.MODE_PRIVATE);
    }

    /** Keeps the choice for the next start. */
    public void save(Context context) {
        preferences(context)
                .edit()
                .putString(MODEL, model.name())
                .putString(ENGINE, engine)
                .putInt(THREADS, threads)
                .putBoolean(MULTITHREADED, multithreaded)
                .apply();
    }

    /** The same with another model, and with the same engine if that model has a file for it. */
    public Choice with(InstalledModel other) {
        return new Choice(other, engine(other, engine), threads, multithreaded);
    }

    /** The same with another engine. */
    public Choice withEngine(String other) {
        return new Choice(model, other, threads, multithreaded);
    }

    /** The same with another number of threads, brought into 1 to {@link #cores}. */
    public Choice withThreads(int count) {
        return new Choice(model, engine, count, multithreaded);
    }

    /** The same with the other kind of pipeline. */
    public Choice withMultithreaded(boolean multi) {
        return new Choice(model, engine, threads, multi);
    }

    /** The model. */
    public InstalledModel model() {
        return model;
    }

    /** The engine's short name. */
    public String engine() {
        return engine;
    }

    /** How many threads the engine may use; TensorFlow for Mobile does not ask. */
    public int threads() {
        return threads;
    }

    /** Whether the screen and the network run on threads of their own. */
    public boolean isMultithreaded() {
        return multithreaded;
    }
}
