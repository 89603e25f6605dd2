package io.github.realtimeclassifier.app.screen;

import static org.junit.Assert.assertTrue;

import android.content.Context;
import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Color;
import android.graphics.Path;
import android.graphics.drawable.AdaptiveIconDrawable;
import io.github.realtimeclassifier.R;
import java.io.File;
import java.io.IOException;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

/** Android before 8.0 has no adaptive icons: for it, pictures of ours lie in res, and have to look the same. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class LauncherIconTest {
    // An adaptive icon's layers have 108 dp, of which 72 are seen, at most.
    private static final float LAYER_SHARE = 108 / 72f;
    private static final float MARGIN_SHARE = 1 / 24f;
    private static final float CORNER_SHARE = 0.2f;

    @Test
    public void picturesAreTheAdaptiveIcon() throws IOException {
        String[] densities = {"mdpi", "hdpi", "xhdpi", "xxhdpi", "xxxhdpi"};
        int[] sides = {48, 72, 96, 144, 192};
        Bitmap[] drawn = new Bitmap[sides.length];
        File icons = new File(new File(System.getProperty("screenshots.dir")).getParentFile(), "icons");
        // The smallest first, and all before the first comparison: a vector keeps what it drew, to be scaled down.
        for (int i = 0; i < sides.length; i++) {
            drawn[i] = drawn(sides[i]);
            Pictures.save(drawn[i], new File(icons, name(densities[i])));
        }
        for (int i = 0; i < sides.length; i++) {
            String name = name(densities[i]);
            File committed = new File(System.getProperty("basedir"), "src/main/res/" + name);
            assertTrue("expected " + committed + "; take it from build/android/app/icons", committed.isFile());
            double difference = Pictures.difference(drawn[i], Pictures.read(committed));
            assertTrue(name + " differs by " + difference, difference < 1);
        }
    }

    private static String name(String density) {
        return "mipmap-" + density + "/ic_launcher.png";
    }

    private static Bitmap drawn(int side) {
        Context context = RuntimeEnvironment.getApplication();
        AdaptiveIconDrawable icon = (AdaptiveIconDrawable) context.getDrawable(R.mipmap.ic_launcher);
        Bitmap bitmap = Bitmap.createBitmap(side, side, Bitmap.Config.ARGB_8888);
        bitmap.eraseColor(Color.TRANSPARENT);
        Canvas canvas = new Canvas(bitmap);
        float margin = side * MARGIN_SHARE;
        Path shape = new Path();
        shape.addRoundRect(
                margin, margin, side - margin, side - margin, side * CORNER_SHARE, side * CORNER_SHARE,
                Path.Direction.CW);
        canvas.clipPath(shape);
        int layer = Math.round(side * LAYER_SHARE);
        canvas.translate((side - layer) / 2f, (side - layer) / 2f);
        icon.getBackground().setBounds(0, 0, layer, layer);
        icon.getBackground().draw(canvas);
        icon.getForeground().setBounds(0, 0, layer, layer);
        icon.getForeground().draw(canvas);
        return bitmap;
    }
}
