package io.github.realtimeclassifier.app.screen;

import android.content.Context;
import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Matrix;
import android.graphics.Paint;
import android.graphics.RectF;
import android.os.Build;
import android.util.AttributeSet;
import android.view.SurfaceHolder;
import android.view.SurfaceView;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.live.LiveDisplay;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.pipeline.Classification;
import io.github.realtimeclassifier.core.pipeline.Frame;

/**
 * The camera's picture, drawn by the pipeline's own thread on a surface of its own: what counts as shown has been
 * drawn, and the main thread has no part in it. The colours are the core's, those that the network sees.
 */
public final class PreviewView extends SurfaceView implements LiveDisplay {
    private static final long RETRY_MILLIS = 10;
    private static final float CORNER_DP = 20;
    private static final float STROKE_DP = 2.5f;

    private final Paint picturePaint = new Paint(Paint.FILTER_BITMAP_FLAG);
    private final Paint markPaint = new Paint(Paint.ANTI_ALIAS_FLAG);
    private final Paint shadowPaint = new Paint(Paint.ANTI_ALIAS_FLAG);
    private final int groundColor;
    private final float cornerLength;

    // Held while the surface is drawn on, so that it is not taken away meanwhile.
    private final Object lock = new Object();
    private SurfaceHolder surface;

    // Set by the main thread before a session starts.
    private volatile ImageInput input;

    // Of the session's thread.
    private final Matrix matrix = new Matrix();
    private final RectF seen = new RectF();
    private PreviewShape shape;
    private Bitmap bitmap;
    private int[] pixels;

    /** As layouts make it. */
    public PreviewView(Context context, AttributeSet attributes) {
        super(context, attributes);
        float dp = context.getResources().getDisplayMetrics().density;
        cornerLength = CORNER_DP * dp;
        groundColor = context.getColor(R.color.camera_background);
        prepare(markPaint, context.getColor(R.color.frame_mark), STROKE_DP * dp);
        // Below the marks, so that they are seen on bright pictures too.
        prepare(shadowPaint, context.getColor(R.color.frame_mark_edge), 2 * STROKE_DP * dp);
        getHolder().addCallback(new SurfaceWatcher());
    }

    private static void prepare(Paint paint, int color, float width) {
        paint.setStyle(Paint.Style.STROKE);
        paint.setStrokeCap(Paint.Cap.ROUND);
        paint.setStrokeWidth(width);
        paint.setColor(color);
    }

    /** Says which network looks at the picture, so that its part is marked; before a session starts. */
    void setInput(ImageInput input) {
        this.input = input;
    }

    @Override
    public void prepare(int width, int height, Rotation rotation) {
        shape = new PreviewShape(width, height, rotation, input);
        bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888);
        bitmap.setHasAlpha(false);
        pixels = new int[width * height];
    }

    /** Draws the frame; while there is no surface, as when the screen is off, it waits for one. */
    @Override
    public void show(Frame frame, Classification latest) throws InterruptedException {
        frame.image().toArgb(pixels);
        bitmap.setPixels(pixels, 0, bitmap.getWidth(), 0, 0, bitmap.getWidth(), bitmap.getHeight());
        synchronized (lock) {
            while (surface == null || !drawOn(surface)) {
                // A surface that is being resized gives no canvas for a moment.
                lock.wait(surface == null ? 0 : RETRY_MILLIS);
            }
        }
    }

    private boolean drawOn(SurfaceHolder holder) {
        // From Android 8 on the graphics processor turns and scales the picture.
        Canvas canvas =
                Build.VERSION.SDK_INT >= Build.VERSION_CODES.O ? holder.lockHardwareCanvas() : holder.lockCanvas();
        if (canvas == null) {
            return false;
        }
        try {
            canvas.drawColor(groundColor);
            shape.place(canvas.getWidth(), canvas.getHeight(), matrix);
            canvas.drawBitmap(bitmap, matrix, picturePaint);
            shape.mark(canvas.getWidth(), canvas.getHeight(), seen);
            seen.inset(STROKE_DP + markPaint.getStrokeWidth(), STROKE_DP + markPaint.getStrokeWidth());
            drawCorners(canvas, shadowPaint);
            drawCorners(canvas, markPaint);
        } finally {
            holder.unlockCanvasAndPost(canvas);
        }
        return true;
    }

    private void drawCorners(Canvas canvas, Paint paint) {
        float length = Math.min(cornerLength, Math.min(seen.width(), seen.height()) / 4);
        for (int corner = 0; corner < 4; corner++) {
            boolean atLeft = corner % 2 == 0;
            boolean atTop = corner < 2;
            float x = atLeft ? seen.left : seen.right;
            float y = atTop ? seen.top : seen.bottom;
            canvas.drawLine(x, y, x + (atLeft ? length : -length), y, paint);
            canvas.drawLine(x, y, x, y + (atTop ? length : -length), paint);
        }
    }

    /** Tells the session's thread whether there is a surface. Called on the main thread. */
    private final class SurfaceWatcher implements SurfaceHolder.Callback {
        @Override
        public void surfaceCreated(SurfaceHolder holder) {
            // It is drawn on once its size is known.
        }

        @Override
        public void surfaceChanged(SurfaceHolder holder, int format, int width, int height) {
            synchronized (lock) {
                surface = holder;
                lock.notifyAll();
            }
        }

        @Override
        public void surfaceDestroyed(SurfaceHolder holder) {
            synchronized (lock) {
                surface = null;
            }
        }
    }
}
