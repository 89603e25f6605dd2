package io.github.realtimeclassifier.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.github.realtimeclassifier.core.ManifestException;
import java.io.ByteArrayInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A manifest with anything in the place of any of its values, cut off anywhere, or in other bytes: either it describes
 * a model that can be used, or it is refused with one line that tells.
 */
class BadManifestsTest {
    private static final String PLACE = "\"@\"";

    /** What is put in the place of each value: about 1,600 manifests. */
    private static final List<String> VALUES = List.of(
            "null", "true", "0", "-1", "-0", "1.0", "1.5", "1e2", "1e999", "-1e999", "1e39", "9".repeat(30),
            "9".repeat(5_000), "NaN", "\"\"", "\"x\"", "\" \"", "\"../x\"", "\"/etc/passwd\"", "\"C:\\\\x\"",
            "\"a/b\"", "\"..\"", "\"a\\nb\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u202e\"",
            "\"" + "x".repeat(20_000) + "\"", "\"" + "F".repeat(64) + "\"", "[]", "{}", "[null]", "[1, 2]",
            "[\"a\", \"b\"]", "{\"a\": 1}", "[".repeat(20) + "]".repeat(20),
            "{\"a\":".repeat(20) + "1" + "}".repeat(20));

    private int tried;
    private int refused;

    /** Parses; what is accepted must be usable, and what is refused must say why. */
    private void check(byte[] content) {
        tried++;
        try {
            assertUsable(Manifest.read(new ByteArrayInputStream(content), "m.json"));
        } catch (ManifestException error) {
            refused++;
            assertTelling(error.getMessage());
        }
    }

