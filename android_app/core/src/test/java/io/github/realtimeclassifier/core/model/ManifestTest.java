package io.github.realtimeclassifier.core.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.image.ChannelOrder;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifest: what is read from it, and every way in which it can be wrong. */
class ManifestTest {
    @TempDir
    private Path folder;

    @Test
    void readsEveryField() throws Exception {
        Manifest manifest = Manifest.read(Models.write(folder).toFile());
        assertEquals("tiny", manifest.model());
        assertEquals("Tiny", manifest.title());
        assertEquals("nobody", manifest.citation());
        assertEquals(ChannelOrder.GRAY, manifest.input().channelOrder());
        assertEquals(4, manifest.input().length());
        assertEquals(0.5f, manifest.input().scale(0));
        assertEquals(-1f, manifest.input().bias(0));
        assertEquals(2, manifest.input().resize().shorterSide());
        assertEquals(List.of("dark", "light"), manifest.labels());
        assertEquals(List.of("n1", "n2"), manifest.labelIds());
        assertTrue(manifest.weights().isUntrained());
        assertEquals("3", manifest.tools().get("keras"));
        ModelFile file = manifest.file(ModelFile.TFLITE);
        assertEquals(List.of("a", "b"), file.intermediateNodes());
        assertEquals("image", file.inputNode());
        assertEquals("out", file.outputNode());
        assertTrue(manifest.has("of_the_future"), "a file for other platforms is let pass");
        assertFalse(manifest.has(ModelFile.TF_MOBILE));
        String message = assertThrows(ManifestException.class, () -> manifest.file(ModelFile.TF_MOBILE)).getMessage();
        assertTrue(message.contains("received tflite, of_the_future"), message);
    }

    @Test
    void whatHasADefaultMayBeLeftOut() throws Exception {
        JsonObject json = JsonParser.parseString(Models.json()).getAsJsonObject();
        json.remove("schema_version");
        json.remove("label_ids");
        json.getAsJsonObject("input").remove("resize");
        Manifest manifest = parse(json.toString());
        assertFalse(manifest.input().resize().resizes());
        assertEquals(List.of(), manifest.labelIds());
    }

