package io.github.realtimeclassifier.app.run;

import android.content.Intent;
import android.os.Bundle;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An intent's extras, which anybody may have written. Numbers and yes or no may also come as texts, as {@code adb shell
 * am start --es} gives them. Immutable.
 */
final class Extras {
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,9}");
    private static final int LONGEST_SHOWN = 80;

    private final Map<String, Object> values;

    private Extras(Map<String, Object> values) {
        this.values = values;
    }

    /**
     * Takes the extras out of an intent.
     *
     * @throws RequestException they cannot be read.
     */
    static Extras of(Intent intent) throws RequestException {
        Map<String, Object> values = new TreeMap<>();
        try {
            Bundle bundle = intent.getExtras();
            Set<String> names = bundle == null ? values.keySet() : bundle.keySet();
            for (String name : names) {
                values.put(String.valueOf(name), bundle.get(name));
            }
        } catch (RuntimeException error) {
            // Of a class that this app does not have, or no parcel at all: Android throws what it likes.
            throw new RequestException("the intent's extras: expected texts, numbers and yes or no, received something"
                    + " that cannot be read: " + error, error);
        }
        return new Extras(values);
    }

    /** Refuses extras of any other name. */
    void only(List<String> names, String purpose) throws RequestException {
        for (String name : values.keySet()) {
            if (!names.contains(name)) {
                throw new RequestException(describe(name) + ": expected only the extras " + names + " for " + purpose
                        + ", received another one; leave it out");
            }
        }
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String text(String name) throws RequestException {
        Object value = values.get(name);
        if (!(value instanceof String) || ((String) value).isEmpty()) {
            throw wrong(name, "a text", value);
        }
        return (String) value;
    }

    int integer(String name) throws RequestException {
        Object value = values.get(name);
        boolean number = value instanceof Integer || value instanceof Long || value instanceof String;
        if (!number || !INTEGER.matcher(value.toString()).matches()) {
            throw wrong(name, "an integer", value);
        }
        return Integer.parseInt(value.toString());
    }

    boolean flag(String name) throws RequestException {
        Object value = values.get(name);
        boolean known = value instanceof Boolean || "true".equals(value) || "false".equals(value);
        if (!known) {
            throw wrong(name, "true or false", value);
        }
        return Boolean.parseBoolean(value.toString());
    }

    static RequestException wrong(String name, String expected, Object received) {
        return new RequestException(name + ": expected " + expected + ", received " + describe(received));
    }

    /** What is not a text, a number or yes or no is told by its kind alone: it may be large, or show itself badly. */
    static String describe(Object value) {
        if (value == null) {
            return "nothing";
        }
        if (value instanceof String) {
            String text = ((String) value).replaceAll("\\p{Cntrl}", "?");
            return "'" + (text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...") + "'";
        }
        boolean plain = value instanceof Number || value instanceof Boolean;
        return (plain ? value + " of the kind " : "one of the kind ") + value.getClass().getSimpleName();
    }
}
