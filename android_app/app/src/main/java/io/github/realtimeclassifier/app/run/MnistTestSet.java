package io.github.realtimeclassifier.app.run;

import android.content.Context;
import android.content.res.AssetManager;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.run.IdxImages;
import io.github.realtimeclassifier.core.run.ImageSet;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;

/** MNIST's test set in the app's package: 10,000 digits and their labels, gzipped or not. */
final class MnistTestSet {
    private static final String FOLDER = "mnist";
    private static final String IMAGES = "t10k-images-idx3-ubyte";
    private static final String LABELS = "t10k-labels-idx1-ubyte";
    private static final int PIECE_BYTES = 1 << 16;

    private final Context context;

    MnistTestSet(Context context) {
        this.context = context;
    }

    /**
     * Opens it for a model of digits.
     *
     * @throws ImageException the app was built without it, or it is damaged.
     * @throws InterruptedException the thread was interrupted.
     */
    ImageSet open(Manifest manifest) throws ImageException, InterruptedException {
        File images = copied(IMAGES);
        File labels = copied(LABELS);
        try {
            return IdxImages.open(images, labels, manifest.labels().size());
        } finally {
            // Read as a whole; what is left of a file that cannot be deleted is replaced the next time.
            images.delete();
            labels.delete();
        }
    }

    /** The core reads files: copies one out of the package. */
    private File copied(String name) throws ImageException, InterruptedException {
        AssetManager assets = context.getAssets();
        try {
            List<String> there = Arrays.asList(assets.list(FOLDER));
            String asset = there.contains(name) ? name : name + ".gz";
            if (!there.contains(asset)) {
                throw new ImageException("expected MNIST's test set in this app, received an app without " + name
                        + "; install one that was built with the model lenet");
            }
            // The set's name in run logs, without the ending.
            File copy = new File(context.getCacheDir(), name);
            byte[] piece = new byte[PIECE_BYTES];
            try (InputStream from = assets.open(FOLDER + "/" + asset);
                    OutputStream to = new FileOutputStream(copy)) {
                for (int count = from.read(piece); count >= 0; count = from.read(piece)) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                    to.write(piece, 0, count);
                }
            }
            return copy;
        } catch (IOException error) {
            throw new ImageException("cannot copy " + name + " out of the app's package: " + error.getMessage()
                    + "; free some space, or install the app again", error);
        }
    }
}
