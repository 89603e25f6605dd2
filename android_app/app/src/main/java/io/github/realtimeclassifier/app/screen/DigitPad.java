package io.github.realtimeclassifier.app.screen;

import android.content.Context;
import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Paint;
import android.graphics.Path;
import android.os.Bundle;
import android.os.Parcelable;
import android.util.AttributeSet;
import android.view.MotionEvent;
import android.view.View;
import io.github.realtimeclassifier.R;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A black square to draw a white digit on with a finger. Survives rotation. For the main thread. */
public final class DigitPad extends View {
    /** Rows and columns of what {@link #ink} gives. */
    static final int INK_SIDE = 140;

    /** MNIST's strokes are about a tenth as wide as the digit is high. */
    private static final float STROKE_SHARE = 0.075f;

    private static final float HINT_SP = 16;
    private static final String STATE_POINTS = "points";
    private static final String STATE_VIEW = "view";

    /** Who is told that the drawing has changed. */
    interface Listener {
        /** Something was drawn, or all was cleared. */
        void onDrawn();
    }

    private final Paint strokePaint = new Paint(Paint.ANTI_ALIAS_FLAG);
    private final Paint hintPaint = new Paint(Paint.ANTI_ALIAS_FLAG);
    private final int paperColor;
    // The strokes' points, x and y by turns, as parts of the side; each stroke is a list of its own.
    private final List<List<Float>> strokes = new ArrayList<>();
    private Listener listener;

    /** As layouts make it. */
    public DigitPad(Context context, AttributeSet attributes) {
        super(context, attributes);
        paperColor = context.getColor(R.color.paper);
        strokePaint.setColor(context.getColor(R.color.ink));
        strokePaint.setStyle(Paint.Style.STROKE);
        strokePaint.setStrokeCap(Paint.Cap.ROUND);
        strokePaint.setStrokeJoin(Paint.Join.ROUND);
        hintPaint.setColor(context.getColor(R.color.on_paper));
        hintPaint.setTextAlign(Paint.Align.CENTER);
        hintPaint.setTextSize(HINT_SP * context.getResources().getDisplayMetrics().scaledDensity);
        setFocusable(true);
    }

    /** Says who is told. */
    void setListener(Listener listener) {
        this.listener = listener;
    }

    /** Whether nothing is drawn. */
    boolean isEmpty() {
        return strokes.isEmpty();
    }

    /** Takes all strokes away. */
    void clear() {
        strokes.clear();
        changed();
    }

    /** How white each pixel is, 0 to 255, row by row, {@link #INK_SIDE} rows and columns. */
    byte[] ink() {
        Bitmap bitmap = Bitmap.createBitmap(INK_SIDE, INK_SIDE, Bitmap.Config.ALPHA_8);
        drawStrokes(new Canvas(bitmap), INK_SIDE);
        ByteBuffer rows = ByteBuffer.allocate(bitmap.getByteCount());
        bitmap.copyPixelsToBuffer(rows);
        byte[] ink = new byte[INK_SIDE * INK_SIDE];
        for (int row = 0; row < INK_SIDE; row++) {
            rows.position(row * bitmap.getRowBytes());
            rows.get(ink, row * INK_SIDE, INK_SIDE);
        }
        bitmap.recycle();
        return ink;
    }

    @Override
    protected void onMeasure(int widthSpec, int heightSpec) {
        super.onMeasure(widthSpec, heightSpec);
        int side = Math.min(getMeasuredWidth(), getMeasuredHeight());
        setMeasuredDimension(side, side);
    }

    @Override
    protected void onDraw(Canvas canvas) {
        canvas.drawColor(paperColor);
        if (isEmpty()) {
            float baseline = getHeight() / 2f - (hintPaint.ascent() + hintPaint.descent()) / 2;
            canvas.drawText(getContext().getString(R.string.pad_hint), getWidth() / 2f, baseline, hintPaint);
        }
        drawStrokes(canvas, getWidth());
    }

    private void drawStrokes(Canvas canvas, float side) {
        strokePaint.setStrokeWidth(side * STROKE_SHARE);
        for (List<Float> stroke : strokes) {
            Path path = new Path();
            path.moveTo(stroke.get(0) * side, stroke.get(1) * side);
            // A dot as well has to be a line.
            path.lineTo(stroke.get(0) * side + 0.1f, stroke.get(1) * side);
            for (int i = 2; i < stroke.size(); i += 2) {
                path.lineTo(stroke.get(i) * side, stroke.get(i + 1) * side);
            }
            canvas.drawPath(path, strokePaint);
        }
    }

    @Override
    public boolean onTouchEvent(MotionEvent event) {
        switch (event.getActionMasked()) {
            case MotionEvent.ACTION_DOWN:
                // The finger draws; it does not scroll the page.
                getParent().requestDisallowInterceptTouchEvent(true);
                strokes.add(new ArrayList<Float>());
                addPoint(event.getX(), event.getY());
                break;
            case MotionEvent.ACTION_MOVE:
                for (int i = 0; i < event.getHistorySize(); i++) {
                    addPoint(event.getHistoricalX(i), event.getHistoricalY(i));
                }
                addPoint(event.getX(), event.getY());
                break;
            case MotionEvent.ACTION_UP:
                performClick();
                break;
            default:
                return false;
        }
        changed();
        return true;
    }

    private void addPoint(float x, float y) {
        if (!strokes.isEmpty()) {
            List<Float> stroke = strokes.get(strokes.size() - 1);
            stroke.add(x / getWidth());
            stroke.add(y / getHeight());
        }
    }

    private void changed() {
        invalidate();
        if (listener != null) {
            listener.onDrawn();
        }
    }

    @Override
    protected Parcelable onSaveInstanceState() {
        Bundle state = new Bundle();
        state.putParcelable(STATE_VIEW, super.onSaveInstanceState());
        ArrayList<float[]> points = new ArrayList<>();
        for (List<Float> stroke : strokes) {
            float[] flat = new float[stroke.size()];
            for (int i = 0; i < flat.length; i++) {
                flat[i] = stroke.get(i);
            }
            points.add(flat);
        }
        state.putSerializable(STATE_POINTS, points);
        return state;
    }

    @Override
    protected void onRestoreInstanceState(Parcelable state) {
        Bundle bundle = (Bundle) state;
        super.onRestoreInstanceState(bundle.getParcelable(STATE_VIEW));
        strokes.clear();
        for (Object flat : (List<?>) bundle.getSerializable(STATE_POINTS)) {
            List<Float> stroke = new ArrayList<>();
            for (float value : (float[]) flat) {
                stroke.add(value);
            }
            strokes.add(stroke);
        }
        changed();
    }
}
