package io.github.realtimeclassifier.app.screen;

import android.app.Activity;
import android.net.Uri;
import android.os.Bundle;
import android.view.View;
import android.widget.AdapterView;
import android.widget.ArrayAdapter;
import android.widget.Spinner;
import android.widget.TextView;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.ClassifierApplication;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.app.run.RequestException;
import io.github.realtimeclassifier.app.run.RunRequest;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.run.Benchmark;
import io.github.realtimeclassifier.core.run.ImageFolder;
import java.util.Collections;
import java.util.List;

/** What is to be measured ({@code layout/measure.xml}, lower half). For the main thread. */
final class MeasureForm {
    private static final int DIGITS = 10_000;

    private static final String STATE_KIND = "kind";
    private static final String STATE_TREE = "tree";
    private static final String STATE_NUMBERS = "numbers";

    private final Activity activity;
    private final Spinner kindPicker;
    private final TextView kindText;
    private final View start;
    private final Pickers pickers;
    private final NumberField[] fields;
    private MeasureKind kind = MeasureKind.ACCURACY;
    private List<InstalledModel> models = Collections.emptyList();
    private Choice choice;
    private Uri tree;
    // What adb asked for, or this form before the screen was turned; null before there was a run.
    private RunRequest followed;
    private boolean enabled = true;

    /**
     * Finds the views.
     *
     * @param state what {@link #save} kept; null in a new activity.
     */
    MeasureForm(Activity activity, Bundle state) {
        this.activity = activity;
        View root = activity.findViewById(android.R.id.content);
        fields = new NumberField[] {
            new NumberField(root.findViewById(R.id.count)),
            new NumberField(root.findViewById(R.id.warm_up)),
            new NumberField(root.findViewById(R.id.seconds))
        };
        pickers = new Pickers(root, new Pickers.Listener() {
            @Override
            public void onPicked(Choice picked) {
                choose(picked);
            }
        });
        kindText = root.findViewById(R.id.kind_text);
        start = root.findViewById(R.id.start);
        kindPicker = root.findViewById(R.id.kind);
        kindPicker.setSaveEnabled(false);
        ArrayAdapter<String> kinds = new ArrayAdapter<>(activity, R.layout.picked, MeasureKind.titles(activity));
        kinds.setDropDownViewResource(R.layout.pickable);
        kindPicker.setAdapter(kinds);
        if (state == null) {
            show(kind);
        } else {
            restore(state);
        }
        kindPicker.setOnItemSelectedListener(new AdapterView.OnItemSelectedListener() {
            @Override
            public void onItemSelected(AdapterView<?> parent, View view, int position, long id) {
                // It is also called for the one that is shown already.
                if (MeasureKind.values()[position] != kind) {
                    show(MeasureKind.values()[position]);
                }
            }

            @Override
            public void onNothingSelected(AdapterView<?> parent) {
                // There always is one.
            }
        });
    }

    private void restore(Bundle state) {
        tree = state.getParcelable(STATE_TREE);
        show(MeasureKind.values()[state.getInt(STATE_KIND)]);
        String[] numbers = state.getStringArray(STATE_NUMBERS);
        for (int i = 0; i < fields.length; i++) {
            fields[i].setText(numbers[i]);
        }
    }

    /** Keeps over a rotation what was entered. */
    void save(Bundle state) {
        state.putInt(STATE_KIND, kind.ordinal());
        state.putParcelable(STATE_TREE, tree);
        String[] numbers = new String[fields.length];
        for (int i = 0; i < fields.length; i++) {
            numbers[i] = fields[i].text();
        }
        state.putStringArray(STATE_NUMBERS, numbers);
    }

