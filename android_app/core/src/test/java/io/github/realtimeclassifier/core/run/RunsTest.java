package io.github.realtimeclassifier.core.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.RunLogException;
import io.github.realtimeclassifier.core.engine.StubEngine;
import io.github.realtimeclassifier.core.image.ArgbImage;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Inputs;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.image.YuvFrame;
import io.github.realtimeclassifier.core.log.Device;
import io.github.realtimeclassifier.core.log.Resources;
import io.github.realtimeclassifier.core.log.RunHead;
import io.github.realtimeclassifier.core.log.RunLog;
import io.github.realtimeclassifier.core.log.RunPart;
import io.github.realtimeclassifier.core.measure.RunTimer;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.model.Models;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Validation, benchmark, and the logs they are written to. */
class RunsTest {
    private static final ImageInput INPUT = Inputs.gray(2, 2, 2);

    @TempDir
    private Path folder;

    private long now;

    /** Time passes only where the stub engine sleeps. */
    private final Clock clock = new Clock() {
        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public long epochMillis() {
            return 1_500_000_000_123L;
        }

        @Override
        public void sleepUntil(long nanos) {
            now = nanos;
        }
    };

    private final StubEngine engine = StubEngine.create(clock, 4, 2, 1, 5_000_000);

    /** Images of 2 x 2 whose left column is dark or light; each third one cannot be read. */
    private static final class TestImages implements ImageSet {
        @Override
        public String name() {
            return "test images";
        }

        @Override
        public int count() {
            return 12;
        }

        @Override
        public String id(int image) {
            return "image " + image;
        }

        @Override
        public int label(int image) {
            return image < 10 ? image % 2 : NO_LABEL;
        }

        @Override
        public ArgbImage read(int image) throws ImageException {
            if (image % 3 == 2) {
                throw new ImageException("damaged");
            }
            int left = image % 2 == 0 ? 0xffffff : 0;
            int right = image == 4 ? 0xffffff : 0xffffff - left;
            return new ArgbImage(new int[] {left, right, left, right}, 2, 2);
        }
    }

    private final List<String> heard = new ArrayList<>();

    private final ValidationListener listener = new ValidationListener() {
        @Override
        public void onClassified(int image, int total, float[] probabilities) {
            heard.add(image + " of " + total + ": " + (probabilities[0] > probabilities[1] ? 0 : 1));
        }

        @Override
        public void onFailed(int image, int total, String message) {
            heard.add(image + " of " + total + " " + message);
        }
    };

    @Test
    void validationCountsWhatIsRight() throws Exception {
        AccuracyResult result = Validation.run(engine, INPUT, new TestImages(), 100, clock, listener);
        // Of 0, 1, 3, 4, 6, 7, 9, 10: image 4 is light on both sides, a tie, which the lower number wins.
        assertEquals(8, result.images().size());
        assertEquals(4, result.failed().size());
        assertEquals("damaged", result.failed().get("image 5"));
        assertEquals(7, result.labelled());
        assertEquals(7, result.correct(1));
        assertEquals(7, result.correct(5));
        assertEquals(12, heard.size());
        assertEquals("1 of 12: 1", heard.get(1));
        assertEquals("2 of 12 damaged", heard.get(2));
        assertEquals(5_000_000, result.images().get(0).invokeNanos());
        assertEquals(0, result.images().get(0).preprocessNanos());
        assertEquals("test images", result.dataSet());
    }

    @Test
    void validationStopsAtItsLimitAtAnInterruptionAndWhenTheEngineFails() throws Exception {
        assertEquals(2, Validation.run(engine, INPUT, new TestImages(), 2, clock, listener).images().size());
        Thread.currentThread().interrupt();
        assertThrows(
                InterruptedException.class,
                () -> Validation.run(engine, INPUT, new TestImages(), 100, clock, listener));
        ValidationListener ending = new ValidationListener() {
            @Override
            public void onClassified(int image, int total, float[] probabilities) throws DeploymentException {
                throw new ModelFileException("enough");
            }

            @Override
            public void onFailed(int image, int total, String message) {}
        };
        assertThrows(
                ModelFileException.class,
                () -> Validation.run(engine, INPUT, new TestImages(), 100, clock, ending));
    }

    @Test
    void aBenchmarkKeepsItsPartsApart() throws Exception {
        BenchmarkResult result =
                Benchmark.of(3, 10, 60).run(engine, INPUT, new YuvFrame(6, 4), Rotation.DEGREES_90, clock);
        assertEquals(5_000_000, result.firstNanos());
        assertArrayEquals(new long[] {5_000_000, 5_000_000, 5_000_000}, result.warmUpNanos());
        assertEquals(10, result.invokeNanos().length);
        assertEquals(10, result.preprocessNanos().length);
        assertEquals(5.0, result.steady().percentileMillis(50));
        assertEquals(14 * 5_000_000L, now);
    }

