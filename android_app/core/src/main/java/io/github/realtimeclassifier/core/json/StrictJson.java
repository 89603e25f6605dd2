package io.github.realtimeclassifier.core.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.ToNumberPolicy;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Reads JSON of unknown origin: as RFC 8259 writes it, each name once, of limited size and depth. */
public final class StrictJson {
    /** The longest text, in bytes. The largest manifest of the six models has 65,000. */
    public static final int LARGEST_BYTES = 8 << 20;

    private static final char BYTE_ORDER_MARK = '\ufeff';
    private static final int DEEPEST = 16;
    private static final int MOST_VALUES = 500_000;

    private final JsonReader reader;
    private int values;

    private StrictJson(String text) {
        reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
    }

    /**
     * Reads a text that is one JSON object.
     *
     * @param content UTF-8.
     * @throws JsonException the content is anything else.
     */
    public static JsonFields readObject(byte[] content) throws JsonException {
        if (content.length > LARGEST_BYTES) {
            throw new JsonException("expected at most " + LARGEST_BYTES + " bytes, received more");
        }
        JsonElement root = new StrictJson(decode(content)).readAll();
        if (!root.isJsonObject()) {
            throw new JsonException("the file: expected a JSON object, received " + JsonFields.describe(root));
        }
        return new JsonFields("", root.getAsJsonObject());
    }

    private static String decode(byte[] content) throws JsonException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException error) {
            throw new JsonException("the file: expected UTF-8 text, received other bytes", error);
        }
        // Gson would leave it out without a word; Python's reader refuses it.
        if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
            throw new JsonException("the file: expected UTF-8 text without a byte order mark, received one");
        }
        return text;
    }

    private JsonElement readAll() throws JsonException {
        try {
            JsonElement root = read(0);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new JsonException("the file: expected nothing after its object" + place());
            }
            return root;
        } catch (IOException | IllegalStateException | NumberFormatException error) {
            throw new JsonException("the file: expected JSON, received something else or only a part" + place(), error);
        }
    }

    private JsonElement read(int depth) throws IOException, JsonException {
        if (++values > MOST_VALUES || depth > DEEPEST) {
            throw new JsonException(
                    "the file: expected at most " + MOST_VALUES + " values, nested at most " + DEEPEST + " deep"
                            + place());
        }
        switch (reader.peek()) {
            case BEGIN_OBJECT:
                return readMembers(depth);
            case BEGIN_ARRAY:
                return readElements(depth);
            case STRING:
                return new JsonPrimitive(whole(reader.nextString()));
            case NUMBER:
                // Kept as text: whoever asks for the number says which kind, and no digit is lost before.
                return new JsonPrimitive(ToNumberPolicy.LAZILY_PARSED_NUMBER.readNumber(reader));
            case BOOLEAN:
                return new JsonPrimitive(reader.nextBoolean());
            default:
                reader.nextNull();
                return JsonNull.INSTANCE;
        }
    }

    /** JSON can write half a character, by an escape; no UTF-8 file and no file's name can hold one. */
    private String whole(String text) throws JsonException {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSurrogatePair(text.charAt(i), i + 1 < text.length() ? text.charAt(i + 1) : 0)) {
                    throw new JsonException("expected whole characters, received half of a surrogate pair" + place());
                }
                i++;
            }
        }
        return text;
    }

    private JsonObject readMembers(int depth) throws IOException, JsonException {
        JsonObject members = new JsonObject();
        reader.beginObject();
        while (reader.hasNext()) {
            String name = whole(reader.nextName());
            if (members.has(name)) {
                throw new JsonException("expected each name once, received two of " + JsonFields.quote(name) + place());
            }
            members.add(name, read(depth + 1));
        }
        reader.endObject();
        return members;
    }

    private JsonArray readElements(int depth) throws IOException, JsonException {
        JsonArray elements = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) {
            elements.add(read(depth + 1));
        }
        reader.endArray();
        return elements;
    }

    private String place() {
        return " (at " + JsonFields.shorten(reader.getPath()) + ")";
    }
}
