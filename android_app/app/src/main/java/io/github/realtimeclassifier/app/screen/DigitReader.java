package io.github.realtimeclassifier.app.screen;

import android.os.Handler;
import android.os.Looper;
import io.github.realtimeclassifier.app.ClassifierApplication;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.OpenedModel;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.image.Preprocessor;
import io.github.realtimeclassifier.core.image.Rotation;

/**
 * Classifies drawn digits on a thread of its own, the newest one only. Its methods are for the main thread, and its
 * listener is called there.
 */
final class DigitReader {
    private static final double NANOS_PER_MILLI = 1e6;

    /** Who is told. */
    interface Listener {
        /** The model is open; digits are classified from now on. */
        void onOpen();

        /** A digit was classified: a probability for each of the ten, and how long it took with preprocessing. */
        void onDigit(float[] probabilities, double millis);

        /** The model cannot be opened or run; the reader has ended. */
        void onFailure(DeploymentException failure);
    }

    private final Handler main = new Handler(Looper.getMainLooper());
    private final ClassifierApplication app;
    private final Choice choice;
    private final Listener listener;
    // The main thread alone uses it.
    private boolean closed;

    // Guarded by this object.
    private int[] waiting;
    private boolean ended;
    private Thread thread;

    private DigitReader(ClassifierApplication app, Choice choice, Listener listener) {
        this.app = app;
        this.choice = choice;
        this.listener = listener;
    }

    /** Starts to open the model. */
    static DigitReader start(ClassifierApplication app, Choice choice, Listener listener) {
        final DigitReader reader = new DigitReader(app, choice, listener);
        reader.app.oneAtATime().execute(new Runnable() {
            @Override
            public void run() {
                reader.live();
            }
        });
        return reader;
    }

    /** Classifies this one next. */
    synchronized void read(int[] argb) {
        waiting = argb.clone();
        notifyAll();
    }

    /** Lets go of the model soon; the listener hears nothing any more. */
    void close() {
        closed = true;
        synchronized (this) {
            ended = true;
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    private void live() {
        synchronized (this) {
            if (ended) {
                return;
            }
            thread = Thread.currentThread();
        }
        try {
            readAll();
        } catch (InterruptedException error) {
            // Closed: nobody waits for an answer.
            return;
        } catch (DeploymentException error) {
            tell(error);
        } catch (RuntimeException | Error error) {
            tell(new DeploymentException(
                    "expected the model to classify digits, received " + error + "; choose another engine", error));
        } finally {
            synchronized (this) {
                // From now on nobody interrupts the thread, which goes on to other work.
                thread = null;
                Thread.interrupted();
            }
        }
    }

    private void readAll() throws DeploymentException, InterruptedException {
        try (OpenedModel model = OpenedModel.open(choice, app.engines(), SystemClock.INSTANCE)) {
            Preprocessor preprocessor = Preprocessor.create(
                    model.manifest().input(), MnistDigit.SIDE, MnistDigit.SIDE, Rotation.DEGREES_0);
            float[] tensor = new float[model.manifest().input().length()];
            float[] probabilities = new float[model.engine().classes()];
            tellOpen();
            while (true) {
                int[] argb = await();
                long start = SystemClock.INSTANCE.nanoTime();
                preprocessor.preprocess(argb, tensor);
                model.engine().classify(tensor, probabilities);
                tell(probabilities.clone(), (SystemClock.INSTANCE.nanoTime() - start) / NANOS_PER_MILLI);
            }
        }
    }

    private synchronized int[] await() throws InterruptedException {
        while (waiting == null) {
            wait();
        }
        int[] argb = waiting;
        waiting = null;
        return argb;
    }

    private void tellOpen() {
        main.post(new Runnable() {
            @Override
            public void run() {
                if (!closed) {
                    listener.onOpen();
                }
            }
        });
    }

    private void tell(final float[] probabilities, final double millis) {
        main.post(new Runnable() {
            @Override
            public void run() {
                if (!closed) {
                    listener.onDigit(probabilities, millis);
                }
            }
        });
    }

    private void tell(final DeploymentException failure) {
        main.post(new Runnable() {
            @Override
            public void run() {
                if (!closed) {
                    listener.onFailure(failure);
                }
            }
        });
    }
}
