package io.github.realtimeclassifier.core.desktop;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.image.YuvFrame;
import io.github.realtimeclassifier.core.log.Resources;
import io.github.realtimeclassifier.core.log.RunLog;
import io.github.realtimeclassifier.core.log.RunPart;
import io.github.realtimeclassifier.core.measure.LatencyStatistics;
import io.github.realtimeclassifier.core.measure.RunTime;
import io.github.realtimeclassifier.core.measure.RunTimer;
import io.github.realtimeclassifier.core.pipeline.Classification;
import io.github.realtimeclassifier.core.pipeline.Display;
import io.github.realtimeclassifier.core.pipeline.DropReason;
import io.github.realtimeclassifier.core.pipeline.Frame;
import io.github.realtimeclassifier.core.pipeline.FrameClassifier;
import io.github.realtimeclassifier.core.pipeline.FrameReport;
import io.github.realtimeclassifier.core.pipeline.FrameSource;
import io.github.realtimeclassifier.core.pipeline.MultithreadedPipeline;
import io.github.realtimeclassifier.core.pipeline.PacedSource;
import io.github.realtimeclassifier.core.pipeline.Pipeline;
import io.github.realtimeclassifier.core.pipeline.SingleThreadedPipeline;
import io.github.realtimeclassifier.core.run.Benchmark;
import io.github.realtimeclassifier.core.run.BenchmarkResult;
import io.github.realtimeclassifier.core.run.GoldenResult;
import io.github.realtimeclassifier.core.run.NoiseFrame;
import java.io.File;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;

/** The commands on camera frames, which here are made: noise, the same each time. */
final class FrameCommands {
    private static final int MOST_SECONDS = 86_400;
    private static final int LONGEST_SIDE = 4_096;
    private static final int TOP_COUNT = 5;
    private static final long STOP_MILLIS = 10_000;

    private final Arguments arguments;
    private final PrintStream out;
    private final JvmSystem system = new JvmSystem();

    FrameCommands(Arguments arguments, PrintStream out) {
        this.arguments = arguments;
        this.out = out;
    }

    /** The version of this program, as the jar says; "development" outside of one. */
    static String build() {
        String version = FrameCommands.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** Prints the latencies: opening, first call, and the steady calls' statistics. */
    void benchmark(EngineProvider provider, int threads, Clock clock) throws DeploymentException, InterruptedException {
        File folder = arguments.file("model");
        Benchmark benchmark = Benchmark.of(
                arguments.integer("warm-up", 5, 0, Benchmark.MOST_CALLS),
                arguments.integer("count", 50, 1, Benchmark.MOST_CALLS),
                arguments.integer("seconds", 60, 1, MOST_SECONDS));
        YuvFrame frame = frame();
        Rotation rotation = PictureCommands.rotation(arguments, 90);
        arguments.has("log");
        arguments.checkAllAsked();
        try (OpenModel model = OpenModel.open(folder, provider, threads, clock)) {
            RunTimer timer = RunTimer.start(system, clock, system.device().cores());
            BenchmarkResult result =
                    benchmark.run(model.engine(), model.manifest().input(), frame, rotation, clock);
            RunTime time = timer.stop();
            print("first_ms", result.firstNanos() / 1e6);
            print("preprocess", LatencyStatistics.of(result.preprocessNanos()));
            print("invoke", LatencyStatistics.of(result.invokeNanos()));
            print("steady", result.steady());
            print("cpu_percent", time.cpuPercent());
            log(model, time, RunPart.benchmark(result));
        }
    }

    /** Prints frames per second, frames processed per second, latency, frame age, CPU use and drops. */
    void pipeline(EngineProvider provider, int threads, Clock clock) throws DeploymentException, InterruptedException {
        File folder = arguments.file("model");
        String mode = arguments.choice("mode", "multi", Arrays.asList("single", "multi"));
        double fps = arguments.number("fps", 30, 1, 1_000);
        int seconds = arguments.integer("seconds", 10, 1, MOST_SECONDS);
        YuvFrame picture = frame();
        Rotation rotation = PictureCommands.rotation(arguments, 90);
        arguments.has("log");
        arguments.checkAllAsked();
        try (OpenModel model = OpenModel.open(folder, provider, threads, clock)) {
            FrameSource source =
                    PacedSource.create(clock, picture, rotation, fps, Math.max(1, Math.round(fps * seconds)));
            FrameClassifier classifier = FrameClassifier.create(
                    clock, model.manifest().input(), model.engine(), source, TOP_COUNT);
            EndListener end = new EndListener();
            Pipeline pipeline = pipeline(mode, source, classifier, clock, end);
            RunTimer timer = RunTimer.start(system, clock, system.device().cores());
            end.watch(timer);
            pipeline.start();
            try {
                end.await();
            } finally {
                pipeline.stop(STOP_MILLIS);
            }
            RunTime time = timer.stop();
            FrameReport frames = pipeline.log().report();
            print("fps", frames.shown() * 1e9 / time.wallNanos());
            print("processed_per_second", frames.processed() * 1e9 / time.wallNanos());
            print("latency", frames.latency());
            print("age", frames.age());
            print("cpu_percent", time.cpuPercent());
            for (DropReason reason : DropReason.values()) {
                out.println("dropped_" + reason.logName() + " " + frames.dropped(reason));
            }
            log(model, time, RunPart.live(pipeline.mode(), pipeline.workers(), source.description(), frames));
        }
    }

    private static Pipeline pipeline(
            String mode, FrameSource source, FrameClassifier classifier, Clock clock, EndListener end)
            throws ImageException {
        Display display = new Display() {
            @Override
            public void show(Frame frame, Classification latest) {
                // There is no screen: showing takes no time.
            }
        };
        return mode.equals("single")
                ? SingleThreadedPipeline.create(source, classifier, display, clock, end)
                : MultithreadedPipeline.create(source, classifier, display, clock, end);
    }

    private YuvFrame frame() throws DeploymentException {
        int[] size = arguments.size("size", "640x480", LONGEST_SIDE);
        return NoiseFrame.create(size[0], size[1]);
    }

    private void log(OpenModel model, RunTime time, RunPart part) throws DeploymentException {
        if (arguments.has("log")) {
            Resources resources = new Resources().peakMemory(system.peakMemoryBytes());
            new RunLog(
                            model.head(system.device(), build()),
                            time,
                            resources,
                            part,
                            Collections.<GoldenResult>emptyList())
                    .write(arguments.file("log"));
        }
    }

    private void print(String name, LatencyStatistics latency) {
        print(name + "_mean_ms", latency.meanMillis());
        print(name + "_p50_ms", latency.percentileMillis(50));
        print(name + "_p95_ms", latency.percentileMillis(95));
        print(name + "_max_ms", latency.percentileMillis(100));
    }

    private void print(String name, double value) {
        out.println(name + " " + String.format(Locale.ROOT, "%.3f", value));
    }
}
