package io.github.realtimeclassifier.app.screen;

import android.app.AlertDialog;
import android.graphics.Typeface;
import android.text.SpannableStringBuilder;
import android.text.Spanned;
import android.text.style.StyleSpan;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.core.model.Weights;
import java.util.List;

/** What the app is, which runtimes it has, and where each model's weights come from. */
final class AboutDialog {
    private AboutDialog() {}

    /** Shows it above a screen. */
    static void show(ScreenActivity activity, List<InstalledModel> models) {
        new AlertDialog.Builder(activity)
                .setTitle(R.string.about_title)
                .setMessage(text(activity, models))
                .setPositiveButton(R.string.close, null)
                .show();
    }

    /** What it says. */
    static CharSequence text(ScreenActivity activity, List<InstalledModel> models) {
        SpannableStringBuilder text = new SpannableStringBuilder(activity.getString(
                R.string.about_text,
                activity.getString(R.string.app_name),
                activity.app().system().build(),
                activity.getString(R.string.tf_mobile_version),
                activity.getString(R.string.tflite_version)));
        for (InstalledModel model : models) {
            text.append("\n\n");
            text.append(model.title(), new StyleSpan(Typeface.BOLD), Spanned.SPAN_EXCLUSIVE_EXCLUSIVE).append('\n');
            if (model.manifest() == null) {
                text.append(Failures.sentence(model.problem()));
            } else {
                Weights weights = model.manifest().weights();
                text.append(activity.getString(
                        R.string.about_model, model.manifest().citation(), weights.source(), weights.licence()));
                if (model.isUntrained()) {
                    text.append('\n').append(activity.getString(R.string.untrained));
                }
            }
        }
        return text;
    }
}
