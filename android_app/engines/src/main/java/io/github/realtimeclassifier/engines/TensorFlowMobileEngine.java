package io.github.realtimeclassifier.engines;

import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.model.ModelFile;
import java.io.InputStream;
import java.nio.BufferOverflowException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.tensorflow.DataType;
import org.tensorflow.Operation;
import org.tensorflow.Shape;
import org.tensorflow.TensorFlow;
import org.tensorflow.contrib.android.TensorFlowInferenceInterface;

/**
 * A frozen graph in TensorFlow for Mobile, by the interface that the paper's app used (section II.B.2): the names of
 * the input and output nodes and the input's size are given, and any node between can be fetched.
 */
public final class TensorFlowMobileEngine implements Engine {
    private static final String LIBRARY = "tensorflow_inference";
    private static final int FIRST_FETCHED = 1 << 16;
    private static final int MOST_FETCHED = 1 << 28;

    private final TensorFlowInferenceInterface inference;
    private final ModelFile file;
    private final ImageInput input;
    private final int classes;
    private final String version;
    private boolean closed;

    private TensorFlowMobileEngine(
            TensorFlowInferenceInterface inference, ModelFile file, Manifest manifest, String version) {
        this.inference = inference;
        this.file = file;
        this.input = manifest.input();
        this.classes = manifest.labels().size();
        this.version = version;
    }

    /**
     * Loads a graph.
     *
     * @param manifest names its nodes and says what it takes and gives.
     * @param graph the content of the model's file, compared with the manifest already; read to its end, not closed.
     * @param versionNote what to add to the runtime's version; may be empty.
     * @throws ManifestException the model has no file for this engine.
     * @throws ModelFileException it is no such graph, or the runtime does not load.
     */
    public static TensorFlowMobileEngine create(Manifest manifest, InputStream graph, String versionNote)
            throws ManifestException, ModelFileException {
        ModelFile file = manifest.file(ModelFile.TF_MOBILE);
        TensorFlowInferenceInterface inference;
        String version;
        try {
            // The interface loads it too, but what it says of a failure reads as if the graph were wrong.
            System.loadLibrary(LIBRARY);
            inference = new TensorFlowInferenceInterface(graph);
            version = TensorFlow.version() + versionNote;
        } catch (RuntimeException error) {
            throw new ModelFileException("expected " + file.path() + " to be a graph that TensorFlow for Mobile loads;"
                    + " received " + Failures.reason(error) + "; build the model again", error);
        } catch (LinkageError error) {
            throw Failures.notLoaded("TensorFlow for Mobile", error);
        }
        try {
            TensorFlowMobileEngine engine = new TensorFlowMobileEngine(inference, file, manifest, version);
            engine.checkInput(engine.operation(file.inputNode()));
            engine.operation(file.outputNode());
            return engine;
        } catch (ModelFileException error) {
            inference.close();
            throw error;
        }
    }

    private void checkInput(Operation operation) throws ModelFileException {
        Shape shape = operation.output(0).shape();
        long[] wanted = {1, input.height(), input.width(), input.channels()};
        boolean fits = operation.output(0).dataType() == DataType.FLOAT && shape.numDimensions() == wanted.length;
        for (int i = 0; fits && i < wanted.length; i++) {
            // -1 stands for any size.
            fits = shape.size(i) == wanted[i] || shape.size(i) == -1;
        }
        if (!fits) {
            throw new ModelFileException("expected the node '" + file.inputNode() + "' of " + file.path()
                    + " to take float32 of shape " + Arrays.toString(wanted) + "; received one that takes "
                    + operation.output(0).dataType() + " of shape " + shape + "; is it another model's file?");
        }
    }

    private Operation operation(String node) throws ModelFileException {
        Operation operation = inference.graph().operation(node);
        if (operation == null || operation.numOutputs() == 0) {
            throw new ModelFileException("expected " + file.path() + " to have a node '" + node
                    + "' with an output; received none; the manifest names " + file.inputNode() + ", "
                    + file.intermediateNodes().size() + " nodes inside and " + file.outputNode());
        }
        return operation;
    }

    @Override
    public String name() {
        return "TensorFlow for Mobile";
    }

    @Override
    public String version() {
        return version;
    }

    /** One for each core: this runtime's own choice, which its interface has no setting for. */
    @Override
    public int threads() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    public int inputLength() {
        return input.length();
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public void classify(float[] tensor, float[] probabilities) throws ModelFileException {
        Failures.checkLength("probabilities", classes, probabilities.length);
        run(tensor, file.outputNode());
        FloatBuffer target = FloatBuffer.wrap(probabilities);
        if (!copy(file.outputNode(), target) || target.hasRemaining()) {
            throw new ModelFileException("expected the node '" + file.outputNode() + "' of " + file.path() + " to give "
                    + classes + " probabilities; received " + (target.position() == 0 ? "more" : target.position())
                    + "; is it another model's file?");
        }
    }

    @Override
    public float[] fetch(float[] tensor, String node) throws ModelFileException {
        operation(node);
        run(tensor, node);
        // Only the values tell how many they are: a graph need not know the shapes inside.
        for (int length = FIRST_FETCHED; length <= MOST_FETCHED; length *= 4) {
            FloatBuffer target = FloatBuffer.allocate(length);
            if (copy(node, target)) {
                return Arrays.copyOf(target.array(), target.position());
            }
        }
        throw new ModelFileException("expected the node '" + node + "' of " + file.path() + " to give at most "
                + MOST_FETCHED + " numbers; received more; choose another node");
    }

    private void run(float[] tensor, String node) throws ModelFileException {
        Failures.checkOpen(!closed);
        Failures.checkLength("numbers", input.length(), tensor.length);
        try {
            inference.feed(file.inputNode(), tensor, 1, input.height(), input.width(), input.channels());
            inference.run(new String[] {node});
        } catch (RuntimeException error) {
            throw failed(node, error);
        }
    }

    /** Copies what the last run gave; false where the target is too small for it, which then holds nothing. */
    private boolean copy(String node, FloatBuffer target) throws ModelFileException {
        try {
            inference.fetch(node, target);
            return true;
        } catch (BufferOverflowException error) {
            return false;
        } catch (RuntimeException error) {
            throw failed(node, error);
        }
    }

    private ModelFileException failed(String node, RuntimeException error) {
        return new ModelFileException("expected TensorFlow for Mobile to compute the node '" + node + "' of "
                + file.path() + "; received " + Failures.reason(error) + "; is it another model's file?", error);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            inference.close();
        }
    }
}
