package io.github.realtimeclassifier.core.log;

import io.github.realtimeclassifier.core.RunLogException;
import io.github.realtimeclassifier.core.measure.RunTime;
import io.github.realtimeclassifier.core.run.GoldenResult;
import io.github.realtimeclassifier.core.run.TensorSpread;
import java.io.BufferedWriter;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;

/** A run log: the JSON file that {@code helpers/runs/run_log.py} defines and reads. Immutable. */
public final class RunLog {
    private static final String[] PARTS = {"latency", "pipeline", "accuracy"};

    private final RunHead head;
    private final RunTime time;
    private final Resources resources;
    private final RunPart part;
    private final List<GoldenResult> golden;

    /**
     * Joins what is known of a run.
     *
     * @param golden what became of the golden pictures; may be empty.
     */
    public RunLog(RunHead head, RunTime time, Resources resources, RunPart part, List<GoldenResult> golden) {
        this.head = head;
        this.time = time;
        this.resources = resources;
        this.part = part;
        this.golden = golden;
    }

    /**
     * Writes the log whole or not at all: an older file of that name stays until the new one is complete.
     *
     * @throws RunLogException the file cannot be written.
     */
    public void write(File file) throws RunLogException {
        File partial = new File(file.getAbsoluteFile().getParentFile(), "." + file.getName() + ".partial");
        try {
            try (Writer writer = new BufferedWriter(
                    new OutputStreamWriter(new FileOutputStream(partial), StandardCharsets.UTF_8))) {
                write(writer);
            }
            if (!partial.renameTo(file)) {
                throw new IOException("the finished file could not be given its name");
            }
        } catch (IOException error) {
            boolean left = partial.exists() && !partial.delete();
            throw new RunLogException("could not write the run log " + file + ": " + error.getMessage()
                    + (left ? " (a part is left as " + partial.getName() + ")" : "")
                    + "; free some space, or choose a place that can be written", error);
        }
    }

    /**
     * Writes the log's JSON.
     *
     * @param writer is not closed.
     */
    public void write(Writer writer) throws IOException {
        LogJson json = new LogJson(writer);
        json.beginObject()
                .number("schema_version", 1)
                .text("kind", part.kind())
                .text("where", head.where());
        head.write(json);
        SimpleDateFormat utc = new SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT);
        utc.setTimeZone(TimeZone.getTimeZone("UTC"));
        json.text("started_at", utc.format(new Date(time.startedEpochMillis()))).number("wall_ns", time.wallNanos());
        resources.write(json, time);
        for (String name : PARTS) {
            if (name.equals(part.name())) {
                part.write(json, time);
            } else {
                json.nothing(name);
            }
        }
        writeGolden(json);
        json.endObject();
        writer.write('\n');
        writer.flush();
    }

    private void writeGolden(LogJson json) throws IOException {
        json.beginArray("golden");
        for (GoldenResult result : golden) {
            json.beginObject()
                    .text("picture", result.picture())
                    .text("fitted_sha256", result.fittedSha256())
                    .text("tensor_sha256", result.tensorSha256())
                    .beginArray("channels");
            for (TensorSpread channel : result.channels()) {
                json.beginObject()
                        .number("min", channel.min())
                        .number("mean", channel.mean())
                        .number("max", channel.max())
                        .endObject();
            }
            json.endArray().top(result.top()).endObject();
        }
        json.endArray();
    }
}
