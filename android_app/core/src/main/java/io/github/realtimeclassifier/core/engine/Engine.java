package io.github.realtimeclassifier.core.engine;

import io.github.realtimeclassifier.core.ModelFileException;
import java.io.Closeable;

/** A model in a runtime, opened by an {@link EngineProvider}. For one thread at a time. */
public interface Engine extends Closeable {
    /** The runtime's name, such as TensorFlow for Mobile. */
    String name();

    /** The runtime's version. */
    String version();

    /** How many threads the runtime itself works with. */
    int threads();

    /** How many numbers the input tensor has. */
    int inputLength();

    /** How many classes the model has. */
    int classes();

    /**
     * Runs the network alone.
     *
     * @param tensor {@link #inputLength} numbers, already preprocessed.
     * @param probabilities gets one number for each class.
     * @throws ModelFileException the runtime cannot run the model.
     * @throws InterruptedException the thread was interrupted; an engine whose runtime cannot be, runs to its end.
     */
    void classify(float[] tensor, float[] probabilities) throws ModelFileException, InterruptedException;

    /**
     * Runs the network up to a node inside it.
     *
     * @param tensor {@link #inputLength} numbers, already preprocessed.
     * @param node one of the model file's intermediate nodes.
     * @return the node's values, as a new array.
     * @throws ModelFileException the runtime cannot give this node's values.
     * @throws InterruptedException as {@link #classify}.
     */
    float[] fetch(float[] tensor, String node) throws ModelFileException, InterruptedException;

    /** Lets go of the runtime. Calling it twice does no harm; nothing else may be called afterwards. */
    @Override
    void close();
}
