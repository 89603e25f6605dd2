package io.github.realtimeclassifier.core.desktop;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.RunLogException;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.log.Resources;
import io.github.realtimeclassifier.core.log.RunLog;
import io.github.realtimeclassifier.core.log.RunPart;
import io.github.realtimeclassifier.core.measure.RunTime;
import io.github.realtimeclassifier.core.measure.RunTimer;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.run.AccuracyResult;
import io.github.realtimeclassifier.core.run.GoldenResult;
import io.github.realtimeclassifier.core.run.IdxImages;
import io.github.realtimeclassifier.core.run.ImageFolder;
import io.github.realtimeclassifier.core.run.ImageSet;
import io.github.realtimeclassifier.core.run.Validation;
import io.github.realtimeclassifier.core.run.ValidationListener;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Collections;
import java.util.List;

/** The command that classifies all images of a set. */
final class ValidateCommand {
    private final Arguments arguments;
    private final PrintStream out;
    private final JvmSystem system = new JvmSystem();

    ValidateCommand(Arguments arguments, PrintStream out) {
        this.arguments = arguments;
        this.out = out;
    }

    /** Prints the counts; writes all probabilities, float32 with the least significant byte first, and the run log. */
    void run(EngineProvider provider, int threads, Clock clock) throws DeploymentException, InterruptedException {
        File folder = arguments.file("model");
        File place = arguments.file("images");
        boolean labelled = arguments.has("labels");
        int limit = arguments.integer("limit", Integer.MAX_VALUE, 1, Integer.MAX_VALUE);
        boolean sinks = arguments.has("probabilities");
        boolean golden = arguments.has("golden");
        boolean logs = arguments.has("log");
        arguments.checkAllAsked();
        try (OpenModel model = OpenModel.open(folder, provider, threads, clock)) {
            ImageSet images = images(place, labelled, model.manifest());
            RunTimer timer = RunTimer.start(system, clock, system.device().cores());
            AccuracyResult result;
            if (sinks) {
                File sink = arguments.file("probabilities");
                try (OutputStream stream = new BufferedOutputStream(new FileOutputStream(sink))) {
                    result = validate(model, images, limit, clock, new Sink(stream));
                } catch (IOException error) {
                    throw new RunLogException("cannot write " + sink + ": " + error.getMessage()
                            + "; choose a place that can be written", error);
                }
            } else {
                result = validate(model, images, limit, clock, new Sink(new NoOutput()));
            }
            RunTime time = timer.stop();
            List<GoldenResult> goldenResults = Collections.emptyList();
            if (golden) {
                ImageSet pictures = images(arguments.file("golden"), false, model.manifest());
                goldenResults = GoldenResult.of(model.engine(), model.manifest().input(), pictures);
            }
            out.println("images " + result.images().size());
            out.println("failed " + result.failed().size());
            out.println("labelled " + result.labelled());
            out.println("top1_correct " + result.correct(1));
            out.println("top5_correct " + result.correct(5));
            if (logs) {
                Resources resources = new Resources().peakMemory(system.peakMemoryBytes());
                new RunLog(
                                model.head(system.device(), FrameCommands.build()),
                                time,
                                resources,
                                RunPart.accuracy(result),
                                goldenResults)
                        .write(arguments.file("log"));
            }
        }
    }

    private AccuracyResult validate(
            OpenModel model, ImageSet images, int limit, Clock clock, ValidationListener listener)
            throws DeploymentException, InterruptedException {
        return Validation.run(model.engine(), model.manifest().input(), images, limit, clock, listener);
    }

    private ImageSet images(File place, boolean labelled, Manifest manifest) throws UsageException, ImageException {
        if (place.isDirectory()) {
            if (labelled) {
                throw new UsageException("expected --labels with an IDX file of images only, received the folder "
                        + place
                        + ", whose inner folders tell the labels");
            }
            return ImageFolder.open(place, manifest, new PictureDecoder());
        }
        return labelled
                ? IdxImages.open(place, arguments.file("labels"), manifest.labels().size())
                : IdxImages.open(place);
    }

    /** Writes the probabilities, and says of images that could not be read. A failed image has no row. */
    private final class Sink implements ValidationListener {
        private final OutputStream stream;

        Sink(OutputStream stream) {
            this.stream = stream;
        }

        @Override
        public void onClassified(int image, int total, float[] probabilities) throws DeploymentException {
            try {
                stream.write(GoldenResult.bytes(probabilities));
            } catch (IOException error) {
                throw new RunLogException("cannot write the probabilities of image " + image + ": "
                        + error.getMessage() + "; free some space", error);
            }
        }

        @Override
        public void onFailed(int image, int total, String message) {
            out.println("failed image " + image + " of " + total + ": " + message);
        }
    }

    /** Takes bytes and keeps none. */
    private static final class NoOutput extends OutputStream {
        @Override
        public void write(int value) {
            // Nobody asked for the probabilities.
        }

        @Override
        public void write(byte[] content, int start, int length) {
            // Nobody asked for the probabilities.
        }
    }
}