    private void check(String text) {
        check(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertTelling(String message) {
        assertTrue(message.startsWith("m.json is not a valid manifest: "), message);
        assertTrue(message.contains("expected ") && message.contains("; build the model again"), message);
        assertTrue(message.length() < 500 && !message.matches("(?s).*[\\p{Cc}\\u202e].*"), message);
    }

    private static void assertUsable(Manifest manifest) {
        assertTrue(manifest.model().matches("[a-z0-9_]{1,60}"), manifest.model());
        assertTrue(manifest.labels().size() >= 2);
        assertTrue(manifest.labelIds().isEmpty() || manifest.labelIds().size() == manifest.labels().size());
        assertTrue(manifest.input().length() > 0);
        for (int channel = 0; channel < manifest.input().channels(); channel++) {
            assertTrue(Float.isFinite(manifest.input().scale(channel)));
            assertTrue(Float.isFinite(manifest.input().bias(channel)));
        }
        assertWhole(manifest.title(), manifest.citation(), manifest.weights().source());
        assertWhole(manifest.labels().toArray(new String[0]));
        assertFalse(manifest.files().isEmpty());
        for (ModelFile file : manifest.files()) {
            assertEquals(Path.of("f", file.path()), Path.of("f").resolve(file.path()).normalize());
            assertEquals(2, Path.of("f", file.path()).getNameCount());
            assertTrue(file.bytes() > 0 && file.sha256().matches("[0-9a-f]{64}"));
            assertWhole(file.path(), file.inputNode(), file.outputNode());
        }
    }

    /** No half characters: what is written to a file or a log comes back from it. */
    private static void assertWhole(String... texts) {
        for (String text : texts) {
            assertEquals(text, new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
        }
    }

    /** Calls back for each value of a good manifest: the text with {@link #PLACE} instead of it, and the value. */
    private static void eachPlace(BiConsumer<String, String> use) {
        JsonObject root = JsonParser.parseString(Models.json()).getAsJsonObject();
        eachPlace(root, root, use);
    }

    private static void eachPlace(JsonObject root, JsonElement node, BiConsumer<String, String> use) {
        if (node.isJsonObject()) {
            for (String name : node.getAsJsonObject().keySet().toArray(new String[0])) {
                JsonElement value = node.getAsJsonObject().get(name);
                node.getAsJsonObject().addProperty(name, "@");
                use.accept(root.toString(), value.toString());
                node.getAsJsonObject().add(name, value);
                eachPlace(root, value, use);
            }
        } else if (node.isJsonArray()) {
            JsonArray elements = node.getAsJsonArray();
            for (int i = 0; i < elements.size(); i++) {
                JsonElement value = elements.set(i, new JsonPrimitive("@"));
                use.accept(root.toString(), value.toString());
                elements.set(i, value);
                eachPlace(root, value, use);
            }
        }
    }

    @Test
    void anythingInThePlaceOfAnyValue() {
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> eachPlace((text, value) -> {
            for (String other : VALUES) {
                check(text.replace(PLACE, other));
            }
        }));
        assertTrue(tried > 1_000 && refused > tried * 3 / 4, refused + " of " + tried);
    }

    @Test
    void aNameTwice() {
        eachPlace((text, value) -> {
            String twice = text.replaceFirst("(\"\\w+\":\"@\")", "$1,$1");
            // A place in a list has no name.
            if (!twice.equals(text)) {
                check(twice.replace(PLACE, value));
            }
        });
        assertEquals(tried, refused);
        assertTrue(tried >= 39, "" + tried);
    }

    @Test
    void aNameLeftOutOrChanged() {
        eachPlace((text, value) -> {
            check(text.replaceFirst(",?\"\\w+\":\"@\"", "").replace(PLACE, value));
            check(text.replaceFirst("(\"\\w+)\":\"@\"", "$1\\\\n\\\\u202e\":\"@\"").replace(PLACE, value));
        });
        assertTrue(refused > 60, refused + " of " + tried);
    }

    @Test
    void cutOffAnywhere() {
        byte[] whole = Models.json().strip().getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < whole.length; length++) {
            check(Arrays.copyOf(whole, length));
        }
        assertEquals(tried, refused);
        assertTrue(tried > 300, "" + tried);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"})
    void anotherEncoding(String charset) {
        check(Models.json().getBytes(Charset.forName(charset)));
        assertEquals(1, refused);
    }

    @Test
    void bytesThatAreNoUtf8() {
        // A byte order mark; a stray byte; Latin-1; too long a form of '/'; half a surrogate pair; beyond Unicode.
        check("\ufeff" + Models.json());
        for (String bytes : List.of(
                "\u00ff", "\u00e9", "\u00c0\u00af", "\u00ed\u00a0\u0080", "\u00f4\u0090\u0080\u0080")) {
            check(Models.json().replace("Tiny", bytes).getBytes(StandardCharsets.ISO_8859_1));
        }
        assertEquals(6, tried);
        assertEquals(tried, refused);
        // The same letter in UTF-8 is a letter.
        check(Models.json().replace("Tiny", "\u00e9 \ud83d\ude00"));
        assertEquals(6, refused);
    }

    @Test
    void whatFollowsOrPrecedesTheObject() {
        String json = Models.json().strip();
        for (String text : List.of(
                json + "x", json + json, json + "\0", "\0" + json, ")]}'\n" + json, "/**/" + json, json + "//",
                "#" + json, json.substring(0, json.length() - 1) + ",}", "[" + json + "]",
                "\"" + json + "\"", json + "]")) {
            check(text);
        }
        assertEquals(tried, refused);
        check(" \n\r\t" + json + "\n\n");
        assertEquals(tried - 1, refused);
    }

    /** A file that is not the manifest's, byte for byte, or a manifest that is not the file's: neither is opened. */
    @Test
    void anyOtherContentThanTheHashs(@TempDir Path folder) throws Exception {
        Path model = Models.write(folder);
        ModelFile file = Manifest.read(model.toFile()).file(ModelFile.TFLITE);
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            byte[] other = Models.FILE.clone();
            if (i % 3 == 0) {
                other = Arrays.copyOf(other, random.nextInt(other.length));
            } else if (i % 3 == 1) {
                other = Arrays.copyOf(other, other.length + 1 + random.nextInt(9));
            } else {
                other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
            }
            byte[] content = other;
            Files.write(model.resolve(file.path()), content);
            ManifestException error = assertThrows(ManifestException.class, () -> file.checkedFile(model.toFile()));
            assertTrue(error.getMessage().contains("damaged or of another model"), error.getMessage());
            assertThrows(ManifestException.class, () -> file.checkedContent(new ByteArrayInputStream(content)));
        }
        Files.write(model.resolve(file.path()), Models.FILE);
        String hash = file.sha256();
        for (int at = 0; at < hash.length(); at++) {
            String digit = hash.charAt(at) == '0' ? "1" : "0";
            String wrong = hash.substring(0, at) + digit + hash.substring(at + 1);
            Files.writeString(model.resolve(Manifest.FILE_NAME), Models.json().replace(hash, wrong));
            ModelFile other = Manifest.read(model.toFile()).file(ModelFile.TFLITE);
            assertThrows(ManifestException.class, () -> other.checkedFile(model.toFile()));
        }
    }
}
