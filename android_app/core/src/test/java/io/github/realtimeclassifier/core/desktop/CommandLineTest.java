package io.github.realtimeclassifier.core.desktop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.model.ModelFile;
import io.github.realtimeclassifier.core.model.Models;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line: every command, and one line and exit code 2 for whatever is wrong. */
class CommandLineTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final List<EngineProvider> providers = new ArrayList<>();

    @BeforeEach
    void makeAModelAndImages() throws Exception {
        Models.write(folder.resolve("model"));
        Files.createDirectories(folder.resolve("images/light"));
        BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
        image.setRGB(1, 0, 0xffffff);
        image.setRGB(1, 1, 0xffffff);
        ImageIO.write(image, "png", folder.resolve("images/light/a.png").toFile());
        Files.write(folder.resolve("images/broken.png"), new byte[] {1, 2, 3});
    }

    private int run(String... words) {
        out.reset();
        errors.reset();
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].replace("@", folder + File.separator);
        }
        return new CommandLine(providers, new PrintStream(out, true), new PrintStream(errors, true)).run(words);
    }

    private void assertDone(String... words) {
        assertEquals(0, run(words), errors.toString());
        assertEquals("", errors.toString());
    }

    private void assertFails(String part, String... words) {
        assertEquals(2, run(words));
        String[] lines = errors.toString().split("\n");
        assertEquals(1, lines.length, errors.toString());
        assertTrue(lines[0].startsWith("error: ") && lines[0].contains(part), lines[0]);
    }

    @Test
    void helpListsEveryCommand() {
        assertDone();
        for (String command : List.of("preprocess", "classify", "validate", "benchmark", "pipeline")) {
            assertTrue(out.toString().contains("  " + command), out.toString());
        }
        assertDone("--help");
    }

    @Test
    void preprocessWritesTheTensor() throws Exception {
        assertDone("preprocess", "--model", "@model", "--image", "@images/light/a.png", "--output", "@t.f32");
        assertTrue(out.toString().startsWith("shape 2 2 1\nfitted_sha256 "), out.toString());
        // 0 and 255, times 0.5, minus 1, least significant byte first.
        assertEquals(
                "000080bf 0000fd42 000080bf 0000fd42",
                HexFormat.of().formatHex(Files.readAllBytes(folder.resolve("t.f32"))).replaceAll("(.{8})(?=.)", "$1 "));
    }

    @Test
    void classifySaysThatWeightsAreUntrained() {
        assertDone("classify", "--model", "@model", "--image", "@images/light/a.png", "--top", "1");
        String[] lines = out.toString().split("\n");
        assertEquals("untrained weights: the classes mean nothing", lines[0]);
        assertEquals("1\tlight\t1.0", lines[1]);
        assertEquals(2, lines.length);
    }

    @Test
    void validateCountsAndWritesProbabilitiesAndLog() throws Exception {
        assertDone("validate", "--model", "@model", "--images", "@images", "--probabilities", "@p.f32", "--log",
                "@v.json");
        assertTrue(out.toString().contains("failed image 0 of 2: expected broken.png to be a PNG"), out.toString());
        assertTrue(out.toString().contains("images 1\nfailed 1\nlabelled 1\ntop1_correct 1\n"), out.toString());
        assertEquals(8, Files.size(folder.resolve("p.f32")));
        JsonObject log = log("v.json");
        assertEquals("accuracy", log.get("kind").getAsString());
        assertEquals("stub", log.getAsJsonObject("engine").get("name").getAsString());
        assertTrue(log.getAsJsonObject("model").get("file_sha256").isJsonNull());
    }

    @Test
    void benchmarkPrintsAndLogs() throws Exception {
        assertDone("benchmark", "--model", "@model", "--count", "4", "--warm-up", "2", "--latency-ms", "1", "--size",
                "16x12", "--log", "@b.json");
        assertTrue(out.toString().contains("steady_p50_ms "), out.toString());
        assertEquals(4, log("b.json").getAsJsonObject("latency").getAsJsonArray("steady_invoke_ns").size());
    }

    @ParameterizedTest
    @CsvSource({"single", "multi"})
    void pipelinePrintsAndLogs(String mode) throws Exception {
        assertDone("pipeline", "--model", "@model", "--mode", mode, "--seconds", "1", "--fps", "50", "--size", "16x12",
                "--latency-ms", "5", "--log", "@l.json");
        assertTrue(out.toString().contains("processed_per_second "), out.toString());
        JsonObject pipeline = log("l.json").getAsJsonObject("pipeline");
        assertEquals(mode, pipeline.get("mode").getAsString());
        assertTrue(pipeline.get("processed").getAsInt() > 0);
    }

    private JsonObject log(String name) throws Exception {
        return JsonParser.parseString(Files.readString(folder.resolve(name))).getAsJsonObject();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            fly                                                     | received 'fly'
            classify model                                          | expected an argument such as --model, received 'model'
            classify --model                                        | expected a value after --model
            classify --image @images/light/a.png                    | expected --model, received none
            classify --model @model --model @model                  | expected --model once
            classify --model @model --image @images/light/a.png --tip 5 | received 'tip'
            classify --model @nothing --image @images/light/a.png   | expected manifest.json in
            classify --model @model --image @nothing.png            | there is no such file
            classify --model @model --image @images                 | not a regular file
            classify --model @model --image @images/broken.png      | a file of another kind
            classify --model @model --image @images/light/a.png --top 0         | --top to be an integer from 1 to 1000
            classify --model @model --image @images/light/a.png --top five      | received 'five'
            classify --model @model --image @images/light/a.png --rotation 45   | a rotation of 0, 90, 180 or 270
            classify --model @model --image @images/light/a.png --engine warp   | --engine to be one of [stub]
            classify --model @model --image @images/light/a.png --threads 0     | --threads to be an integer
            classify --model @model --image @images/light/a.png --threads 99999999999 | --threads to be an integer
            benchmark --model @model --latency-ms NaN               | --latency-ms to be a number
            benchmark --model @model --size 640                     | --size to be WIDTHxHEIGHT
            benchmark --model @model --size 0x5                     | --size to be WIDTHxHEIGHT
            benchmark --model @model --size 99999x99999             | --size to be WIDTHxHEIGHT
            benchmark --model @model --count 1 --log @none/b.json   | could not write the run log
            pipeline --model @model --mode triple                   | --mode to be one of [single, multi]
            pipeline --model @model --fps 0                         | --fps to be a number
            validate --model @model --images @images --labels @x    | inner folders tell the labels
            validate --model @model --images @nothing               | there is no such file
            validate --model @model --images @model                 | received 0
            validate --model @model --images @images --probabilities @none/p | cannot write
            preprocess --model @model --image @images/light/a.png --output @none/t | cannot write --output
            """)
    void saysInOneLineWhatIsWrong(String words, String part) {
        assertFails(part.strip(), words.strip().split(" +"));
    }

    @Test
    void aNativeLibraryThatIsMissingIsOneLineToo() {
        providers.add(new EngineProvider() {
            @Override
            public String name() {
                return "native";
            }

            @Override
            public String fileFormat() {
                return ModelFile.TF_MOBILE;
            }

            @Override
            public Engine open(Manifest manifest, File place, int threads) {
                throw new UnsatisfiedLinkError("no tensorflow_inference\nin java.library.path");
            }
        });
        assertFails("no tensorflow_inference in java.library.path", "benchmark", "--model", "@model");
    }

    @Test
    void theStubSaysWhichModelsItCannotPlay() throws Exception {
        String json = Files.readString(folder.resolve("model/manifest.json"));
        String labels = "[\"dark\", \"light\", \"a\", \"b\", \"c\"], \"label_ids\": []";
        String[] parts = json.split("\\[\"dark\", \"light\"\\], \"label_ids\": \\[\"n1\", \"n2\"\\]");
        Files.writeString(folder.resolve("model/manifest.json"), parts[0] + labels + parts[1]);
        assertFails("received 4 and 5", "benchmark", "--model", "@model");
    }

    @Test
    void aNameWithLineBreaksStaysOnOneLine() {
        assertFails("fly away", "fly\n\u001b away".replace("\u001b ", ""));
        assertFalse(errors.toString().contains("\u001b"));
    }

    @Test
    void anotherEngineIsChosenByItsNameAndItsFileIsInTheLog() throws Exception {
        providers.add(new EngineProvider() {
            @Override
            public String name() {
                return "other";
            }

            @Override
            public String fileFormat() {
                return ModelFile.TFLITE;
            }

            @Override
            public Engine open(Manifest manifest, File place, int threads) throws ModelFileException {
                throw new ModelFileException("its library does not load on " + threads + " threads");
            }
        });
        String[] words = {"benchmark", "--model", "@model", "--engine", "other", "--threads", "3"};
        assertFails("does not load on 3 threads", words);
        assertFails("does not load on 1 threads", "benchmark", "--model", "@model");
        assertDone("benchmark", "--model", "@model", "--engine", "stub", "--count", "1", "--size", "4x4");
    }
}
