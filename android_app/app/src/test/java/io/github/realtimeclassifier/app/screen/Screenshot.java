package io.github.realtimeclassifier.app.screen;

import android.app.Activity;
import android.app.Dialog;
import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Color;
import android.view.View;
import io.github.realtimeclassifier.R;

/** What a screen looks like. */
final class Screenshot {
    private static final float DIM = 0.6f;

    private Screenshot() {}

    /** Draws a screen. */
    static Bitmap of(Activity activity) {
        View window = activity.getWindow().getDecorView();
        Bitmap bitmap = Bitmap.createBitmap(window.getWidth(), window.getHeight(), Bitmap.Config.ARGB_8888);
        window.draw(new Canvas(bitmap));
        return bitmap;
    }

    /** Draws the live screen, whose picture is on a surface of its own, below the window's hole. */
    static Bitmap of(Activity live, FakeSurface surface) {
        Bitmap bitmap = of(live);
        View preview = live.findViewById(R.id.preview);
        int[] place = new int[2];
        preview.getLocationInWindow(place);
        surface.drawOn(new Canvas(bitmap), place[0], place[1]);
        return bitmap;
    }

    /** Draws a dialog above a screen. */
    static Bitmap of(Activity activity, Dialog dialog) {
        Bitmap bitmap = of(activity);
        Canvas canvas = new Canvas(bitmap);
        canvas.drawColor(Color.argb(Math.round(255 * DIM), 0, 0, 0));
        View window = dialog.getWindow().getDecorView();
        canvas.translate(
                (bitmap.getWidth() - window.getWidth()) / 2f, (bitmap.getHeight() - window.getHeight()) / 2f);
        window.draw(canvas);
        return bitmap;
    }
}