    private void show(MeasureKind shown) {
        kind = shown;
        kindPicker.setSelection(kind.ordinal());
        kindText.setText(kind.text());
        activity.findViewById(R.id.images).setVisibility(kind == MeasureKind.ACCURACY ? View.VISIBLE : View.GONE);
        showTree();
        fields[1].hide();
        fields[2].hide();
        // What adb's requests leave out is proposed here.
        RunRequest usual = RunRequest.of(kind.measure());
        switch (kind) {
            case BENCHMARK:
                fields[0].ask(R.string.field_count, 1, Benchmark.MOST_CALLS, usual.count());
                fields[1].ask(R.string.field_warm_up, 0, Benchmark.MOST_CALLS, usual.warmUp());
                fields[2].ask(R.string.field_seconds, 1, RunRequest.MOST_SECONDS, usual.seconds());
                break;
            case DIGITS:
                fields[0].askOptional(R.string.field_limit, DIGITS);
                break;
            default:
                fields[0].askOptional(R.string.field_limit, ImageFolder.MOST_IMAGES);
                break;
        }
        showModels();
    }

    /** The models on the phone are known. */
    void show(List<InstalledModel> listed, Choice chosen) {
        models = listed;
        choice = chosen;
        showModels();
        followChoice();
    }

    /** Shows what is measured now, if it was not asked for here. */
    void follow(RunRequest request) {
        if (request == followed) {
            return;
        }
        followed = request;
        show(MeasureKind.of(request.measure()));
        fields[0].fill(kind == MeasureKind.BENCHMARK ? request.count() : request.limit());
        fields[1].fill(request.warmUp());
        fields[2].fill(request.seconds());
        setTree(request.tree());
        followChoice();
    }

    private void followChoice() {
        if (followed == null || choice == null) {
            return;
        }
        try {
            choice = followed.choice(activity, models);
            showModels();
        } catch (DeploymentException error) {
            // The run itself says so, where it is shown.
            followed = null;
        }
    }

    private void showModels() {
        if (choice == null) {
            return;
        }
        List<InstalledModel> fitting = fitting();
        boolean fits = fitting.isEmpty();
        for (InstalledModel model : fitting) {
            fits |= model.name().equals(choice.model().name());
        }
        choice = fits ? choice : choice.with(fitting.get(0));
        if (fitting.isEmpty()) {
            String folder = Failures.adbPaths("" + ClassifierApplication.of(activity).models().pushFolder());
            kindText.setText(activity.getString(R.string.no_digit_model_text, folder));
        } else {
            pickers.show(fitting, choice);
        }
        setEnabled(enabled);
    }

    private List<InstalledModel> fitting() {
        return kind == MeasureKind.DIGITS ? DigitModels.of(models) : models;
    }

    private void choose(Choice picked) {
        choice = picked;
        // The camera's screen could do nothing with a choice made for digits.
        if (kind != MeasureKind.DIGITS) {
            choice.save(activity);
        }
    }

    /** The user chose a folder of images. */
    void setTree(Uri chosen) {
        tree = chosen;
        showTree();
    }

    private void showTree() {
        String place = tree == null
                ? activity.getString(
                        R.string.images_own, Failures.adbPaths("" + activity.getExternalFilesDir("images")))
                : activity.getString(R.string.images_chosen, tree.getLastPathSegment());
        ((TextView) activity.findViewById(R.id.images_text)).setText(place);
    }

    /** Says whether anything can be changed, and started. */
    void setEnabled(boolean enabled) {
        this.enabled = enabled;
        boolean fits = choice != null && !fitting().isEmpty();
        kindPicker.setEnabled(enabled);
        pickers.setEnabled(enabled && fits);
        start.setEnabled(enabled && fits);
        activity.findViewById(R.id.choose_images).setEnabled(enabled);
        for (NumberField field : fields) {
            field.setEnabled(enabled);
        }
    }

    /** Whether all fields are right; those that are wrong say so. */
    boolean check() {
        boolean right = true;
        for (NumberField field : fields) {
            right &= field.check();
        }
        return right;
    }

    /**
     * What is asked for, after {@link #check}.
     *
     * @throws RequestException the folder is not one of the system's picker.
     */
    RunRequest request() throws RequestException {
        RunRequest request = RunRequest.of(kind.measure()).choice(choice);
        switch (kind) {
            case BENCHMARK:
                return request.count(fields[0].number()).warmUp(fields[1].number()).seconds(fields[2].number());
            case DIGITS:
                return request.limit(fields[0].number());
            default:
                request = request.limit(fields[0].number());
                return tree == null ? request : request.tree(tree);
        }
    }
}
