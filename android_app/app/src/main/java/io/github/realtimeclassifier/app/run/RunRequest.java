package io.github.realtimeclassifier.app.run;

import android.content.ContentResolver;
import android.content.Context;
import android.content.Intent;
import android.net.Uri;
import android.provider.DocumentsContract;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.Engines;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.run.Benchmark;
import io.github.realtimeclassifier.core.run.ImageFolder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What to measure, and how: asked for on a screen, or by {@code adb shell am start} with extras. What is not said is as
 * the user chose last. Each value is checked where it is given. Immutable.
 */
public final class RunRequest {
    private static final String MEASURE = "measure";
    private static final String MODEL = "model";
    private static final String ENGINE = "engine";
    private static final String THREADS = "threads";
    private static final String MODE = "mode";
    private static final String COUNT = "count";
    private static final String WARM_UP = "warm_up";
    private static final String SECONDS = "seconds";
    private static final String IMAGES = "images";
    private static final String TREE = "tree";
    private static final String LIMIT = "limit";
    private static final String RECORD = "record";

    /** For how many seconds a measurement may be asked for at most. */
    public static final int MOST_SECONDS = 86_400;

    private static final int USUAL_CALLS = 50;
    private static final int USUAL_WARM_UP_CALLS = 5;
    private static final int USUAL_SECONDS = 60;
    // The name of a folder inside the app's own: no way out of it.
    private static final Pattern FOLDER = Pattern.compile("(?!\\.{1,2}$)[^/\\\\\\p{Cntrl}]{1,120}");

    private final Measure measure;
    // Texts, integers and yes or no, by the names of the extras; all are checked.
    private final Map<String, Object> values;

    private RunRequest(Measure measure, Map<String, Object> values) {
        this.measure = measure;
        this.values = values;
    }

    /** A measurement of which nothing else is said yet. */
    public static RunRequest of(Measure measure) {
        return new RunRequest(measure, new TreeMap<String, Object>());
    }

    /**
     * Reads an intent's extras.
     *
     * @param engines those that the app has.
     * @return null where the intent asks for no measurement: it has none of this app's extras (those of a launcher do
     *     not matter), or it comes from the list of recent apps, which repeats what was carried out already.
     * @throws RequestException an extra is missing, unknown, of the wrong kind or out of range; the message names it.
     */
    public static RunRequest fromIntent(Intent intent, Engines engines) throws RequestException {
        if ((intent.getFlags() & Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY) != 0) {
            return null;
        }
        Extras extras = Extras.of(intent);
        if (!extras.has(MEASURE)) {
            checkNoneOf(Measure.allKeys(), extras);
            return null;
        }
        Measure measure = Measure.of(extras.text(MEASURE));
        extras.only(measure.keys(), measure.extra());
        RunRequest request = of(measure);
        for (String name : measure.keys()) {
            request = name.equals(MEASURE) || !extras.has(name) ? request : request.take(name, extras, engines);
        }
        return request;
    }

    /** Without a measure they would do nothing, and whoever wrote them would wait. */
    private static void checkNoneOf(Collection<String> names, Extras extras) throws RequestException {
        for (String name : names) {
            if (extras.has(name)) {
                throw new RequestException(MEASURE + ": expected it with the extra " + name
                        + ", received none; say what to measure, or leave " + name + " out");
            }
        }
    }

    private RunRequest take(String name, Extras extras, Engines engines) throws RequestException {
        switch (name) {
            case MODEL:
                return with(MODEL, extras.text(MODEL));
            case ENGINE:
                return engine(extras.text(ENGINE), engines);
            case MODE:
                return mode(extras.text(MODE));
            case IMAGES:
                return images(extras.text(IMAGES));
            case TREE:
                return tree(Uri.parse(extras.text(TREE)));
            case RECORD:
                return record(extras.flag(RECORD));
            default:
                return integer(name, extras.integer(name));
        }
    }

    /** The intent that asks for the same. */
    public Intent toIntent(Context context, Class<?> activity) {
        Intent intent = new Intent(context, activity).putExtra(MEASURE, measure.extra());
        for (Map.Entry<String, Object> value : values.entrySet()) {
            if (value.getValue() instanceof Integer) {
                intent.putExtra(value.getKey(), (Integer) value.getValue());
            } else if (value.getValue() instanceof Boolean) {
                intent.putExtra(value.getKey(), (Boolean) value.getValue());
            } else {
                intent.putExtra(value.getKey(), (String) value.getValue());
            }
        }
        return intent;
    }

    private RunRequest with(String name, Object value) {
        if (!measure.keys().contains(name)) {
            throw new IllegalArgumentException(
                    "expected one of " + measure.keys() + " for " + measure.extra() + ", received " + name);
        }
        Map<String, Object> more = new TreeMap<>(values);
        more.put(name, value);
        return new RunRequest(measure, more);
    }

    /** The same with a choice of model, engine and threads, and for a live run of the pipeline. */
    public RunRequest choice(Choice choice) {
        RunRequest request = with(MODEL, choice.model().name()).with(ENGINE, choice.engine());
        request = request.with(THREADS, choice.threads());
        return measure == Measure.LIVE ? request.with(MODE, choice.isMultithreaded() ? "multi" : "single") : request;
    }

    private RunRequest engine(String name, Engines engines) throws RequestException {
        if (!engines.names().contains(name)) {
            throw Extras.wrong(ENGINE, "one of " + engines.names(), name);
        }
        return with(ENGINE, name);
    }

