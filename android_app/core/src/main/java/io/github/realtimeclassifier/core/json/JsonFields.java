package io.github.realtimeclassifier.core.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The members of a JSON object, each asked for by name and kind; every error names the field. Immutable. */
public final class JsonFields {
    private static final int LONGEST_TEXT = 10_000;
    private static final int LONGEST_SHOWN = 80;
    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");

    private final String where;
    private final JsonObject members;

    JsonFields(String where, JsonObject members) {
        this.where = where;
        this.members = members;
    }

    /** Refuses members of any other name. */
    public void only(String... names) throws JsonException {
        for (String name : members.keySet()) {
            if (!Arrays.asList(names).contains(name)) {
                throw new JsonException(
                        path(name) + ": expected only the names " + Arrays.toString(names) + ", received "
                                + quote(name));
            }
        }
    }

    /** The names of the members, in their order. */
    public List<String> names() {
        return Collections.unmodifiableList(new ArrayList<>(members.keySet()));
    }

    /** Whether there is a member of that name that is not null. */
    public boolean has(String name) {
        return members.has(name) && !members.get(name).isJsonNull();
    }

    /** A text of at least one character. */
    public String text(String name) throws JsonException {
        return text(required(name), path(name));
    }

    /**
     * A text of a given form.
     *
     * @param form the whole text must match it.
     * @param wanted the form in words, for the error message.
     */
    public String text(String name, Pattern form, String wanted) throws JsonException {
        String text = text(name);
        if (!form.matcher(text).matches()) {
            throw wrong(path(name), wanted, members.get(name));
        }
        return text;
    }

    /** An integer, written without fraction or exponent, between two bounds that belong to the range. */
    public long integer(String name, long least, long most) throws JsonException {
        JsonElement value = required(name);
        String wanted = "an integer from " + least + " to " + most;
        if (!isNumber(value) || !INTEGER.matcher(value.getAsString()).matches()) {
            throw wrong(path(name), wanted, value);
        }
        long number = Long.parseLong(value.getAsString());
        if (number < least || number > most) {
            throw wrong(path(name), wanted, value);
        }
        return number;
    }

    /** Numbers, each rounded to the nearest float32; none may be infinite. */
    public float[] floats(String name, int least, int most) throws JsonException {
        JsonArray elements = array(name, least, most);
        float[] numbers = new float[elements.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonElement element = elements.get(i);
            // By way of float64, as Python reads it.
            numbers[i] = isNumber(element) ? (float) element.getAsDouble() : Float.NaN;
            if (Float.isNaN(numbers[i]) || Float.isInfinite(numbers[i])) {
                throw wrong(path(name) + "." + i, "a finite number that float32 can hold", element);
            }
        }
        return numbers;
    }

    /** A list of texts, each of at least one character. */
    public List<String> texts(String name, int least, int most) throws JsonException {
        JsonArray elements = array(name, least, most);
        List<String> texts = new ArrayList<>(elements.size());
        for (int i = 0; i < elements.size(); i++) {
            texts.add(text(elements.get(i), path(name) + "." + i));
        }
        return Collections.unmodifiableList(texts);
    }

    /** A nested object. */
    public JsonFields object(String name) throws JsonException {
        return object(required(name), path(name));
    }

    /** A list of objects. */
    public List<JsonFields> objects(String name, int least, int most) throws JsonException {
        JsonArray elements = array(name, least, most);
        List<JsonFields> objects = new ArrayList<>(elements.size());
        for (int i = 0; i < elements.size(); i++) {
            objects.add(object(elements.get(i), path(name) + "." + i));
        }
        return Collections.unmodifiableList(objects);
    }

    /** All members, where each is a text; sorted by name. */
    public Map<String, String> allTexts() throws JsonException {
        Map<String, String> texts = new TreeMap<>();
        for (String name : members.keySet()) {
            texts.put(name, text(name));
        }
        return Collections.unmodifiableMap(texts);
    }

    /** Says what is wrong with a member whose value the caller looked at. */
    public JsonException wrong(String name, String wanted) {
        return wrong(path(name), wanted, members.has(name) ? members.get(name) : JsonNull.INSTANCE);
    }

    private JsonElement required(String name) throws JsonException {
        if (!members.has(name)) {
            throw new JsonException(path(name) + ": expected this field, received none");
        }
        return members.get(name);
    }

    private JsonArray array(String name, int least, int most) throws JsonException {
        JsonElement value = required(name);
        String wanted = "a list of " + (least == most ? "" + least : least + " to " + most) + " values";
        if (!value.isJsonArray()) {
            throw wrong(path(name), wanted, value);
        }
        JsonArray elements = value.getAsJsonArray();
        if (elements.size() < least || elements.size() > most) {
            throw new JsonException(path(name) + ": expected " + wanted + ", received " + elements.size());
        }
        return elements;
    }

    private static String text(JsonElement value, String path) throws JsonException {
        boolean isText = value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
        if (!isText || value.getAsString().isEmpty() || value.getAsString().length() > LONGEST_TEXT) {
            throw wrong(path, "a text of 1 to " + LONGEST_TEXT + " characters", value);
        }
        return value.getAsString();
    }

    private static JsonFields object(JsonElement value, String path) throws JsonException {
        if (!value.isJsonObject()) {
            throw wrong(path, "an object", value);
        }
        return new JsonFields(path + ".", value.getAsJsonObject());
    }

    private static boolean isNumber(JsonElement value) {
        return value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
    }

    private String path(String name) {
        return where + shorten(name);
    }

    private static JsonException wrong(String path, String wanted, JsonElement received) {
        return new JsonException(path + ": expected " + wanted + ", received " + describe(received));
    }

    static String describe(JsonElement value) {
        if (value.isJsonObject()) {
            return "an object";
        }
        if (value.isJsonArray()) {
            return "a list of " + value.getAsJsonArray().size();
        }
        return shorten(value.toString());
    }

    static String quote(String text) {
        return shorten(new JsonPrimitive(text).toString());
    }

    static String shorten(String text) {
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
    }
}
