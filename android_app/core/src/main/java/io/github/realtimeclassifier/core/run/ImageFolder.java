package io.github.realtimeclassifier.core.run;

import io.github.realtimeclassifier.core.BoundedRead;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The PNG and JPEG files of a folder and of the folders in it, sorted by name.
 *
 * <p>A folder inside it that is called like a class tells the label of its images: by the class's WordNet id
 * ({@code n02123045/cat.png}), by its number ({@code 7/digit.png}) or by its name. Images elsewhere have no label.
 */
public final class ImageFolder implements ImageSet {
    /** The largest file of a picture, in bytes. */
    public static final int LARGEST_FILE_BYTES = 200_000_000;

    /** The most images of a set. */
    public static final int MOST_IMAGES = 200_000;

    private final File folder;
    private final ImageDecoder decoder;
    private final List<String> ids = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    private ImageFolder(File folder, ImageDecoder decoder) {
        this.folder = folder;
        this.decoder = decoder;
    }

    /**
     * Lists a folder.
     *
     * @param manifest tells the classes.
     * @throws ImageException it is no folder, cannot be read, or holds no images or too many.
     */
    public static ImageFolder open(File folder, Manifest manifest, ImageDecoder decoder) throws ImageException {
        ImageFolder images = new ImageFolder(folder, decoder);
        images.list(folder, "", NO_LABEL);
        for (File inner : sorted(folder)) {
            if (inner.isDirectory()) {
                images.list(inner, inner.getName() + "/", labelOf(inner.getName(), manifest));
            }
        }
        if (images.ids.isEmpty() || images.ids.size() > MOST_IMAGES) {
            throw new ImageException("expected 1 to " + MOST_IMAGES + " PNG or JPEG files in " + folder + ", received "
                    + images.ids.size() + "; choose another folder");
        }
        return images;
    }

    private void list(File place, String prefix, int label) throws ImageException {
        for (File file : sorted(place)) {
            if (file.isFile() && isPicture(file.getName())) {
                ids.add(prefix + file.getName());
                labels.add(label);
            }
        }
    }

    private static File[] sorted(File place) throws ImageException {
        File[] files = place.listFiles();
        if (files == null) {
            throw new ImageException("expected a folder of images, received " + place
                    + ", which is none or cannot be read; correct the path or its rights");
        }
        Arrays.sort(files);
        return files;
    }

    /** Whether a file's name is that of a PNG or JPEG picture. */
    public static boolean isPicture(String name) {
        String small = name.toLowerCase(Locale.ROOT);
        return small.endsWith(".png") || small.endsWith(".jpg") || small.endsWith(".jpeg");
    }

    /**
     * The label of the images in a folder, or {@link ImageSet#NO_LABEL}.
     *
     * @param name the folder's.
     * @param manifest tells the classes.
     */
    public static int labelOf(String name, Manifest manifest) {
        int label = manifest.labelIds().indexOf(name);
        if (label < 0) {
            label = manifest.labels().indexOf(name);
        }
        if (label < 0 && name.matches("[0-9]{1,6}") && Integer.parseInt(name) < manifest.labels().size()) {
            label = Integer.parseInt(name);
        }
        return label < 0 ? NO_LABEL : label;
    }

    /**
     * Refuses a file that was read up to {@link #LARGEST_FILE_BYTES} and is longer.
     *
     * @throws ImageException it is.
     */
    public static void checkLength(byte[] content, String name) throws ImageException {
        if (content.length > LARGEST_FILE_BYTES) {
            throw new ImageException("expected " + name + " to have at most " + LARGEST_FILE_BYTES
                    + " bytes, received more; save it smaller");
        }
    }

    @Override
    public String name() {
        return folder.getName().isEmpty() ? "folder" : folder.getName();
    }

    @Override
    public int count() {
        return ids.size();
    }

    @Override
    public String id(int image) {
        return ids.get(image);
    }

    @Override
    public int label(int image) {
        return labels.get(image);
    }

    @Override
    public ArgbImage read(int image) throws ImageException {
        File file = new File(folder, ids.get(image));
        byte[] content;
        try {
            content = BoundedRead.upTo(file, LARGEST_FILE_BYTES);
        } catch (IOException error) {
            throw new ImageException(
                    "cannot read " + file + ": " + error.getMessage() + "; correct its rights", error);
        }
        checkLength(content, ids.get(image));
        return decoder.decode(content, ids.get(image));
    }
}
