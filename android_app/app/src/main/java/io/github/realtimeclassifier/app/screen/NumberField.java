package io.github.realtimeclassifier.app.screen;

import android.view.View;
import android.widget.EditText;
import android.widget.TextView;
import io.github.realtimeclassifier.R;

/** A field for a whole number ({@code layout/field.xml}). For the main thread. */
final class NumberField {
    private final View root;
    private final EditText value;
    private int least;
    private int most;
    private boolean optional;

    /** Takes the view. */
    NumberField(View root) {
        this.root = root;
        value = root.findViewById(R.id.field_value);
    }

    /** Asks for a number between two, and proposes one. */
    void ask(int name, int least, int most, int proposed) {
        ask(name, least, most, String.valueOf(proposed), false);
    }

    /** Asks for a number of 1 or more at most; if there is none, all that there is. */
    void askOptional(int name, int most) {
        ask(name, 1, most, "", true);
    }

    private void ask(int name, int from, int to, String proposed, boolean mayBeEmpty) {
        least = from;
        most = to;
        optional = mayBeEmpty;
        root.setVisibility(View.VISIBLE);
        ((TextView) root.findViewById(R.id.field_name)).setText(name);
        value.setText(proposed);
        value.setError(null);
    }

    /** Asks for nothing. */
    void hide() {
        root.setVisibility(View.GONE);
    }

    /** Whether there is a number that was asked for; where there is none, the field says so. */
    boolean check() {
        boolean right = root.getVisibility() == View.GONE || isRight();
        value.setError(right ? null : root.getContext().getString(R.string.field_wrong, least, most));
        return right;
    }

    private boolean isRight() {
        // The field takes digits alone, and fewer than would overflow.
        String text = text();
        return text.isEmpty() ? optional : Integer.parseInt(text) >= least && Integer.parseInt(text) <= most;
    }

    /** The number, after {@link #check}; the largest where none is needed and none is there. */
    int number() {
        return text().isEmpty() ? most : Integer.parseInt(text());
    }

    /** What stands in the field. */
    String text() {
        return value.getText().toString();
    }

    /** Puts a number into the field, where it is asked for; the largest needs none. */
    void fill(int number) {
        value.setText(optional && number >= most ? "" : String.valueOf(number));
    }

    /** Puts something back into the field. */
    void setText(String text) {
        value.setText(text);
    }

    /** Says whether it can be changed. */
    void setEnabled(boolean enabled) {
        value.setEnabled(enabled);
    }
}