    private static Manifest parse(String json) throws ManifestException {
        return parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Manifest parse(byte[] json) throws ManifestException {
        return Manifest.read(new ByteArrayInputStream(json), "m.json");
    }

    private static String refused(byte[] json) {
        String message = assertTimeoutPreemptively(
                        Duration.ofSeconds(20), () -> assertThrows(ManifestException.class, () -> parse(json)))
                .getMessage();
        assertTrue(message.startsWith("m.json is not a valid manifest: "), message);
        assertTrue(message.endsWith("; build the model again to replace it"), message);
        assertTrue(message.length() < 400, message);
        return message;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            schema_version     | 2                         | schema_version: expected an integer from 1 to 1, received 2
            schema_version     | "1"                       | schema_version: expected an integer
            model              | "../lenet"                | model: expected 1 to 60 of the characters
            model              | 7                         | model: expected a text
            title              | ""                        | title: expected a text of 1 to 10000 characters
            title              | null                      | title: expected a text
            labels             | []                        | labels: expected a list of 2 to 100000 values, received 0
            labels             | ["a"]                     | labels: expected a list
            labels             | ["a", 1]                  | labels.1: expected a text
            labels             | {"a": 1}                  | labels: expected a list of 2 to 100000 values, received an object
            labels             | ["crane", "crane"]        | labels: expected each label once, received a list of 2
            labels             | ["\\u00e9", "e\\u0301"]  | labels: expected each label once
            label_ids          | ["n1"]                    | label_ids: expected none, or as many as labels
            input              | []                        | input: expected an object, received a list of 0
            input.height       | -28                       | input.height: expected an integer from 1 to 4096, received -28
            input.height       | 28.0                      | input.height: expected an integer
            input.height       | 5000                      | input.height
            input.height       | 1e3                       | input.height
            input.height       | 99999999999999999999      | input.height
            input.height       | true                      | input.height
            input.channel_order| "RGB"                     | input.channel_order: expected one of gray, rgb, bgr, received "RGB"
            input.scale        | [1, 1]                    | input.scale: expected a list of 1 values, received 2
            input.scale        | ["1"]                     | input.scale.0: expected a finite number
            input.bias         | [1e999]                   | input.bias.0: expected a finite number that float32 can hold
            input.bias         | [1e300]                   | input.bias.0
            input.bias         | [null]                    | input.bias.0
            input.resize       | {}                        | input.resize.shorter_side: expected this field
            input.resize       | {"shorter_side": 1}       | input.resize: expected a shorter_side of at least 2
            input.resize       | {"shorter_side": 9999}    | input.resize.shorter_side
            input.resize       | {"shorter_side": 4, "crop": "top"} | input.resize.crop: expected "center", received "top"
            input.resize       | {"shorter_side": 4, "side": 1}     | input.resize.side: expected only the names
            weights.kind       | "magic"                   | weights.kind: expected one of trained, untrained, given
            weights.sha256     | "ABC"                     | weights.sha256: expected 64 hexadecimal digits
            files              | []                        | files: expected a list of 1 to 100 values
            files              | [7]                       | files.0: expected an object
            files.0.path       | "../lenet.h5"             | files.0.path: expected the name of a file beside the manifest
            files.0.path       | "/etc/passwd"             | files.0.path
            files.0.path       | "C:\\\\lenet.h5"          | files.0.path
            files.0.path       | "a\\\\b"                  | files.0.path
            files.0.path       | ".."                      | files.0.path
            files.0.path       | "."                       | files.0.path
            files.0.path       | "a\\nb"                   | files.0.path
            files.0.bytes      | 0                         | files.0.bytes
            files.0.bytes      | -5                        | files.0.bytes
            files.0.bytes      | 12.5                      | files.0.bytes
            files.0.sha256     | "abc"                     | files.0.sha256
            files.0.format     | "x/y"                     | files.0.format
            files.0.recipe     | "abc"                     | files.0.recipe
            files.1.format     | "tflite"                  | files.1.format: expected each format and each path once
            files.1.path       | "tiny.tflite"             | files.1.format: expected each format and each path once
            files.0.url        | "x"                       | files.0.url: expected only the names
            files.0.intermediate_nodes | [""]              | files.0.intermediate_nodes.0
            tools              | {"keras": 3}              | tools.keras: expected a text
            colour             | "red"                     | colour: expected only the names
            """)
    void refusesAWrongValue(String path, String value, String expected) {
        JsonObject root = JsonParser.parseString(Models.json()).getAsJsonObject();
        String[] names = path.split("\\.");
        JsonElement place = root;
        for (int i = 0; i < names.length - 1; i++) {
            place = place.isJsonArray()
                    ? place.getAsJsonArray().get(Integer.parseInt(names[i]))
                    : place.getAsJsonObject().get(names[i]);
        }
        place.getAsJsonObject().add(names[names.length - 1], new JsonPrimitive("@"));
        // Put in as text: Gson would write 1e999 in its own way.
        String message = refused(root.toString().replace("\"@\"", value).getBytes(StandardCharsets.UTF_8));
        assertTrue(message.contains(expected.strip()), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "title", "citation", "input", "labels", "weights", "files", "tools"})
    void refusesAMissingField(String name) {
        JsonObject root = JsonParser.parseString(Models.json()).getAsJsonObject();
        root.remove(name);
        String message = refused(root.toString().getBytes(StandardCharsets.UTF_8));
        assertTrue(message.contains(name + ": expected this field, received none"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "{", "[]", "null", "7", "NaN", "{\"model\": NaN}", "{'model': 'x'}", "{\"model\": \"x\",}",
                "{\"a\": 1} {\"b\": 2}", "{\"a\": TRUE}", "{\"a\": 01}", "{\"a\": .5}", "{\"a\": 1 /* c */}",
                "{\"model\": \"a\", \"model\": \"b\"}", "{\"a\": \"\t\"}", "{\"a\": tru", "\"text\""
            })
    void refusesWhatIsNoJsonObject(String text) {
        refused(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void refusesBytesThatAreNoText() {
        assertTrue(refused(new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'}).contains("UTF-8"));
    }

    @Test
    void refusesHugeAndDeepInputQuickly() {
        assertTrue(refused("[".repeat(1_000_000).getBytes(StandardCharsets.UTF_8)).contains("nested at most 16 deep"));
        assertTrue(refused("{\"a\":".repeat(1_000).getBytes(StandardCharsets.UTF_8)).contains("16 deep"));
        refused(new byte[9 << 20]);
        String many = "{\"a\": [" + "0,".repeat(600_000) + "0]}";
        assertTrue(refused(many.getBytes(StandardCharsets.UTF_8)).contains("at most 500000 values"));
        refused(("{\"title\": \"" + "x".repeat(100_000) + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    /** Whatever is damaged: a manifest or one clear error, never another exception. */
    @Test
    void survivesRandomDamage() {
        Random random = new Random(2);
        byte[] good = Models.json().getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            byte[] damaged = good.clone();
            for (int j = 0; j <= random.nextInt(3); j++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                parse(damaged);
            } catch (ManifestException error) {
                refused++;
            }
        }
        assertTrue(refused > 1_000, "damage is noticed: " + refused);
    }

    @Test
    void everyBuiltFileIsComparedBeforeItIsUsed() throws Exception {
        Path model = Models.write(folder);
        ModelFile file = Manifest.read(model.toFile()).file("tflite");
        assertEquals(model.resolve("tiny.tflite").toFile(), file.checkedFile(model.toFile()));
        assertArrayEquals(Models.FILE, file.checkedContent(new ByteArrayInputStream(Models.FILE)));

        byte[] other = Models.FILE.clone();
        other[3] ^= 1;
        Files.write(model.resolve("tiny.tflite"), other);
        assertMessage("damaged or of another model", () -> file.checkedFile(model.toFile()));
        assertMessage("damaged or of another model", () -> file.checkedContent(new ByteArrayInputStream(other)));
        Files.write(model.resolve("tiny.tflite"), new byte[3]);
        assertMessage("received 3 bytes", () -> file.checkedFile(model.toFile()));
        assertMessage("received 0 bytes", () -> file.checkedContent(new ByteArrayInputStream(new byte[0])));
        assertMessage("at least 17", () -> file.checkedContent(new ByteArrayInputStream(new byte[1_000])));
        Files.delete(model.resolve("tiny.tflite"));
        assertMessage("received none; build the model again", () -> file.checkedFile(model.toFile()));
        Files.createDirectory(model.resolve("tiny.tflite"));
        assertMessage("received none", () -> file.checkedFile(model.toFile()));
    }

    @Test
    void aLinkOutOfTheFolderIsNotFollowed() throws Exception {
        Path model = Models.write(folder.resolve("model"));
        Path elsewhere = folder.resolve("elsewhere.tflite");
        Files.move(model.resolve("tiny.tflite"), elsewhere);
        Files.createSymbolicLink(model.resolve("tiny.tflite"), elsewhere);
        ModelFile file = Manifest.read(model.toFile()).file("tflite");
        assertMessage("expected a file tiny.tflite", () -> file.checkedFile(model.toFile()));
    }

    @Test
    void aHugeFileIsRefusedBeforeItIsRead() throws Exception {
        ModelFile file = parse(Models.json()).file("of_the_future");
        assertMessage(
                "at most 1073741824 bytes, received 123456789012",
                () -> file.checkedContent(new ByteArrayInputStream(new byte[1])));
    }

    @Test
    void aMissingManifestSaysHowToMakeOne() throws IOException {
        File none = folder.resolve("nothing").toFile();
        assertMessage("make notebooks", () -> Manifest.read(none));
        Files.createDirectories(folder.resolve("odd").resolve(Manifest.FILE_NAME));
        assertMessage("not a regular file", () -> Manifest.read(folder.resolve("odd").toFile()));
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
        String message = assertThrows(ManifestException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void labelsAreNotChangeable() throws Exception {
        Manifest manifest = parse(Models.json());
        assertThrows(UnsupportedOperationException.class, () -> manifest.labels().set(0, "other"));
        assertThrows(UnsupportedOperationException.class, () -> manifest.files().clear());
    }
}
