package io.github.realtimeclassifier.app.screen;

import android.app.Activity;
import android.app.Dialog;
import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Color;
import android.graphics.Rect;
import android.view.View;
import android.view.ViewGroup;
import android.widget.TextView;
import io.github.realtimeclassifier.R;
import java.util.ArrayList;
import java.util.List;

/** What a screen looks like, and where on it something stands. */
final class Screenshot {
    private static final float DIM = 0.6f;

    private final Bitmap picture;
    private final List<Rect> places = new ArrayList<>();

    private Screenshot(Bitmap picture) {
        this.picture = picture;
    }

    /** Draws a screen. */
    static Screenshot of(Activity activity) {
        View window = activity.getWindow().getDecorView();
        hideScrollBars(window);
        layOut(window);
        Screenshot screenshot =
                new Screenshot(Bitmap.createBitmap(window.getWidth(), window.getHeight(), Bitmap.Config.ARGB_8888));
        window.draw(new Canvas(screenshot.picture));
        screenshot.find(window, 0, 0);
        return screenshot;
    }

    /** Draws the live screen, whose picture is on a surface of its own, below the window's hole. */
    static Screenshot of(Activity live, FakeSurface surface) {
        Screenshot screenshot = of(live);
        View preview = live.findViewById(R.id.preview);
        int[] place = new int[2];
        preview.getLocationInWindow(place);
        surface.drawOn(new Canvas(screenshot.picture), place[0], place[1]);
        return screenshot;
    }

    /** Draws a dialog above a screen. */
    static Screenshot of(Activity activity, Dialog dialog) {
        Screenshot screenshot = of(activity);
        Canvas canvas = new Canvas(screenshot.picture);
        canvas.drawColor(Color.argb(Math.round(255 * DIM), 0, 0, 0));
        View window = dialog.getWindow().getDecorView();
        hideScrollBars(window);
        layOut(window);
        int left = (screenshot.picture.getWidth() - window.getWidth()) / 2;
        int top = (screenshot.picture.getHeight() - window.getHeight()) / 2;
        canvas.translate(left, top);
        window.draw(canvas);
        // What lies below is hidden in part.
        screenshot.places.clear();
        screenshot.find(window, left, top);
        return screenshot;
    }

    /** What a test has just changed gets its place, without anything else being done that waits for its turn. */
    private static void layOut(View window) {
        window.measure(
                View.MeasureSpec.makeMeasureSpec(window.getWidth(), View.MeasureSpec.EXACTLY),
                View.MeasureSpec.makeMeasureSpec(window.getHeight(), View.MeasureSpec.EXACTLY));
        window.layout(window.getLeft(), window.getTop(), window.getRight(), window.getBottom());
    }

    /** They fade away while time passes. */
    private static void hideScrollBars(View view) {
        view.setVerticalScrollBarEnabled(false);
        if (view instanceof ViewGroup) {
            for (int i = 0; i < ((ViewGroup) view).getChildCount(); i++) {
                hideScrollBars(((ViewGroup) view).getChildAt(i));
            }
        }
    }

    private void find(View view, int left, int top) {
        if (view.getVisibility() != View.VISIBLE) {
            return;
        }
        if (view instanceof ViewGroup) {
            for (int i = 0; i < ((ViewGroup) view).getChildCount(); i++) {
                find(((ViewGroup) view).getChildAt(i), left, top);
            }
            return;
        }
        Rect place = new Rect();
        if (!view.getGlobalVisibleRect(place)) {
            return;
        }
        if (view instanceof TextView) {
            cutToText((TextView) view, place);
        }
        if (!place.isEmpty()) {
            place.offset(left, top);
            places.add(place);
        }
    }

    /** Without the outline that a button has, and without a line that the screen's end has cut. */
    private static void cutToText(TextView view, Rect place) {
        place.left += view.getCompoundPaddingLeft();
        place.top += view.getTotalPaddingTop();
        place.right -= view.getCompoundPaddingRight();
        int end = place.top;
        for (int line = 0; line < view.getLineCount(); line++) {
            int bottom = place.top + view.getLayout().getLineBottom(line);
            end = bottom <= place.bottom ? bottom : end;
        }
        place.bottom = end;
    }

    /** The picture. */
    Bitmap picture() {
        return picture;
    }

    /** The places of the texts, icons, bars and pictures on it, as far as they are to be seen. */
    List<Rect> places() {
        return places;
    }
}
