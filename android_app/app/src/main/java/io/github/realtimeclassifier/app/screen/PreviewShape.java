package io.github.realtimeclassifier.app.screen;

import android.graphics.Matrix;
import android.graphics.RectF;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Rotation;

/**
 * Where on a view a camera's frames go: upright, in the middle, as large as the view allows while all that the network
 * sees stays visible. Immutable.
 */
final class PreviewShape {
    // The marks around what the network sees have some room.
    private static final float MOST_OF_VIEW = 0.94f;

    private final float width;
    private final float height;
    private final Rotation rotation;
    // The part of the upright frame that the network sees, in the frame's pixels.
    private final float seenWidth;
    private final float seenHeight;

    /**
     * Computes it.
     *
     * @param width of a frame before it is turned.
     * @param height of a frame before it is turned.
     * @param rotation how frames are turned to stand upright.
     * @param input of the network.
     */
    PreviewShape(int width, int height, Rotation rotation, ImageInput input) {
        this.width = width;
        this.height = height;
        this.rotation = rotation;
        float shorter = Math.min(width, height);
        float scale = input.resize().resizes() ? shorter / input.resize().shorterSide() : 1;
        seenWidth = Math.min(input.width() * scale, uprightWidth());
        seenHeight = Math.min(input.height() * scale, uprightHeight());
    }

    private float uprightWidth() {
        return rotation.isSideways() ? height : width;
    }

    private float uprightHeight() {
        return rotation.isSideways() ? width : height;
    }

    private float scale(int viewWidth, int viewHeight) {
        float across = viewWidth / uprightWidth();
        float down = viewHeight / uprightHeight();
        float seen = MOST_OF_VIEW * Math.min(viewWidth / seenWidth, viewHeight / seenHeight);
        // Filling the view would cut the frame; where that would cut what the network sees, bars remain beside it.
        return Math.max(Math.min(Math.max(across, down), seen), Math.min(across, down));
    }

    /** Makes a matrix take a frame, as the camera gave it, to its place on the view. */
    void place(int viewWidth, int viewHeight, Matrix matrix) {
        float scale = scale(viewWidth, viewHeight);
        matrix.setTranslate(-width / 2, -height / 2);
        matrix.postRotate(rotation.degrees());
        matrix.postScale(scale, scale);
        matrix.postTranslate(viewWidth / 2f, viewHeight / 2f);
    }

    /** Makes a rectangle enclose what the network sees. */
    void mark(int viewWidth, int viewHeight, RectF rectangle) {
        float scale = scale(viewWidth, viewHeight);
        float halfWidth = seenWidth * scale / 2;
        float halfHeight = seenHeight * scale / 2;
        rectangle.set(
                viewWidth / 2f - halfWidth,
                viewHeight / 2f - halfHeight,
                viewWidth / 2f + halfWidth,
                viewHeight / 2f + halfHeight);
    }
}
