package io.github.realtimeclassifier.app.screen;

import java.util.Locale;

/** Numbers as the screens write them: in the manner of their texts, which are English. */
final class Numbers {
    private static final String NO_BREAK_SPACE = "\u00a0";

    private Numbers() {}

    /** With so many digits after the point. */
    static String decimal(double number, int fractionDigits) {
        return String.format(Locale.ENGLISH, "%,." + fractionDigits + "f", number);
    }

    /** A whole number. */
    static String whole(long number) {
        return String.format(Locale.ENGLISH, "%,d", number);
    }

    /** A part of 1 in percent. */
    static String percent(double part) {
        return decimal(100 * part, 1) + NO_BREAK_SPACE + "%";
    }
}
