package io.github.realtimeclassifier.app.screen;

import android.app.Activity;
import android.os.Handler;
import android.os.Looper;
import android.os.SystemClock;
import android.view.View;
import android.widget.Button;
import android.widget.CompoundButton;
import android.widget.Switch;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.live.LiveSession;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.core.model.Manifest;
import java.util.List;

/** The live screen's views, and how often they look at the session. For the main thread. */
final class LiveScreen {
    /** Who is told what the user wants. */
    interface Listener {
        /** Something else was chosen. */
        void onChosen(Choice choice);

        /** The button for recording was pressed. */
        void onRecord();
    }

    // A name that changes more often cannot be read, nor can a number.
    private static final long RESULT_MILLIS = 100;
    private static final int RESULTS_PER_METER = 5;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Handler handler = new Handler(Looper.getMainLooper());
    private final Runnable reading = new Runnable() {
        @Override
        public void run() {
            read();
            handler.postDelayed(this, RESULT_MILLIS);
        }
    };
    private final Listener listener;
    private final PreviewView preview;
    private final MessagePanel message;
    private final MeterPanel meters;
    private final TopFive top;
    private final Pickers pickers;
    private final View results;
    private final View untrained;
    private final Switch multithreaded;
    private final Button record;
    private Choice choice;
    private LiveSession session;
    private int readings;

    /** Finds the views of an activity whose content is {@code layout/live.xml}. */
    LiveScreen(Activity activity, final Listener listener) {
        this.listener = listener;
        View root = activity.findViewById(android.R.id.content);
        preview = root.findViewById(R.id.preview);
        message = new MessagePanel(root);
        meters = new MeterPanel(root);
        top = new TopFive((ProbabilityBars) root.findViewById(R.id.top));
        results = root.findViewById(R.id.results);
        untrained = root.findViewById(R.id.untrained);
        multithreaded = root.findViewById(R.id.multithreaded);
        record = root.findViewById(R.id.record);
        pickers = new Pickers(root, new Pickers.Listener() {
            @Override
            public void onPicked(Choice picked) {
                listener.onChosen(picked);
            }
        });
        // The activity knows the state, a restored switch would not.
        multithreaded.setSaveEnabled(false);
        multithreaded.setOnCheckedChangeListener(new CompoundButton.OnCheckedChangeListener() {
            @Override
            public void onCheckedChanged(CompoundButton button, boolean checked) {
                if (choice != null && choice.isMultithreaded() != checked) {
                    listener.onChosen(choice.withMultithreaded(checked));
                }
            }
        });
        record.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View button) {
                listener.onRecord();
            }
        });
        multithreaded.setEnabled(false);
        record.setEnabled(false);
    }

    /** What the camera's picture is drawn on. */
    PreviewView preview() {
        return preview;
    }

    /** Shows that something is under way before there is a picture. */
    void showBusy(CharSequence what, CharSequence how) {
        results.setVisibility(View.VISIBLE);
        message.showBusy(what, how);
    }

    /** Shows why there is no picture, and a button that helps. */
    void refuse(CharSequence what, CharSequence why, int label, View.OnClickListener onClick) {
        results.setVisibility(View.GONE);
        message.show(what, why, label, onClick);
    }

    /** Shows what can be chosen, and what is. */
    void show(List<InstalledModel> models, Choice chosen) {
        choice = chosen;
        pickers.show(models, chosen);
        multithreaded.setEnabled(true);
        multithreaded.setChecked(chosen.isMultithreaded());
        untrained.setVisibility(chosen.model().isUntrained() ? View.VISIBLE : View.GONE);
    }

    /** Shows that nothing can be chosen. */
    void showNoModels() {
        pickers.setEnabled(false);
        multithreaded.setEnabled(false);
        untrained.setVisibility(View.GONE);
    }

    /** Shows a running session, from now on until {@link #stopReading}. */
    void startReading(LiveSession running, boolean recording) {
        session = running;
        readings = 0;
        message.hide();
        record.setEnabled(true);
        record.setText(recording ? R.string.record_stop : R.string.record);
        preview.setKeepScreenOn(true);
        handler.removeCallbacks(reading);
        handler.post(reading);
    }

    /** Shows that nothing is running. */
    void stopReading() {
        session = null;
        handler.removeCallbacks(reading);
        record.setEnabled(false);
        record.setText(R.string.record);
        preview.setKeepScreenOn(false);
        meters.clear();
        top.clear();
    }

    private void read() {
        Manifest manifest = session.manifest();
        top.show(session.latest(), manifest.labels(), SystemClock.uptimeMillis() * NANOS_PER_MILLI);
        // The first reading comes after a while: before, there is nothing to count.
        readings++;
        if (readings % RESULTS_PER_METER == 0) {
            meters.show(session.meters());
        }
    }
}
