package io.github.realtimeclassifier.app.run;

import io.github.realtimeclassifier.app.model.OpenedModel;
import io.github.realtimeclassifier.core.measure.LatencyStatistics;
import io.github.realtimeclassifier.core.measure.RunTime;
import io.github.realtimeclassifier.core.run.AccuracyResult;
import io.github.realtimeclassifier.core.run.BenchmarkResult;
import io.github.realtimeclassifier.core.run.ImageResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A run's result in lines for the screen. No line is broken between a number and its unit. */
final class Summary {
    private final OpenedModel model;
    private final RunTime time;

    Summary(OpenedModel model, RunTime time) {
        this.model = model;
        this.time = time;
    }

    List<Run.Line> ofAccuracy(AccuracyResult result) {
        List<Run.Line> lines = head();
        images(lines, result);
        correct(lines, "Top-1 accuracy", result, 1);
        correct(lines, "Top-5 accuracy", result, 5);
        latency(lines, "Latency", latency(result));
        tail(lines);
        return lines;
    }

    /** As the paper tells of LeNet: the time per image first (section IV). */
    List<Run.Line> ofDigits(AccuracyResult result) {
        List<Run.Line> lines = head();
        lines.add(new Run.Line("Time per image", millis(latency(result).meanMillis())));
        images(lines, result);
        correct(lines, "Top-1 accuracy", result, 1);
        tail(lines);
        return lines;
    }

    List<Run.Line> ofBenchmark(BenchmarkResult result) {
        List<Run.Line> lines = head();
        lines.add(new Run.Line("First call", millis(result.firstNanos() / 1e6)));
        lines.add(new Run.Line("Steady calls", "" + result.invokeNanos().length));
        latency(lines, "Latency", result.steady());
        double preprocess = LatencyStatistics.of(result.preprocessNanos()).meanMillis();
        double network = LatencyStatistics.of(result.invokeNanos()).meanMillis();
        lines.add(new Run.Line("Preprocessing, mean", millis(preprocess)));
        lines.add(new Run.Line("Network, mean", millis(network)));
        tail(lines);
        return lines;
    }

    private List<Run.Line> head() {
        List<Run.Line> lines = new ArrayList<>();
        lines.add(new Run.Line("Model", model.manifest().title()));
        if (model.manifest().weights().isUntrained()) {
            lines.add(new Run.Line("Weights", "untrained: the classes mean nothing, only the speed does"));
        }
        String threads = model.engine().threads() == 1 ? " thread" : " threads";
        lines.add(new Run.Line(
                "Engine",
                model.engine().name() + " " + model.engine().version() + ", " + model.engine().threads() + threads));
        return lines;
    }

    private void tail(List<Run.Line> lines) {
        lines.add(new Run.Line("CPU, of all cores", format("%.0f\u00a0%%", time.cpuPercent())));
        lines.add(new Run.Line("Duration", format("%.1f\u00a0s", time.wallNanos() / 1e9)));
    }

    private static void images(List<Run.Line> lines, AccuracyResult result) {
        lines.add(new Run.Line("Images", "" + result.images().size()));
        if (!result.failed().isEmpty()) {
            // The first one's reason; the run log has them all.
            lines.add(new Run.Line(
                    "Could not be read",
                    result.failed().size() + ": " + result.failed().values().iterator().next()));
        }
    }

    private static void correct(List<Run.Line> lines, String label, AccuracyResult result, int topCount) {
        int labelled = result.labelled();
        int correct = result.correct(topCount);
        lines.add(new Run.Line(
                label,
                labelled == 0
                        ? "no image has a label"
                        : format("%.2f\u00a0%% (%d\u00a0of\u00a0%d)", 100.0 * correct / labelled, correct, labelled)));
    }

    private static LatencyStatistics latency(AccuracyResult result) {
        long[] nanos = new long[result.images().size()];
        for (int i = 0; i < nanos.length; i++) {
            ImageResult image = result.images().get(i);
            nanos[i] = image.preprocessNanos() + image.invokeNanos();
        }
        return LatencyStatistics.of(nanos);
    }

    private static void latency(List<Run.Line> lines, String label, LatencyStatistics latency) {
        if (latency.count() > 0) {
            lines.add(new Run.Line(label + ", mean", millis(latency.meanMillis())));
            lines.add(new Run.Line(label + ", median", millis(latency.percentileMillis(50))));
            lines.add(new Run.Line(label + ", 95th percentile", millis(latency.percentileMillis(95))));
        }
    }

    private static String millis(double millis) {
        return Double.isNaN(millis) ? "no image was classified" : format("%.2f\u00a0ms", millis);
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }
}