    @Test
    void aBenchmarkEndsWithItsTime() throws Exception {
        StubEngine slow = StubEngine.create(clock, 4, 2, 1, 400_000_000);
        YuvFrame frame = new YuvFrame(6, 4);
        BenchmarkResult result = Benchmark.of(1, 100, 1).run(slow, INPUT, frame, Rotation.DEGREES_0, clock);
        assertEquals(3, result.invokeNanos().length, "the third begins within the second");
        StubEngine slower = StubEngine.create(clock, 4, 2, 1, 9_000_000_000L);
        assertEquals(
                1,
                Benchmark.of(0, 100, 1)
                        .run(slower, INPUT, new YuvFrame(6, 4), Rotation.DEGREES_0, clock)
                        .invokeNanos()
                        .length);
        assertThrows(IllegalArgumentException.class, () -> Benchmark.of(0, 0, 1));
        Thread.currentThread().interrupt();
        assertThrows(
                InterruptedException.class,
                () -> Benchmark.of(0, 1, 1).run(engine, INPUT, new YuvFrame(6, 4), Rotation.DEGREES_0, clock));
    }

    @Test
    void goldenPicturesAreHashedAndSummedUp() throws Exception {
        ImageSet pictures = new ImageSet() {
            @Override
            public String name() {
                return "golden";
            }

            @Override
            public int count() {
                return 1;
            }

            @Override
            public String id(int image) {
                return "p.png";
            }

            @Override
            public int label(int image) {
                return NO_LABEL;
            }

            @Override
            public ArgbImage read(int image) throws ImageException {
                return new ArgbImage(new int[] {0, 0x333333, 0xffffff, 0xcccccc}, 2, 2);
            }
        };
        GoldenResult result = GoldenResult.of(engine, INPUT, pictures).get(0);
        assertEquals("p.png", result.picture());
        assertEquals(0f, result.channels().get(0).min());
        assertEquals(1f, result.channels().get(0).max());
        assertEquals(0.5, result.channels().get(0).mean(), 1e-7);
        assertEquals(2, result.top().size());
        assertEquals(List.of(), GoldenResult.of(engine, Inputs.gray(3, 3, 0), pictures), "another size");
    }

    @Test
    void aLogIsWrittenWholeOrNotAtAll() throws Exception {
        Manifest manifest = Manifest.read(Models.write(folder.resolve("model")).toFile());
        RunTimer timer = RunTimer.start(() -> now / 2, clock, 2);
        AccuracyResult result = Validation.run(engine, INPUT, new TestImages(), 100, clock, listener);
        Device device = new Device("", "x".repeat(400), "", "Linux", "1", 2);
        RunLog log = new RunLog(
                new RunHead("jvm", device, "core", "1", manifest, manifest.file("tflite"), engine, 42),
                timer.stop(),
                new Resources().battery(80, 79.5).thermalState("light").peakMemory(1_000),
                RunPart.accuracy(result),
                List.of());
        File file = folder.resolve("log.json").toFile();
        Files.writeString(file.toPath(), "an older one");
        log.write(file);
        JsonObject json = JsonParser.parseString(Files.readString(file.toPath())).getAsJsonObject();
        assertEquals("accuracy", json.get("kind").getAsString());
        assertEquals("2017-07-14T02:40:00.123Z", json.get("started_at").getAsString());
        assertEquals(40_000_000, json.get("wall_ns").getAsLong());
        assertEquals(25.0, json.getAsJsonObject("resources").get("cpu_percent").getAsDouble());
        assertEquals(79.5, json.getAsJsonObject("resources").get("battery_end_percent").getAsDouble());
        assertEquals(7, json.getAsJsonObject("accuracy").get("top1_correct").getAsInt());
        assertEquals("unknown", json.getAsJsonObject("device").get("manufacturer").getAsString());
        assertEquals(300, json.getAsJsonObject("device").get("model").getAsString().length());
        assertTrue(json.getAsJsonObject("device").get("soc").isJsonNull());
        assertTrue(json.get("latency").isJsonNull());
        assertEquals("tflite", json.getAsJsonObject("model").get("file_format").getAsString());
        assertEquals(List.of("log.json", "model"), names(folder));

        File nowhere = folder.resolve("none").resolve("log.json").toFile();
        String message = assertThrows(RunLogException.class, () -> log.write(nowhere)).getMessage();
        assertTrue(message.contains("could not write the run log") && message.contains("free some space"), message);
        File taken = folder.resolve("model").toFile();
        assertThrows(RunLogException.class, () -> log.write(taken));
        assertEquals(List.of("log.json", "model"), names(folder), "nothing half-written is left");
    }

    private static List<String> names(Path folder) throws Exception {
        try (var paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
