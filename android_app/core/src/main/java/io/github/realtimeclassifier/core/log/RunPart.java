package io.github.realtimeclassifier.core.log;

import io.github.realtimeclassifier.core.measure.RunTime;
import io.github.realtimeclassifier.core.pipeline.DropReason;
import io.github.realtimeclassifier.core.pipeline.FrameReport;
import io.github.realtimeclassifier.core.run.AccuracyResult;
import io.github.realtimeclassifier.core.run.BenchmarkResult;
import io.github.realtimeclassifier.core.run.ImageResult;
import io.github.realtimeclassifier.core.run.ImageSet;
import java.io.IOException;
import java.util.Map;

/** What a run gave: the part of a run log that its kind has. */
public abstract class RunPart {
    private final String kind;
    private final String name;

    private RunPart(String kind, String name) {
        this.kind = kind;
        this.name = name;
    }

    /** The kind of run: accuracy, benchmark or live. */
    public final String kind() {
        return kind;
    }

    /** The member of the log that holds it. */
    final String name() {
        return name;
    }

    abstract void write(LogJson json, RunTime time) throws IOException;

    /** The part of an accuracy run. */
    public static RunPart accuracy(final AccuracyResult result) {
        return new RunPart("accuracy", "accuracy") {
            @Override
            void write(LogJson json, RunTime time) throws IOException {
                json.beginObject(name())
                        .text("data_set", result.dataSet())
                        .number("labelled", result.labelled())
                        .number("top1_correct", result.correct(1))
                        .number("top5_correct", result.correct(5))
                        .beginArray("images");
                for (ImageResult image : result.images()) {
                    json.beginObject().text("id", image.id());
                    if (image.label() == ImageSet.NO_LABEL) {
                        json.nothing("label");
                    } else {
                        json.number("label", image.label());
                    }
                    json.top(image.top())
                            .number("preprocess_ns", image.preprocessNanos())
                            .number("invoke_ns", image.invokeNanos())
                            .endObject();
                }
                json.endArray().beginArray("failed");
                for (Map.Entry<String, String> failed : result.failed().entrySet()) {
                    json.beginObject()
                            .text("id", failed.getKey())
                            .message("message", failed.getValue())
                            .endObject();
                }
                json.endArray().endObject();
            }
        };
    }

    /** The part of a benchmark run. */
    public static RunPart benchmark(final BenchmarkResult result) {
        return new RunPart("benchmark", "latency") {
            @Override
            void write(LogJson json, RunTime time) throws IOException {
                json.beginObject(name())
                        .number("first_ns", result.firstNanos())
                        .numbers("warm_up_ns", result.warmUpNanos())
                        .numbers("steady_preprocess_ns", result.preprocessNanos())
                        .numbers("steady_invoke_ns", result.invokeNanos())
                        .endObject();
            }
        };
    }

    /**
     * The part of a live run.
     *
     * @param mode single or multi.
     * @param workers how many threads ran the network.
     * @param source the frame source's description.
     */
    public static RunPart live(final String mode, final int workers, final String source, final FrameReport frames) {
        return new RunPart("live", "pipeline") {
            @Override
            void write(LogJson json, RunTime time) throws IOException {
                json.beginObject(name())
                        .text("mode", mode)
                        .number("workers", workers)
                        .text("source", source)
                        .number("captured", frames.captured())
                        .number("processed", frames.processed())
                        .number("shown", frames.shown())
                        .beginObject("dropped");
                for (DropReason reason : DropReason.values()) {
                    json.number(reason.logName(), frames.dropped(reason));
                }
                long start = time.startNanos();
                json.endObject()
                        .number("fps", frames.shown() * 1e9 / time.wallNanos())
                        .number("processed_per_second", frames.processed() * 1e9 / time.wallNanos())
                        .beginObject("frames")
                        .numbers("number", frames.numbers())
                        .moments("capture_ns", frames.captureNanos(), start, FrameReport.NEVER)
                        .moments("start_ns", frames.startNanos(), start, FrameReport.NEVER)
                        .moments("end_ns", frames.endNanos(), start, FrameReport.NEVER)
                        .moments("shown_ns", frames.shownNanos(), start, FrameReport.NEVER)
                        .endObject()
                        .endObject();
            }
        };
    }
}
