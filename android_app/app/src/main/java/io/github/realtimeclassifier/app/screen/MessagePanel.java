package io.github.realtimeclassifier.app.screen;

import android.view.View;
import android.widget.Button;
import android.widget.TextView;
import io.github.realtimeclassifier.R;

/** What takes the place of a screen's content ({@code layout/message.xml}). For the main thread. */
final class MessagePanel {
    private final View panel;
    private final View progress;
    private final TextView title;
    private final TextView text;
    private final Button action;

    /** Finds it. */
    MessagePanel(View root) {
        panel = root.findViewById(R.id.message);
        progress = root.findViewById(R.id.message_progress);
        title = root.findViewById(R.id.message_title);
        text = root.findViewById(R.id.message_text);
        action = root.findViewById(R.id.message_action);
        hide();
    }

    /** Shows that something is under way. */
    void showBusy(CharSequence what, CharSequence how) {
        show(what, how, true);
        action.setVisibility(View.GONE);
    }

    /** Shows what is wrong, without a button: nothing on this screen helps. */
    void show(CharSequence what, CharSequence why) {
        show(what, why, false);
        action.setVisibility(View.GONE);
    }

    /** Shows what is wrong, and a button that helps. */
    void show(CharSequence what, CharSequence why, int label, View.OnClickListener onClick) {
        show(what, why, false);
        action.setVisibility(View.VISIBLE);
        action.setText(label);
        action.setOnClickListener(onClick);
    }

    private void show(CharSequence what, CharSequence why, boolean busy) {
        progress.setVisibility(busy ? View.VISIBLE : View.GONE);
        title.setText(what);
        text.setText(why);
        panel.setVisibility(View.VISIBLE);
    }

    /** Gives the place back to the content. */
    void hide() {
        panel.setVisibility(View.GONE);
    }
}
