package io.github.realtimeclassifier.app.screen;

import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.YuvFrame;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** What lies in the project's folder data. */
final class TestData {
    private static final File DATA = new File(System.getProperty("basedir"), "../../data");
    private static final int FRAME_WIDTH = 640;
    private static final int FRAME_HEIGHT = 480;

    private TestData() {}

    /** The names of ImageNet's 1000 classes, in their order. */
    static List<String> imagenetLabels() throws IOException {
        List<String> labels = new ArrayList<>();
        List<String> lines = Files.readAllLines(new File(DATA, "labels/imagenet.csv").toPath());
        for (String line : lines.subList(1, lines.size())) {
            labels.add(line.split(",", 3)[2].replace("\"", ""));
        }
        return labels;
    }

    /**
     * A camera frame of 640 x 480 pixels that shows one of the open photos.
     *
     * @param sideways whether the photo stands upright only after the frame was turned by 90 degrees, as in a phone
     *     that is held upright.
     */
    static YuvFrame frame(String photo, boolean sideways) throws IOException, ImageException {
        BufferedImage read = ImageIO.read(new File(DATA, "photos/" + photo + ".png"));
        int width = sideways ? FRAME_HEIGHT : FRAME_WIDTH;
        int height = sideways ? FRAME_WIDTH : FRAME_HEIGHT;
        double scale = Math.max((double) width / read.getWidth(), (double) height / read.getHeight());
        BufferedImage frame = new BufferedImage(FRAME_WIDTH, FRAME_HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = frame.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.translate(FRAME_WIDTH / 2.0, FRAME_HEIGHT / 2.0);
        graphics.rotate(sideways ? -Math.PI / 2 : 0);
        graphics.scale(scale, scale);
        graphics.translate(-read.getWidth() / 2.0, -read.getHeight() / 2.0);
        graphics.drawImage(read, 0, 0, null);
        graphics.dispose();
        return yuv(frame);
    }

    /** JPEG's colours, as cameras give them: BT.601 at full range. */
    private static YuvFrame yuv(BufferedImage image) throws ImageException {
        YuvFrame frame = new YuvFrame(image.getWidth(), image.getHeight());
        byte[] y = new byte[frame.width() * frame.height()];
        byte[] u = new byte[frame.chromaWidth() * frame.chromaHeight()];
        byte[] v = new byte[u.length];
        for (int row = 0; row < frame.height(); row++) {
            for (int column = 0; column < frame.width(); column++) {
                int rgb = image.getRGB(column, row);
                double red = rgb >> 16 & 0xff;
                double green = rgb >> 8 & 0xff;
                double blue = rgb & 0xff;
                y[row * frame.width() + column] = level(0.299 * red + 0.587 * green + 0.114 * blue);
                if (row % 2 == 0 && column % 2 == 0) {
                    int chroma = row / 2 * frame.chromaWidth() + column / 2;
                    u[chroma] = level(128 - 0.168736 * red - 0.331264 * green + 0.5 * blue);
                    v[chroma] = level(128 + 0.5 * red - 0.418688 * green - 0.081312 * blue);
                }
            }
        }
        frame.copyFrom(
                ByteBuffer.wrap(y), frame.width(), 1, ByteBuffer.wrap(u), ByteBuffer.wrap(v), frame.chromaWidth(), 1);
        return frame;
    }

    private static byte level(double value) {
        return (byte) Math.max(0, Math.min(Math.round(value), 255));
    }
}