    private RunRequest mode(String name) throws RequestException {
        if (!name.equals("single") && !name.equals("multi")) {
            throw Extras.wrong(MODE, "single or multi", name);
        }
        return with(MODE, name);
    }

    private RunRequest integer(String name, int number) throws RequestException {
        int least = name.equals(WARM_UP) ? 0 : 1;
        int most = most(name);
        if (number < least || number > most) {
            throw Extras.wrong(name, "an integer from " + least + " to " + most, number);
        }
        return with(name, number);
    }

    private static int most(String name) {
        switch (name) {
            case THREADS:
                return Choice.cores();
            case SECONDS:
                return MOST_SECONDS;
            case LIMIT:
                return ImageFolder.MOST_IMAGES;
            default:
                return Benchmark.MOST_CALLS;
        }
    }

    /** The same with a number of steady calls at most. */
    public RunRequest count(int calls) throws RequestException {
        return integer(COUNT, calls);
    }

    /** The same with a number of calls that do not count yet. */
    public RunRequest warmUp(int calls) throws RequestException {
        return integer(WARM_UP, calls);
    }

    /** The same with a time after which it ends. */
    public RunRequest seconds(int seconds) throws RequestException {
        return integer(SECONDS, seconds);
    }

    /** The same with a folder inside the app's own folder of images. */
    public RunRequest images(String folder) throws RequestException {
        if (!FOLDER.matcher(folder).matches()) {
            throw Extras.wrong(IMAGES, "the name of a folder in the app's folder images", folder);
        }
        return alone(IMAGES, TREE).with(IMAGES, folder);
    }

    /** The same with a folder that the user chose with the system's folder picker. */
    public RunRequest tree(Uri tree) throws RequestException {
        if (!ContentResolver.SCHEME_CONTENT.equals(tree.getScheme()) || !DocumentsContract.isTreeUri(tree)) {
            throw Extras.wrong(TREE, "the address of a folder, as the system's folder picker gives it", "" + tree);
        }
        return alone(TREE, IMAGES).with(TREE, tree.toString());
    }

    private RunRequest alone(String name, String other) throws RequestException {
        if (values.containsKey(other)) {
            throw new RequestException(name + ": expected it without " + other + ", received both; leave one out");
        }
        return this;
    }

    /** The same with a limit: only so many images, from the first on. */
    public RunRequest limit(int images) throws RequestException {
        return integer(LIMIT, images);
    }

    /** The same with or without a run log of the live run. */
    public RunRequest record(boolean logged) {
        return with(RECORD, logged);
    }

    /**
     * The choice that is asked for.
     *
     * @param models those on the phone.
     * @throws DeploymentException there is no such model, or it has no file for that engine.
     */
    public Choice choice(Context context, List<InstalledModel> models) throws DeploymentException {
        Choice choice = Choice.load(context, models);
        if (values.containsKey(MODEL)) {
            choice = choice.with(find(models));
        }
        if (values.containsKey(ENGINE)) {
            choice = choice.withEngine((String) values.get(ENGINE));
        }
        if (choice.model().problem() == null && !choice.model().engines().contains(choice.engine())) {
            throw Extras.wrong(
                    ENGINE,
                    "one of " + choice.model().engines() + " for the model " + choice.model().name(),
                    choice.engine());
        }
        if (values.containsKey(MODE)) {
            choice = choice.withMultithreaded("multi".equals(values.get(MODE)));
        }
        return values.containsKey(THREADS) ? choice.withThreads((Integer) values.get(THREADS)) : choice;
    }

    private InstalledModel find(List<InstalledModel> models) throws DeploymentException {
        List<String> names = new ArrayList<>(models.size());
        for (InstalledModel model : models) {
            if (model.name().equals(values.get(MODEL))) {
                return model;
            }
            names.add(model.name());
        }
        throw new ManifestException("model: expected one of the models on this phone, " + names + ", received "
                + Extras.describe(values.get(MODEL)) + "; choose another one, or push its folder");
    }

    /** What to measure. */
    public Measure measure() {
        return measure;
    }

    /** How many steady calls at most. */
    public int count() {
        return integerOr(COUNT, USUAL_CALLS);
    }

    /** How many calls that do not count yet. */
    public int warmUp() {
        return integerOr(WARM_UP, USUAL_WARM_UP_CALLS);
    }

    /** After how many seconds it ends; 0 for a live run that ends when it is stopped. */
    public int seconds() {
        return integerOr(SECONDS, measure == Measure.LIVE ? 0 : USUAL_SECONDS);
    }

    /** How many images at most. */
    public int limit() {
        return integerOr(LIMIT, ImageFolder.MOST_IMAGES);
    }

    private int integerOr(String name, int otherwise) {
        return values.containsKey(name) ? (Integer) values.get(name) : otherwise;
    }

    /** A folder inside the app's folder of images; empty for that folder itself. */
    public String images() {
        return values.containsKey(IMAGES) ? (String) values.get(IMAGES) : "";
    }

    /** The folder that the user chose; null for one of the app's own. */
    public Uri tree() {
        return values.containsKey(TREE) ? Uri.parse((String) values.get(TREE)) : null;
    }

    /** Whether a live run leaves a run log; one that is asked for does, unless it is said otherwise. */
    public boolean isRecorded() {
        return !Boolean.FALSE.equals(values.get(RECORD));
    }
}
