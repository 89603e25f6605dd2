package io.github.realtimeclassifier.core.run;

import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;
import java.io.File;
import java.util.Arrays;

/**
 * Images of one size from a single file without compression of its own, and their labels from another: the MNIST test
 * set, or any batch of uint8 images of shape (n, height, width), gray, or (n, height, width, channels) with 1 or 3
 * channels. Immutable.
 */
public final class IdxImages implements ImageSet {
    private final String name;
    private final IdxFile images;
    private final int[] labels;

    private IdxImages(String name, IdxFile images, int[] labels) {
        this.name = name;
        this.images = images;
        this.labels = labels;
    }

    /**
     * Opens images whose labels are not known.
     *
     * @throws ImageException the file is no batch of images.
     */
    public static IdxImages open(File imagesFile) throws ImageException {
        IdxFile images = readImages(imagesFile);
        int[] labels = new int[images.size(0)];
        Arrays.fill(labels, NO_LABEL);
        return new IdxImages(imagesFile.getName(), images, labels);
    }

    /**
     * Opens images and their labels.
     *
     * @param classes how many classes there are.
     * @throws ImageException a file is not what it should be, or the two do not fit together.
     */
    public static IdxImages open(File imagesFile, File labelsFile, int classes) throws ImageException {
        IdxFile images = readImages(imagesFile);
        IdxFile values = IdxFile.read(labelsFile);
        if (values.dimensions() != 1 || values.size(0) != images.size(0)) {
            throw new ImageException("expected " + images.size(0) + " labels in " + labelsFile + ", received "
                    + values.size(0) + " in " + values.dimensions()
                    + " dimensions; give the labels of the same images");
        }
        int[] labels = new int[images.size(0)];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = values.value(i);
            if (labels[i] >= classes) {
                throw new ImageException("expected labels below " + classes + " in " + labelsFile + ", received "
                        + labels[i] + " for image " + i + "; choose the model of this data set");
            }
        }
        return new IdxImages(imagesFile.getName(), images, labels);
    }

    private static IdxFile readImages(File file) throws ImageException {
        IdxFile images = IdxFile.read(file);
        boolean gray = images.dimensions() == 3 || (images.dimensions() == 4 && images.size(3) == 1);
        if (!gray && !(images.dimensions() == 4 && images.size(3) == 3)) {
            throw new ImageException("expected " + file + " to have the shape (n, height, width) or (n, height, width,"
                    + " 1 or 3), received " + images.dimensions() + " dimensions; give images, not labels");
        }
        ArgbImage.checkSize(images.size(2), images.size(1));
        return images;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int count() {
        return labels.length;
    }

    @Override
    public String id(int image) {
        return Integer.toString(image);
    }

    @Override
    public int label(int image) {
        return labels[image];
    }

    @Override
    public ArgbImage read(int image) throws ImageException {
        int height = images.size(1);
        int width = images.size(2);
        int channels = images.dimensions() == 3 ? 1 : images.size(3);
        int[] argb = new int[height * width];
        int at = image * argb.length * channels;
        for (int pixel = 0; pixel < argb.length; pixel++, at += channels) {
            int red = images.value(at);
            int green = channels == 1 ? red : images.value(at + 1);
            int blue = channels == 1 ? red : images.value(at + 2);
            argb[pixel] = 0xff000000 | red << 16 | green << 8 | blue;
        }
        return new ArgbImage(argb, width, height);
    }
}
