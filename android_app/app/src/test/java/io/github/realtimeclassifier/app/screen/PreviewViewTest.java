package io.github.realtimeclassifier.app.screen;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Color;
import android.view.SurfaceHolder;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.json.StrictJson;
import io.github.realtimeclassifier.core.pipeline.Classification;
import io.github.realtimeclassifier.core.pipeline.Frame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;
import org.robolectric.shadow.api.Shadow;
import org.robolectric.shadows.ShadowSurfaceView;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27, qualifiers = "w411dp-h659dp-mdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class PreviewViewTest {
    private static final int DARK = 40;
    private static final int BRIGHT = 220;
    private static final long DEADLINE_SECONDS = 20;

    private PreviewView preview;

    @Before
    public void makeView() throws DeploymentException {
        preview = new PreviewView(RuntimeEnvironment.getApplication(), null);
        preview.setInput(input(224, 256));
    }

    /** Of a network that sees the middle square of a frame. */
    private static ImageInput input(int side, int shorterSide) throws DeploymentException {
        String json = "{\"height\": " + side + ", \"width\": " + side + ", \"channel_order\": \"rgb\","
                + "\"scale\": [1, 1, 1], \"bias\": [0, 0, 0], \"resize\":"
                + "{\"shorter_side\": " + shorterSide + ", \"interpolation\": \"bilinear\", \"crop\": \"center\"}}";
        return ImageInput.read(StrictJson.readObject(json.getBytes(StandardCharsets.UTF_8)));
    }

    /** A frame whose upper left quarter, as the camera gives it, is bright, and the rest dark. */
    private static Frame frame(int width, int height) throws DeploymentException {
        Frame frame = new Frame(width, height);
        byte[] y = new byte[width * height];
        for (int pixel = 0; pixel < y.length; pixel++) {
            boolean bright = pixel % width < width / 2 && pixel / width < height / 2;
            y[pixel] = (byte) (bright ? BRIGHT : DARK);
        }
        byte[] gray = new byte[width * height / 4];
        Arrays.fill(gray, (byte) 128);
        ByteBuffer chroma = ByteBuffer.wrap(gray);
        frame.image().copyFrom(ByteBuffer.wrap(y), width, 1, chroma, chroma, width / 2, 1);
        return frame;
    }

    private FakeSurface surface(int width, int height) {
        FakeSurface surface = new FakeSurface(width, height);
        for (SurfaceHolder.Callback callback : callbacks()) {
            callback.surfaceChanged(surface, 0, width, height);
        }
        return surface;
    }

    private Iterable<SurfaceHolder.Callback> callbacks() {
        return Shadow.<ShadowSurfaceView>extract(preview).getFakeSurfaceHolder().getCallbacks();
    }

    private Bitmap drawn(Rotation rotation, int width, int height) throws Exception {
        FakeSurface surface = surface(width, height);
        preview.prepare(64, 48, rotation);
        preview.show(frame(64, 48), Classification.NONE);
        assertEquals(1, surface.posts());
        return surface.picture();
    }

    private static int gray(Bitmap picture, float x, float y) {
        return Color.green(picture.getPixel((int) (x * picture.getWidth()), (int) (y * picture.getHeight())));
    }

    @Test
    public void turnsTheFrameUpright() throws Exception {
        // Clockwise: the bright quarter goes from the upper left to the upper right, and so on.
        float[][] brightPlaces = {{0.3f, 0.3f}, {0.7f, 0.3f}, {0.7f, 0.7f}, {0.3f, 0.7f}};
        for (Rotation rotation : Rotation.values()) {
            boolean sideways = rotation.isSideways();
            Bitmap picture = drawn(rotation, sideways ? 480 : 640, sideways ? 640 : 480);
            for (int place = 0; place < brightPlaces.length; place++) {
                int expected = place == rotation.ordinal() ? BRIGHT : DARK;
                int received = gray(picture, brightPlaces[place][0], brightPlaces[place][1]);
                assertEquals(rotation + ", place " + place, expected, received, 2);
            }
        }
    }

    @Test
    public void leavesBarsRatherThanCuttingWhatTheNetworkSees() throws Exception {
        // As high as wide: all of the frame's middle square has to be there, so left and right remain free.
        Bitmap picture = drawn(Rotation.DEGREES_90, 400, 200);
        assertEquals(Color.green(0xff0b0e0f), gray(picture, 0.02f, 0.5f));
        assertEquals(DARK, gray(picture, 0.4f, 0.4f), 2);
        assertEquals(BRIGHT, gray(picture, 0.6f, 0.4f), 2);
    }

    @Test
    public void marksTheCornersOfWhatTheNetworkSees() throws Exception {
        Bitmap picture = drawn(Rotation.DEGREES_0, 640, 480);
        // 224/256 of the shorter side, 420 of 480 pixels, in the middle: from (110, 30) to (530, 450).
        assertTrue(isMarked(picture, 110, 30));
        assertTrue(isMarked(picture, 530, 450));
        assertFalse(isMarked(picture, 320, 30));
        assertFalse(isMarked(picture, 320, 240));
    }

    private static boolean isMarked(Bitmap picture, int x, int y) {
        for (int dy = -12; dy <= 12; dy++) {
            for (int dx = -12; dx <= 12; dx++) {
                if (picture.getPixel(x + dx, y + dy) == Color.WHITE) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    public void waitsForASurfaceAndCanBeInterrupted() throws Exception {
        preview.prepare(64, 48, Rotation.DEGREES_0);
        final Frame frame = frame(64, 48);
        final CountDownLatch shown = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);
        Thread thread = new Thread(new Runnable() {
            @Override
            public void run() {
                try {
                    preview.show(frame, Classification.NONE);
                    shown.countDown();
                    preview.show(frame, Classification.NONE);
                    throw new AssertionError("expected to wait for the surface that was taken away");
                } catch (InterruptedException error) {
                    interrupted.countDown();
                }
            }
        });
        FakeSurface none = surface(64, 48);
        for (SurfaceHolder.Callback callback : callbacks()) {
            callback.surfaceDestroyed(none);
        }
        thread.start();
        awaitWaiting(thread);
        assertEquals(0, none.posts());
        FakeSurface surface = new FakeSurface(64, 48) {
            @Override
            public void unlockCanvasAndPost(Canvas canvas) {
                super.unlockCanvasAndPost(canvas);
                // The screen goes off right after the first frame.
                for (SurfaceHolder.Callback callback : callbacks()) {
                    callback.surfaceDestroyed(this);
                }
            }
        };
        for (SurfaceHolder.Callback callback : callbacks()) {
            callback.surfaceChanged(surface, 0, 64, 48);
        }
        assertTrue(shown.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
        awaitWaiting(thread);
        thread.interrupt();
        assertTrue(interrupted.await(DEADLINE_SECONDS, TimeUnit.SECONDS));
        assertEquals(1, surface.posts());
    }

    private static void awaitWaiting(Thread thread) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (thread.getState() != Thread.State.WAITING) {
            assertTrue("expected the thread to wait", System.nanoTime() < end && thread.isAlive());
            Thread.onSpinWait();
        }
    }
}
