package io.github.realtimeclassifier.app.log;

import java.io.File;
import java.text.ParseException;
import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.Locale;
import java.util.TimeZone;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name of a run log's file, {@code kind_model_engine_time.json}, which says what the log is of. Immutable. */
public final class LogName {
    static final String ENDING = ".json";

    // The model's name may have lines in it as well, and one engine's has.
    private static final Pattern FORM =
            Pattern.compile("([a-z]+)_(.+?)_(tf_mobile|[a-z0-9]+)_([0-9]{8}-[0-9]{6})(-[0-9]+)?\\.json");

    private final String kind;
    private final String model;
    private final String engine;
    private final long epochMillis;

    LogName(String kind, String model, String engine, long epochMillis) {
        this.kind = kind;
        this.model = model;
        this.engine = engine;
        this.epochMillis = epochMillis;
    }

    /** What a file's name says; null where somebody gave it another name. */
    public static LogName of(File log) {
        Matcher matcher = FORM.matcher(log.getName());
        try {
            return matcher.matches()
                    ? new LogName(
                            matcher.group(1),
                            matcher.group(2),
                            matcher.group(3),
                            utc().parse(matcher.group(4)).getTime())
                    : null;
        } catch (ParseException error) {
            throw new IllegalStateException("the form has digits where the time is", error);
        }
    }

    /** Of several logs of one second, the file of one; the first is number 1. */
    String fileName(int number) {
        String name = kind + "_" + model + "_" + engine + "_" + utc().format(new Date(epochMillis));
        return name + (number == 1 ? "" : "-" + number) + ENDING;
    }

    private static SimpleDateFormat utc() {
        SimpleDateFormat format = new SimpleDateFormat("yyyyMMdd-HHmmss", Locale.ROOT);
        format.setTimeZone(TimeZone.getTimeZone("UTC"));
        return format;
    }

    /** accuracy, benchmark or live. */
    public String kind() {
        return kind;
    }

    /** The model's short name. */
    public String model() {
        return model;
    }

    /** The engine's short name. */
    public String engine() {
        return engine;
    }

    /** When the run began, in milliseconds since 1970 in UTC, to the second. */
    public long epochMillis() {
        return epochMillis;
    }
}
