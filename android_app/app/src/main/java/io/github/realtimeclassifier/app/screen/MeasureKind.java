package io.github.realtimeclassifier.app.screen;

import android.content.Context;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.run.Measure;
import java.util.ArrayList;
import java.util.List;

/** What can be measured without a camera, in the order in which it is offered. */
enum MeasureKind {
    ACCURACY(Measure.ACCURACY, R.string.kind_accuracy, R.string.kind_accuracy_text),
    BENCHMARK(Measure.BENCHMARK, R.string.kind_benchmark, R.string.kind_benchmark_text),
    DIGITS(Measure.DIGITS, R.string.kind_digits, R.string.kind_digits_text);

    private final Measure measure;
    private final int title;
    private final int text;

    MeasureKind(Measure measure, int title, int text) {
        this.measure = measure;
        this.title = title;
        this.text = text;
    }

    /** The kind of a request that was not made on the screen. */
    static MeasureKind of(Measure measure) {
        for (MeasureKind kind : values()) {
            if (kind.measure == measure) {
                return kind;
            }
        }
        throw new IllegalArgumentException("expected a measure without camera, received " + measure);
    }

    /** All titles, in order. */
    static List<String> titles(Context context) {
        List<String> titles = new ArrayList<>();
        for (MeasureKind kind : values()) {
            titles.add(context.getString(kind.title));
        }
        return titles;
    }

    /** How requests call it. */
    Measure measure() {
        return measure;
    }

    /** Its name, as the id of a string. */
    int title() {
        return title;
    }

    /** What it does, as the id of a string. */
    int text() {
        return text;
    }
}
