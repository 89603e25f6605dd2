package io.github.realtimeclassifier.app.screen;

import android.app.Activity;
import android.view.LayoutInflater;
import android.view.View;
import android.view.ViewGroup;
import android.widget.ProgressBar;
import android.widget.TextView;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.run.Run;

/**
 * How a run fares, what it gave, and why there is no new one ({@code layout/measure.xml}, upper half). For the main
 * thread.
 */
final class RunPanel {
    private final Activity activity;
    private final View refusal;
    private final TextView refusalText;
    private final View running;
    private final TextView runningTitle;
    private final ProgressBar progress;
    private final TextView progressText;
    private final View result;
    private final TextView resultTitle;
    private final TextView resultText;
    private final ViewGroup lines;
    private final View untrained;
    private final View share;

    /** Finds it; it shows nothing yet. */
    RunPanel(Activity activity) {
        this.activity = activity;
        refusal = activity.findViewById(R.id.refusal);
        refusalText = activity.findViewById(R.id.refusal_text);
        running = activity.findViewById(R.id.running);
        runningTitle = activity.findViewById(R.id.running_title);
        progress = activity.findViewById(R.id.progress);
        progressText = activity.findViewById(R.id.progress_text);
        result = activity.findViewById(R.id.result);
        resultTitle = activity.findViewById(R.id.result_title);
        resultText = activity.findViewById(R.id.result_text);
        lines = activity.findViewById(R.id.result_lines);
        untrained = activity.findViewById(R.id.untrained);
        share = activity.findViewById(R.id.share);
        showRefusal("");
        hideRun();
    }

    private void hideRun() {
        running.setVisibility(View.GONE);
        result.setVisibility(View.GONE);
    }

    /** Shows a run, whatever its state. */
    void show(Run run, String title) {
        switch (run.state()) {
            case RUNNING:
                showProgress(run, title);
                break;
            case DONE:
                showResult(activity.getString(R.string.result_done, title), run.log().getName());
                showLines(run);
                break;
            case CANCELLED:
                showResult(
                        activity.getString(R.string.result_cancelled, title),
                        activity.getString(R.string.result_cancelled_text));
                break;
            default:
                showResult(activity.getString(R.string.result_failed, title), Failures.sentence(run.message()));
                break;
        }
    }

    /** Shows above the run why there is no new one; with an empty text, that nothing was refused. */
    void showRefusal(String message) {
        refusal.setVisibility(message.isEmpty() ? View.GONE : View.VISIBLE);
        refusalText.setText(message.isEmpty() ? "" : Failures.sentence(message));
    }

    private void showProgress(Run run, String title) {
        result.setVisibility(View.GONE);
        running.setVisibility(View.VISIBLE);
        setText(runningTitle, activity.getString(R.string.running_title, title));
        progress.setIndeterminate(run.total() == 0);
        progress.setMax(Math.max(run.total(), 1));
        progress.setProgress(run.done());
        progressText.setText(
                run.total() == 0
                        ? run.text()
                        : activity.getString(
                                R.string.progress_count,
                                run.text(),
                                Numbers.whole(run.done()),
                                Numbers.whole(run.total())));
    }

    /** A live region is read aloud whenever its text is set. */
    private static void setText(TextView view, String text) {
        if (!text.contentEquals(view.getText())) {
            view.setText(text);
        }
    }

    private void showResult(String title, String text) {
        hideRun();
        result.setVisibility(View.VISIBLE);
        setText(resultTitle, title);
        resultText.setText(text);
        lines.removeAllViews();
        untrained.setVisibility(View.GONE);
        share.setVisibility(View.GONE);
    }

    private void showLines(Run run) {
        for (Run.Line line : run.summary()) {
            View view = LayoutInflater.from(activity).inflate(R.layout.result_line, lines, false);
            ((TextView) view.findViewById(R.id.line_name)).setText(line.label());
            ((TextView) view.findViewById(R.id.line_value)).setText(line.value());
            lines.addView(view);
        }
        untrained.setVisibility(run.manifest().weights().isUntrained() ? View.VISIBLE : View.GONE);
        share.setVisibility(View.VISIBLE);
    }
}
