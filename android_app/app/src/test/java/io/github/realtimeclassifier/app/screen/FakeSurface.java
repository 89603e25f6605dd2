package io.github.realtimeclassifier.app.screen;

import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Rect;
import android.view.Surface;
import android.view.SurfaceHolder;

/** A surface that is a bitmap, so that a test can look at what was drawn on it. */
class FakeSurface implements SurfaceHolder {
    private final Bitmap front;
    private final Bitmap back;
    private int posts;

    FakeSurface(int width, int height) {
        front = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888);
        back = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888);
    }

    /** How many frames were drawn. */
    synchronized int posts() {
        return posts;
    }

    /** Draws the newest frame somewhere else. */
    synchronized void drawOn(Canvas canvas, int left, int top) {
        canvas.drawBitmap(front, left, top, null);
    }

    /** A copy of the newest frame. */
    synchronized Bitmap picture() {
        return front.copy(Bitmap.Config.ARGB_8888, false);
    }

    @Override
    public Canvas lockHardwareCanvas() {
        return new Canvas(back);
    }

    @Override
    public synchronized void unlockCanvasAndPost(Canvas canvas) {
        new Canvas(front).drawBitmap(back, 0, 0, null);
        posts++;
    }

    @Override
    public Canvas lockCanvas() {
        throw new UnsupportedOperationException("expected the canvas of the graphics processor to be asked for");
    }

    @Override
    public Canvas lockCanvas(Rect dirty) {
        return lockCanvas();
    }

    @Override
    public Rect getSurfaceFrame() {
        return new Rect(0, 0, front.getWidth(), front.getHeight());
    }

    @Override
    public Surface getSurface() {
        throw new UnsupportedOperationException("expected only the canvas to be asked for");
    }

    @Override
    public boolean isCreating() {
        return false;
    }

    @Override
    public void addCallback(Callback callback) {
        throw new UnsupportedOperationException("expected the view's own holder to be asked");
    }

    @Override
    public void removeCallback(Callback callback) {
        throw new UnsupportedOperationException("expected the view's own holder to be asked");
    }

    @Override
    @Deprecated
    public void setType(int type) {
        throw new UnsupportedOperationException("expected nobody to ask for what is long gone");
    }

    @Override
    public void setFixedSize(int width, int height) {
        throw new UnsupportedOperationException("expected the surface to be as large as its view");
    }

    @Override
    public void setSizeFromLayout() {
        // It is as large as the view already.
    }

    @Override
    public void setFormat(int format) {
        // There is one format only.
    }

    @Override
    public void setKeepScreenOn(boolean on) {
        throw new UnsupportedOperationException("expected the view to keep the screen on");
    }
}
