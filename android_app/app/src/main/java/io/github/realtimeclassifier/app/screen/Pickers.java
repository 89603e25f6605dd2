package io.github.realtimeclassifier.app.screen;

import android.content.Context;
import android.view.View;
import android.widget.AdapterView;
import android.widget.ArrayAdapter;
import android.widget.Spinner;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.InstalledModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The pickers for model, engine and threads ({@code layout/pickers.xml}). For the main thread. */
final class Pickers {
    /** Who is told what the user picked. */
    interface Listener {
        /** Something else was picked than was shown. */
        void onPicked(Choice choice);
    }

    // TensorFlow for Mobile always takes all cores.
    private static final String ENGINE_WITHOUT_THREADS = "tf_mobile";

    private final Spinner modelPicker;
    private final Spinner enginePicker;
    private final Spinner threadsPicker;
    private final Listener listener;
    private List<InstalledModel> models = Collections.emptyList();
    private Choice choice;

    /** Finds them; they offer nothing yet. */
    Pickers(View root, Listener listener) {
        this.listener = listener;
        modelPicker = root.findViewById(R.id.model);
        enginePicker = root.findViewById(R.id.engine);
        threadsPicker = root.findViewById(R.id.threads);
        modelPicker.setOnItemSelectedListener(new Picked() {
            @Override
            Choice with(int position) {
                return choice.with(models.get(position));
            }
        });
        enginePicker.setOnItemSelectedListener(new Picked() {
            @Override
            Choice with(int position) {
                return runs() ? choice.withEngine(choice.model().engines().get(position)) : choice;
            }
        });
        threadsPicker.setOnItemSelectedListener(new Picked() {
            @Override
            Choice with(int position) {
                return runs() && hasThreads() ? choice.withThreads(position + 1) : choice;
            }
        });
        setEnabled(false);
    }

    /** Offers models, and shows what is chosen; the listener is not told. */
    void show(List<InstalledModel> offered, Choice chosen) {
        models = offered;
        choice = chosen;
        List<String> titles = new ArrayList<>();
        int chosenModel = 0;
        for (InstalledModel model : offered) {
            if (model.name().equals(chosen.model().name())) {
                chosenModel = titles.size();
            }
            titles.add(model.title());
        }
        offer(modelPicker, titles, chosenModel);
        showEngines();
        setEnabled(true);
    }

    private void showEngines() {
        Context context = enginePicker.getContext();
        List<String> engines = new ArrayList<>();
        for (String engine : choice.model().engines()) {
            engines.add(EngineTitles.shortTitle(context, engine));
        }
        if (engines.isEmpty()) {
            engines.add(context.getString(R.string.no_value));
        }
        offer(enginePicker, engines, Math.max(choice.model().engines().indexOf(choice.engine()), 0));
        List<String> threads = new ArrayList<>();
        if (hasThreads()) {
            for (int count = 1; count <= Choice.cores(); count++) {
                threads.add(String.valueOf(count));
            }
        } else {
            threads.add(context.getString(R.string.threads_all));
        }
        offer(threadsPicker, threads, hasThreads() ? choice.threads() - 1 : 0);
        setEnabled(modelPicker.isEnabled());
    }

    /** Whether there is an engine for the model. */
    private boolean runs() {
        return choice != null && !choice.model().engines().isEmpty();
    }

    private boolean hasThreads() {
        return !choice.engine().equals(ENGINE_WITHOUT_THREADS);
    }

    private static void offer(Spinner picker, List<String> titles, int position) {
        ArrayAdapter<String> adapter = new ArrayAdapter<>(picker.getContext(), R.layout.picked, titles);
        adapter.setDropDownViewResource(R.layout.pickable);
        picker.setAdapter(adapter);
        picker.setSelection(position);
    }

    /** Says whether something can be picked, as long as there is something. */
    void setEnabled(boolean enabled) {
        modelPicker.setEnabled(enabled && choice != null);
        enginePicker.setEnabled(enabled && runs());
        threadsPicker.setEnabled(enabled && runs() && hasThreads());
    }

    /** Hears of one picker; it is also called, without anybody's doing, after an adapter was set. */
    private abstract class Picked implements AdapterView.OnItemSelectedListener {
        /** The choice with the one at a position picked. */
        abstract Choice with(int position);

        @Override
        public final void onItemSelected(AdapterView<?> parent, View view, int position, long id) {
            Choice before = choice;
            Choice after = with(position);
            boolean same = after.model().name().equals(before.model().name())
                    && after.engine().equals(before.engine())
                    && after.threads() == before.threads();
            if (!same) {
                choice = after;
                showEngines();
                listener.onPicked(after);
            }
        }

        @Override
        public final void onNothingSelected(AdapterView<?> parent) {
            // The list became empty: there is nothing to choose from.
        }
    }
}
