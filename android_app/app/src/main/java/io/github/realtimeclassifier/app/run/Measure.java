package io.github.realtimeclassifier.app.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What can be measured, and by which extras it is asked for. */
public enum Measure {
    /** The camera: frames per second, latency, CPU. */
    LIVE("mode", "seconds", "record"),
    /** Accuracy over images on the phone. */
    ACCURACY("images", "tree", "limit"),
    /** Latency on a made frame. */
    BENCHMARK("count", "warm_up", "seconds"),
    /** MNIST's test set: accuracy, and milliseconds an image. */
    DIGITS("limit");

    private final List<String> keys;

    Measure(String... keys) {
        List<String> all = new ArrayList<>(Arrays.asList("measure", "model", "engine", "threads"));
        all.addAll(Arrays.asList(keys));
        this.keys = Collections.unmodifiableList(all);
    }

    /** How the extra {@code measure} calls it. */
    public String extra() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The names of the extras that it takes. */
    List<String> keys() {
        return keys;
    }

    /** The names of all extras, of whatever measurement. */
    static Set<String> allKeys() {
        Set<String> all = new LinkedHashSet<>();
        for (Measure measure : values()) {
            all.addAll(measure.keys);
        }
        return all;
    }

    static Measure of(String extra) throws RequestException {
        List<String> extras = new ArrayList<>();
        for (Measure measure : values()) {
            if (measure.extra().equals(extra)) {
                return measure;
            }
            extras.add(measure.extra());
        }
        throw new RequestException("measure: expected one of " + extras + ", received " + Extras.describe(extra));
    }
}
