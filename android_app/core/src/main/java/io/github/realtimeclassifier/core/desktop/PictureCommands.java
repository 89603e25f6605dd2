package io.github.realtimeclassifier.core.desktop;

import io.github.realtimeclassifier.core.BoundedRead;
import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.Sha256;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.engine.Prediction;
import io.github.realtimeclassifier.core.engine.TopK;
import io.github.realtimeclassifier.core.image.ArgbImage;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Preprocessor;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.run.GoldenResult;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;

/** The commands on one picture. */
final class PictureCommands {
    private static final int LARGEST_FILE_BYTES = 200_000_000;

    private final Arguments arguments;
    private final PrintStream out;

    PictureCommands(Arguments arguments, PrintStream out) {
        this.arguments = arguments;
        this.out = out;
    }

    /** Prints the hashes of a picture at the network's size and of the input tensor; writes the tensor to a file. */
    void preprocess() throws DeploymentException {
        File folder = arguments.file("model");
        File file = arguments.file("image");
        Rotation rotation = rotation(arguments, 0);
        boolean writes = arguments.has("output");
        arguments.checkAllAsked();
        ImageInput input = Manifest.read(folder).input();
        ArgbImage picture = read(file);
        Preprocessor preprocessor = Preprocessor.create(input, picture.width(), picture.height(), rotation);
        byte[] fitted = new byte[input.length()];
        float[] tensor = new float[input.length()];
        preprocessor.fit(picture.pixels(), fitted);
        preprocessor.toTensor(fitted, tensor);
        byte[] content = GoldenResult.bytes(tensor);
        out.println("shape " + input.height() + " " + input.width() + " " + input.channels());
        out.println("fitted_sha256 " + Sha256.of(fitted));
        out.println("tensor_sha256 " + Sha256.of(content));
        if (writes) {
            File target = arguments.file("output");
            try (OutputStream stream = new FileOutputStream(target)) {
                stream.write(content);
            } catch (IOException error) {
                throw new UsageException("cannot write --output " + target + ": " + error.getMessage());
            }
        }
    }

    /** Prints the top classes of a picture: number, label, probability. */
    void classify(EngineProvider provider, int threads, Clock clock) throws DeploymentException, InterruptedException {
        File folder = arguments.file("model");
        File file = arguments.file("image");
        int topCount = arguments.integer("top", 5, 1, 1_000);
        Rotation rotation = rotation(arguments, 0);
        arguments.checkAllAsked();
        try (OpenModel model = OpenModel.open(folder, provider, threads, clock)) {
            ImageInput input = model.manifest().input();
            ArgbImage picture = read(file);
            float[] tensor = new float[input.length()];
            float[] probabilities = new float[model.engine().classes()];
            Preprocessor.create(input, picture.width(), picture.height(), rotation)
                    .preprocess(picture.pixels(), tensor);
            model.engine().classify(tensor, probabilities);
            List<Prediction> top = TopK.of(probabilities, topCount);
            if (model.manifest().weights().isUntrained()) {
                out.println("untrained weights: the classes mean nothing");
            }
            for (Prediction prediction : top) {
                String label = model.manifest().labels().get(prediction.classNumber());
                out.println(prediction.classNumber() + "\t" + label + "\t" + prediction.probability());
            }
        }
    }

    static Rotation rotation(Arguments arguments, int otherwise) throws UsageException {
        try {
            return Rotation.ofDegrees(arguments.integer("rotation", otherwise, 0, 270));
        } catch (IllegalArgumentException error) {
            throw new UsageException(error.getMessage());
        }
    }

    private static ArgbImage read(File file) throws ImageException {
        try {
            return new PictureDecoder().decode(BoundedRead.upTo(file, LARGEST_FILE_BYTES), file.getName());
        } catch (IOException error) {
            throw new ImageException("cannot read " + file + ": " + error.getMessage() + "; correct the path", error);
        }
    }
}
