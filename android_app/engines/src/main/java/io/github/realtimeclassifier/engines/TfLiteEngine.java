package io.github.realtimeclassifier.engines;

import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.model.ModelFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.tensorflow.lite.Interpreter;
import org.tensorflow.lite.TensorFlowLite;

/**
 * A {@code .tflite} model in TensorFlow Lite (LiteRT since 2024). The interpreter is spoken to by its own methods
 * alone: its {@code Tensor} is a class in version 2.6 and an interface in 2.16, and what is compiled for one fails with
 * the other.
 */
public final class TfLiteEngine implements Engine {
    private static final int MOST_THREADS = 256;
    private static final int IDENTIFIER_AT = 4;
    private static final byte[] IDENTIFIER = {'T', 'F', 'L', '3'};

    private final Interpreter interpreter;
    private final ModelFile file;
    private final int classes;
    private final int threads;
    private final String version;
    private final FloatBuffer inputBuffer;
    private boolean closed;

    private TfLiteEngine(
            Interpreter interpreter, ModelFile file, Manifest manifest, int threads, String version) {
        this.interpreter = interpreter;
        this.file = file;
        this.classes = manifest.labels().size();
        this.threads = threads;
        this.version = version;
        // Outside of Java's heap: the interpreter copies it in one piece.
        inputBuffer = ByteBuffer.allocateDirect(4 * manifest.input().length())
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /**
     * Loads a model.
     *
     * @param manifest says what it takes and gives.
     * @param model the content of the model's file, compared with the manifest already; a direct buffer, which the
     *     engine keeps.
     * @param threads how many threads the interpreter may use, 1 to 256.
     * @param versionNote what to add to the runtime's version; may be empty.
     * @throws ManifestException the model has no file for this engine.
     * @throws ModelFileException it is no such model, or the runtime does not load.
     */
    public static TfLiteEngine create(Manifest manifest, ByteBuffer model, int threads, String versionNote)
            throws ManifestException, ModelFileException {
        if (!model.isDirect() || threads < 1 || threads > MOST_THREADS) {
            throw new IllegalArgumentException("expected a direct buffer and 1 to " + MOST_THREADS
                    + " threads, received " + model + " and " + threads);
        }
        ModelFile file = manifest.file(ModelFile.TFLITE);
        checkIdentifier(model, file);
        Interpreter interpreter;
        String version;
        try {
            Interpreter.Options options = new Interpreter.Options();
            options.setNumThreads(threads);
            interpreter = new Interpreter(model.order(ByteOrder.nativeOrder()), options);
            version = TensorFlowLite.runtimeVersion() + versionNote;
        } catch (RuntimeException error) {
            throw new ModelFileException("expected " + file.path() + " to be a model that TensorFlow Lite loads;"
                    + " received " + Failures.reason(error) + "; build the model again", error);
        } catch (LinkageError error) {
            throw Failures.notLoaded("TensorFlow Lite", error);
        }
        try {
            checkInput(interpreter, file, manifest.input());
        } catch (ModelFileException error) {
            interpreter.close();
            throw error;
        }
        return new TfLiteEngine(interpreter, file, manifest, threads, version);
    }

    /** TensorFlow Lite looks at a file's structure itself, but cannot say what kind of file it was given. */
    private static void checkIdentifier(ByteBuffer model, ModelFile file) throws ModelFileException {
        boolean fits = model.limit() > IDENTIFIER_AT + IDENTIFIER.length;
        for (int i = 0; fits && i < IDENTIFIER.length; i++) {
            fits = model.get(IDENTIFIER_AT + i) == IDENTIFIER[i];
        }
        if (!fits) {
            throw new ModelFileException("expected " + file.path() + " to be a .tflite model, with TFL3 at byte "
                    + IDENTIFIER_AT + "; received " + model.limit() + " bytes with something else; build it again");
        }
    }

    private static void checkInput(Interpreter interpreter, ModelFile file, ImageInput input)
            throws ModelFileException {
        String wanted = "expected " + file.path() + " to take one float32 tensor of shape [1, " + input.height() + ", "
                + input.width() + ", " + input.channels() + "]";
        int inputs = interpreter.getInputTensorCount();
        if (inputs != 1) {
            throw new ModelFileException(wanted + "; received a model of " + inputs + " inputs; is it another's?");
        }
        try {
            // Strict, it changes no size that the model has fixed, and so refuses any other.
            interpreter.resizeInput(0, new int[] {1, input.height(), input.width(), input.channels()}, true);
        } catch (RuntimeException error) {
            throw new ModelFileException(
                    wanted + "; received " + Failures.reason(error) + "; is it another model's file?", error);
        }
    }

    @Override
    public String name() {
        return "TensorFlow Lite";
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public int inputLength() {
        return inputBuffer.capacity();
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public void classify(float[] tensor, float[] probabilities) throws ModelFileException {
        Failures.checkOpen(!closed);
        Failures.checkLength("numbers", inputBuffer.capacity(), tensor.length);
        Failures.checkLength("probabilities", classes, probabilities.length);
        FloatBuffer target = FloatBuffer.wrap(probabilities);
        try {
            inputBuffer.clear();
            inputBuffer.put(tensor);
            inputBuffer.rewind();
            interpreter.run(inputBuffer, target);
        } catch (RuntimeException error) {
            throw new ModelFileException("expected TensorFlow Lite to compute " + classes + " probabilities with "
                    + file.path() + "; received " + Failures.reason(error) + "; is it another model's file?", error);
        }
        if (target.hasRemaining()) {
            throw new ModelFileException("expected " + file.path() + " to give " + classes
                    + " probabilities; received " + target.position() + "; is it another model's file?");
        }
    }

    /** Refuses: a TensorFlow Lite app gets the outputs alone, which the paper counts against it (section II.B.2). */
    @Override
    public float[] fetch(float[] tensor, String node) throws ModelFileException {
        throw new ModelFileException("expected an engine that gives the values of the node '" + node
                + "' inside a model; received TensorFlow Lite, which gives a model's outputs only; choose TensorFlow"
                + " for Mobile");
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            interpreter.close();
        }
    }
}
