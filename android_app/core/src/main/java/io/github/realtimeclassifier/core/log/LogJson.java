package io.github.realtimeclassifier.core.log;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonWriter;
import io.github.realtimeclassifier.core.engine.Prediction;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** Writes the members of a run log one after another; the schema's limits on texts are kept here. */
final class LogJson {
    private static final int LONGEST_TEXT = 300;
    private static final int LONGEST_MESSAGE = 2_000;

    private final JsonWriter json;

    LogJson(Writer writer) {
        json = new JsonWriter(writer);
        json.setStrictness(Strictness.STRICT);
        json.setSerializeNulls(true);
    }

    LogJson beginObject() throws IOException {
        json.beginObject();
        return this;
    }

    LogJson beginObject(String name) throws IOException {
        json.name(name).beginObject();
        return this;
    }

    LogJson endObject() throws IOException {
        json.endObject();
        return this;
    }

    LogJson beginArray(String name) throws IOException {
        json.name(name).beginArray();
        return this;
    }

    LogJson endArray() throws IOException {
        json.endArray();
        return this;
    }

    /** An empty text is written as unknown. */
    LogJson text(String name, String text) throws IOException {
        json.name(name).value(text.isEmpty() ? "unknown" : shortened(text, LONGEST_TEXT));
        return this;
    }

    LogJson message(String name, String text) throws IOException {
        json.name(name).value(shortened(text, LONGEST_MESSAGE));
        return this;
    }

    /** An empty text is written as null. */
    LogJson optionalText(String name, String text) throws IOException {
        return text.isEmpty() ? nothing(name) : text(name, text);
    }

    LogJson number(String name, long number) throws IOException {
        json.name(name).value(number);
        return this;
    }

    LogJson number(String name, double number) throws IOException {
        json.name(name).value(number);
        return this;
    }

    LogJson nothing(String name) throws IOException {
        json.name(name).nullValue();
        return this;
    }

    LogJson numbers(String name, long[] numbers) throws IOException {
        json.name(name).beginArray();
        for (long number : numbers) {
            json.value(number);
        }
        json.endArray();
        return this;
    }

    /**
     * Writes moments as times since an origin.
     *
     * @param never stands for a moment that did not come, and is written as null.
     */
    LogJson moments(String name, long[] nanos, long origin, long never) throws IOException {
        json.name(name).beginArray();
        for (long moment : nanos) {
            if (moment == never) {
                json.nullValue();
            } else {
                json.value(moment - origin);
            }
        }
        json.endArray();
        return this;
    }

    LogJson top(List<Prediction> top) throws IOException {
        json.name("top").beginArray();
        for (Prediction prediction : top) {
            json.beginObject();
            number("class_number", prediction.classNumber());
            // float32's own shortest digits: as float64 they would pretend to more.
            json.name("probability").value(prediction.probability());
            json.endObject();
        }
        json.endArray();
        return this;
    }

    private static String shortened(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest - 3) + "...";
    }
}
