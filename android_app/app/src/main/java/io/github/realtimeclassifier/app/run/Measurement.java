package io.github.realtimeclassifier.app.run;

import android.net.Uri;
import io.github.realtimeclassifier.app.ClassifierApplication;
import io.github.realtimeclassifier.app.image.AssetImages;
import io.github.realtimeclassifier.app.image.BitmapDecoder;
import io.github.realtimeclassifier.app.image.DocumentImages;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.OpenedModel;
import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.image.YuvFrame;
import io.github.realtimeclassifier.core.log.RunLog;
import io.github.realtimeclassifier.core.log.RunPart;
import io.github.realtimeclassifier.core.measure.RunTime;
import io.github.realtimeclassifier.core.measure.RunTimer;
import io.github.realtimeclassifier.core.run.AccuracyResult;
import io.github.realtimeclassifier.core.run.Benchmark;
import io.github.realtimeclassifier.core.run.BenchmarkResult;
import io.github.realtimeclassifier.core.run.GoldenResult;
import io.github.realtimeclassifier.core.run.ImageFolder;
import io.github.realtimeclassifier.core.run.ImageSet;
import io.github.realtimeclassifier.core.run.NoiseFrame;
import io.github.realtimeclassifier.core.run.Validation;
import io.github.realtimeclassifier.core.run.ValidationListener;
import java.io.File;
import java.util.Collections;
import java.util.List;

/** What a run does: it opens the model, measures, and leaves a run log. */
final class Measurement {
    /** The folder of the golden pictures in the app's package. */
    private static final String GOLDEN = "golden";

    private static final String IMAGES = "images";
    private static final int FRAME_WIDTH = 640;
    private static final int FRAME_HEIGHT = 480;

    private final ClassifierApplication app;
    private final RunRequest request;
    private final Run run;
    private final Clock clock = SystemClock.INSTANCE;

    Measurement(ClassifierApplication app, RunRequest request, Run run) {
        this.app = app;
        this.request = request;
        this.run = run;
    }

    /** Measures on the calling thread, which may be interrupted to end it. */
    void run() throws DeploymentException, InterruptedException {
        run.say("Opening the model");
        Choice choice = request.choice(app, app.models().list());
        try (OpenedModel model = OpenedModel.open(choice, app.engines(), clock)) {
            run.opened(model.manifest());
            switch (request.measure()) {
                case ACCURACY:
                    classify(choice, model, images(model));
                    break;
                case DIGITS:
                    run.say("Reading the digits");
                    classify(choice, model, new MnistTestSet(app).open(model.manifest()));
                    break;
                case BENCHMARK:
                    benchmark(choice, model);
                    break;
                default:
                    throw new IllegalArgumentException("expected a live run to be started by its screen, received one");
            }
        }
    }

    private ImageSet images(OpenedModel model) throws ImageException {
        run.say("Listing the images");
        Uri tree = request.tree();
        if (tree != null) {
            return DocumentImages.open(app.getContentResolver(), tree, model.manifest(), new BitmapDecoder());
        }
        File own = app.getExternalFilesDir(IMAGES);
        if (own == null) {
            throw new ImageException("expected the phone's shared storage, with images in it, received none; put it"
                    + " back, or choose another folder");
        }
        File folder = request.images().isEmpty() ? own : new File(own, request.images());
        return ImageFolder.open(folder, model.manifest(), new BitmapDecoder());
    }

    private void classify(Choice choice, OpenedModel model, ImageSet images)
            throws DeploymentException, InterruptedException {
        run.say("Classifying");
        ImageInput input = model.manifest().input();
        double batteryAtStart = app.system().batteryPercent();
        RunTimer timer = RunTimer.start(app.system(), clock, app.system().cores());
        AccuracyResult result =
                Validation.run(model.engine(), input, images, request.limit(), clock, new Progress());
        RunTime time = timer.stop();
        run.say("Comparing the golden pictures");
        ImageSet pictures = AssetImages.open(app.getAssets(), GOLDEN, new BitmapDecoder());
        List<GoldenResult> golden = GoldenResult.of(model.engine(), input, pictures);
        Summary summary = new Summary(model, time);
        File log = log(choice, model, time, batteryAtStart, RunPart.accuracy(result), golden);
        run.result(
                request.measure() == Measure.DIGITS ? summary.ofDigits(result) : summary.ofAccuracy(result), log);
    }

    private void benchmark(Choice choice, OpenedModel model) throws DeploymentException, InterruptedException {
        run.say("Measuring latency");
        ImageInput input = model.manifest().input();
        // A network that takes its input as it is has no use for a camera's frame.
        boolean resizes = input.resize().resizes();
        YuvFrame frame = resizes
                ? NoiseFrame.create(FRAME_WIDTH, FRAME_HEIGHT)
                : NoiseFrame.create(input.width(), input.height());
        CountingEngine engine = new CountingEngine(model.engine(), run, request.warmUp() + 1 + request.count());
        double batteryAtStart = app.system().batteryPercent();
        RunTimer timer = RunTimer.start(app.system(), clock, app.system().cores());
        BenchmarkResult result = Benchmark.of(request.warmUp(), request.count(), request.seconds())
                .run(engine, input, frame, resizes ? Rotation.DEGREES_90 : Rotation.DEGREES_0, clock);
        RunTime time = timer.stop();
        File log = log(
                choice,
                model,
                time,
                batteryAtStart,
                RunPart.benchmark(result),
                Collections.<GoldenResult>emptyList());
        run.result(new Summary(model, time).ofBenchmark(result), log);
    }

    private File log(
            Choice choice,
            OpenedModel model,
            RunTime time,
            double batteryAtStart,
            RunPart part,
            List<GoldenResult> golden)
            throws DeploymentException {
        File file = app.logs()
                .newFile(part.kind(), model.manifest().model(), choice.engine(), time.startedEpochMillis());
        new RunLog(model.head(app.system()), time, app.system().resources(batteryAtStart), part, golden).write(file);
        return file;
    }

    /** Tells the run how far a validation is. */
    private final class Progress implements ValidationListener {
        @Override
        public void onClassified(int image, int total, float[] probabilities) {
            run.step(image + 1, total);
        }

        @Override
        public void onFailed(int image, int total, String message) {
            run.step(image + 1, total);
        }
    }
}
