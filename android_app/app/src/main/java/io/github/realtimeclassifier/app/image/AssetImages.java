package io.github.realtimeclassifier.app.image;

import android.content.res.AssetManager;
import io.github.realtimeclassifier.core.BoundedRead;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;
import io.github.realtimeclassifier.core.run.ImageDecoder;
import io.github.realtimeclassifier.core.run.ImageFolder;
import io.github.realtimeclassifier.core.run.ImageSet;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The pictures in a folder of the app's package, without labels. There may be none. Immutable. */
public final class AssetImages implements ImageSet {
    private final AssetManager assets;
    private final String folder;
    private final ImageDecoder decoder;
    private final List<String> names = new ArrayList<>();

    private AssetImages(AssetManager assets, String folder, ImageDecoder decoder) {
        this.assets = assets;
        this.folder = folder;
        this.decoder = decoder;
    }

    /**
     * Lists a folder.
     *
     * @throws ImageException the app's package cannot be read.
     */
    public static AssetImages open(AssetManager assets, String folder, ImageDecoder decoder) throws ImageException {
        AssetImages images = new AssetImages(assets, folder, decoder);
        try {
            String[] names = assets.list(folder);
            Arrays.sort(names);
            for (String name : names) {
                if (ImageFolder.isPicture(name)) {
                    images.names.add(name);
                }
            }
        } catch (IOException error) {
            throw images.unreadable(folder, error);
        }
        return images;
    }

    private ImageException unreadable(String what, IOException error) {
        return new ImageException("cannot read " + what + " in the app's package: " + error.getMessage()
                + "; install the app again", error);
    }

    @Override
    public String name() {
        return folder;
    }

    @Override
    public int count() {
        return names.size();
    }

    @Override
    public String id(int image) {
        return names.get(image);
    }

    @Override
    public int label(int image) {
        return NO_LABEL;
    }

    @Override
    public ArgbImage read(int image) throws ImageException {
        byte[] content;
        try (InputStream stream = assets.open(folder + "/" + names.get(image))) {
            content = BoundedRead.upTo(stream, ImageFolder.LARGEST_FILE_BYTES);
        } catch (IOException error) {
            throw unreadable(folder + "/" + names.get(image), error);
        }
        ImageFolder.checkLength(content, names.get(image));
        return decoder.decode(content, names.get(image));
    }
}
