package io.github.realtimeclassifier.app.screen;

import android.view.View;
import android.widget.TextView;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.live.Meters;

/** The four meters of the live screen ({@code layout/meters.xml}). For the main thread. */
final class MeterPanel {
    private static final double WITHOUT_FRACTION = 100;

    private final View root;

    /** Finds them, and gives them their names. */
    MeterPanel(View root) {
        this.root = root;
        name(R.id.meter_fps, R.string.meter_fps);
        name(R.id.meter_processed, R.string.meter_processed);
        name(R.id.meter_latency, R.string.meter_latency);
        name(R.id.meter_cpu, R.string.meter_cpu);
        clear();
    }

    private void name(int meter, int name) {
        TextView view = root.findViewById(meter).findViewById(R.id.meter_name);
        view.setText(name);
    }

    /** Shows what was measured. */
    void show(Meters meters) {
        show(meters.fps(), meters.processedPerSecond(), meters.latencyMillis(), meters.cpuPercent());
    }

    /** Shows that nothing is measured. */
    void clear() {
        show(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }

    private void show(double fps, double processedPerSecond, double latencyMillis, double cpuPercent) {
        show(R.id.meter_fps, R.string.meter_fps_spoken, fps, 1);
        show(R.id.meter_processed, R.string.meter_processed_spoken, processedPerSecond, 1);
        show(R.id.meter_latency, R.string.meter_latency_spoken, latencyMillis, 1);
        show(R.id.meter_cpu, R.string.meter_cpu_spoken, cpuPercent, 0);
    }

    private void show(int meter, int spokenName, double number, int fractionDigits) {
        View view = root.findViewById(meter);
        int digits = number >= WITHOUT_FRACTION ? 0 : fractionDigits;
        String value = Double.isNaN(number)
                ? root.getContext().getString(R.string.no_value)
                : Numbers.decimal(number, digits);
        TextView text = view.findViewById(R.id.meter_value);
        text.setText(value);
        String name = root.getContext().getString(spokenName);
        view.setContentDescription(root.getContext().getString(R.string.sentence_pair, name, value));
    }
}
