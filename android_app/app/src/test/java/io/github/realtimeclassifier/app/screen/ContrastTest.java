package io.github.realtimeclassifier.app.screen;

import static org.junit.Assert.assertTrue;

import android.content.Context;
import android.graphics.Color;
import io.github.realtimeclassifier.R;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;

/** Colours that are drawn on one another differ enough, by WCAG 2.1's levels AA. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27)
public final class ContrastTest {
    private static final double TEXT = 4.5;
    private static final double GRAPHICS = 3;

    @Test
    public void byDay() {
        check();
    }

    @Test
    @Config(qualifiers = "night")
    public void byNight() {
        check();
    }

    private static void check() {
        int[] grounds = {R.color.background, R.color.surface};
        for (int ground : grounds) {
            check(R.color.text, ground, TEXT);
            check(R.color.text_secondary, ground, TEXT);
            check(R.color.accent, ground, TEXT);
            check(R.color.outline, ground, GRAPHICS);
        }
        check(R.color.on_accent, R.color.accent, TEXT);
        check(R.color.on_notice, R.color.notice, TEXT);
        check(R.color.on_paper, R.color.paper, TEXT);
        check(R.color.accent, R.color.track, GRAPHICS);
        // What is disabled need not be read, but can be.
        check(R.color.on_accent_disabled, R.color.track, GRAPHICS);
        check(R.color.on_accent_disabled, R.color.background, TEXT);
    }

    private static void check(int front, int ground, double least) {
        Context context = RuntimeEnvironment.getApplication();
        double one = luminance(context.getColor(front)) + 0.05;
        double other = luminance(context.getColor(ground)) + 0.05;
        double contrast = Math.max(one, other) / Math.min(one, other);
        String names = context.getResources().getResourceEntryName(front) + " on "
                + context.getResources().getResourceEntryName(ground);
        assertTrue(names + ": expected a contrast of " + least + ", received " + contrast, contrast >= least);
    }

    private static double luminance(int color) {
        return 0.2126 * linear(Color.red(color)) + 0.7152 * linear(Color.green(color))
                + 0.0722 * linear(Color.blue(color));
    }

    private static double linear(int level) {
        double part = level / 255.0;
        return part <= 0.03928 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
    }
}
