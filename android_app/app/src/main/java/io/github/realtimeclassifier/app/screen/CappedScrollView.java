package io.github.realtimeclassifier.app.screen;

import android.content.Context;
import android.util.AttributeSet;
import android.view.View;
import android.widget.ScrollView;

/** Takes two thirds of the height that it could have at most, so that large letters leave room for the rest. */
public final class CappedScrollView extends ScrollView {
    private static final float LARGEST_SHARE = 2 / 3f;

    /** As layouts make it. */
    public CappedScrollView(Context context, AttributeSet attributes) {
        super(context, attributes);
    }

    @Override
    protected void onMeasure(int widthSpec, int heightSpec) {
        int most = Math.round(View.MeasureSpec.getSize(heightSpec) * LARGEST_SHARE);
        super.onMeasure(widthSpec, View.MeasureSpec.makeMeasureSpec(most, View.MeasureSpec.AT_MOST));
    }
}
