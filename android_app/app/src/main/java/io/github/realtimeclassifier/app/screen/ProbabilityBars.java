package io.github.realtimeclassifier.app.screen;

import android.content.Context;
import android.content.res.Resources;
import android.graphics.Canvas;
import android.graphics.Paint;
import android.graphics.Typeface;
import android.text.TextPaint;
import android.text.TextUtils;
import android.util.AttributeSet;
import android.view.View;
import io.github.realtimeclassifier.R;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Classes and their probabilities, a row each: name, bar, percent. One view draws all rows, so that a new result costs
 * no layout. For the main thread.
 */
public final class ProbabilityBars extends View {
    // The probability that takes most room.
    private static final float WIDEST = 1f;
    // What is written as 0.0 % is drawn as nothing.
    private static final float LEAST_SHOWN = 0.0005f;
    private static final int NO_ROW = -1;

    private final TextPaint namePaint = new TextPaint(Paint.ANTI_ALIAS_FLAG);
    private final TextPaint percentPaint = new TextPaint(Paint.ANTI_ALIAS_FLAG);
    private final Paint barPaint = new Paint(Paint.ANTI_ALIAS_FLAG);
    private final Paint trackPaint = new Paint(Paint.ANTI_ALIAS_FLAG);
    private final Typeface plain = Typeface.create("sans-serif", Typeface.NORMAL);
    private final Typeface strong = Typeface.create("sans-serif-medium", Typeface.NORMAL);
    private final float gap;
    private final float barHeight;
    private float rowHeight;
    private int rows = 1;
    private float nameShare = 0.5f;
    private int strongRow;
    private List<String> names = Collections.emptyList();
    private float[] probabilities = new float[0];

    /** As layouts make it. */
    public ProbabilityBars(Context context, AttributeSet attributes) {
        super(context, attributes);
        Resources resources = context.getResources();
        float textSize = resources.getDimension(R.dimen.bar_text);
        namePaint.setTextSize(textSize);
        namePaint.setColor(context.getColor(R.color.text));
        percentPaint.setTextSize(textSize);
        percentPaint.setColor(context.getColor(R.color.text));
        percentPaint.setFontFeatureSettings("tnum");
        barPaint.setColor(context.getColor(R.color.accent));
        trackPaint.setColor(context.getColor(R.color.track));
        gap = resources.getDimension(R.dimen.gap);
        barHeight = resources.getDimension(R.dimen.bar);
        setFocusable(true);
        setShape(rows, nameShare, R.dimen.bar_row_gap);
        showEmpty(Collections.<String>emptyList());
    }

    /**
     * Says how much room there is.
     *
     * @param rows how many rows are shown.
     * @param nameShare the part of a row that a name may take, between 0 and 1; a longer one is cut.
     * @param rowGap what is free between two rows' texts, as the id of a dimension.
     */
    void setShape(int rows, float nameShare, int rowGap) {
        this.rows = rows;
        this.nameShare = nameShare;
        rowHeight = namePaint.getFontSpacing() + getResources().getDimension(rowGap);
        requestLayout();
    }

    /**
     * Shows results. What is read aloud is not touched: see {@link #describe}.
     *
     * @param names of the classes, a row each.
     * @param probabilities of the same classes, 0 to 1.
     * @param strongRow the row of the most probable class.
     */
    void show(List<String> names, float[] probabilities, int strongRow) {
        if (names.size() != probabilities.length) {
            throw new IllegalArgumentException(
                    "expected a probability for each of " + names.size() + " names, received " + probabilities.length);
        }
        this.names = new ArrayList<>(names);
        this.probabilities = probabilities.clone();
        this.strongRow = strongRow;
        invalidate();
    }

    /** Shows that there is no result yet; the names may be known already. */
    void showEmpty(List<String> names) {
        this.names = new ArrayList<>(names);
        probabilities = new float[0];
        strongRow = NO_ROW;
        describe();
        invalidate();
    }

    /** Makes what is read aloud say what is shown. As a live region it is read at once: not to be called too often. */
    void describe() {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < probabilities.length; row++) {
            text.append(row == 0 ? "" : "; ")
                    .append(getContext().getString(R.string.bars_item, names.get(row), percent(row)));
        }
        setContentDescription(probabilities.length == 0 ? getContext().getString(R.string.bars_none) : text);
    }

    private String percent(int row) {
        return Numbers.percent(probabilities[row]);
    }

    @Override
    protected void onMeasure(int widthSpec, int heightSpec) {
        int height = Math.round(rows * rowHeight) + getPaddingTop() + getPaddingBottom();
        setMeasuredDimension(getDefaultSize(getSuggestedMinimumWidth(), widthSpec), resolveSize(height, heightSpec));
    }

    @Override
    protected void onDraw(Canvas canvas) {
        float width = getWidth() - getPaddingStart() - getPaddingEnd();
        percentPaint.setTypeface(strong);
        float percentWidth = percentPaint.measureText(Numbers.percent(WIDEST));
        float nameWidth = width * nameShare;
        float barStart = nameWidth + gap;
        float barEnd = width - percentWidth - gap;
        for (int row = 0; row < rows; row++) {
            float middle = getPaddingTop() + (row + 0.5f) * rowHeight;
            drawBar(canvas, trackPaint, barStart, barEnd, middle);
            Typeface typeface = row == strongRow ? strong : plain;
            if (row < names.size()) {
                drawText(canvas, namePaint, typeface, names.get(row), 0, nameWidth, middle, false);
            }
            if (row < probabilities.length) {
                float end = barStart + (barEnd - barStart) * probabilities[row];
                if (probabilities[row] >= LEAST_SHOWN) {
                    // Less than a dot would not be a bar any more.
                    drawBar(canvas, barPaint, barStart, Math.max(end, barStart + barHeight), middle);
                }
                drawText(canvas, percentPaint, typeface, percent(row), width - percentWidth, width, middle, true);
            }
        }
    }

    private void drawBar(Canvas canvas, Paint paint, float start, float end, float middle) {
        float top = middle - barHeight / 2;
        float round = barHeight / 2;
        canvas.drawRoundRect(
                Math.min(x(start), x(end)), top, Math.max(x(start), x(end)), top + barHeight, round, round, paint);
    }

    private void drawText(
            Canvas canvas,
            TextPaint paint,
            Typeface typeface,
            String text,
            float start,
            float end,
            float middle,
            boolean atEnd) {
        paint.setTypeface(typeface);
        CharSequence cut = TextUtils.ellipsize(text, paint, end - start, TextUtils.TruncateAt.END);
        boolean atRight = atEnd != isRightToLeft();
        paint.setTextAlign(atRight ? Paint.Align.RIGHT : Paint.Align.LEFT);
        float baseline = middle - (paint.ascent() + paint.descent()) / 2;
        canvas.drawText(cut, 0, cut.length(), x(atEnd ? end : start), baseline, paint);
    }

    /** A distance from where a line begins, as a place on the canvas. */
    private float x(float fromStart) {
        return isRightToLeft() ? getWidth() - getPaddingStart() - fromStart : getPaddingStart() + fromStart;
    }

    private boolean isRightToLeft() {
        return getLayoutDirection() == LAYOUT_DIRECTION_RTL;
    }
}
