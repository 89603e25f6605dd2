package io.github.realtimeclassifier.app.run;

import android.os.Handler;
import android.os.Looper;
import io.github.realtimeclassifier.app.ClassifierApplication;
import io.github.realtimeclassifier.app.log.Logcat;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.File;
import java.util.Collections;
import java.util.List;

/** One measurement without a camera, on a thread of its own. All methods may be called from any thread. */
public final class Run {
    /** Where a run is in its life. */
    public enum State {
        /** It goes on, or waits for its turn. */
        RUNNING,
        /** It has a result. */
        DONE,
        /** Something failed; {@link #failure} says what. */
        FAILED,
        /** It was cancelled, and leaves nothing. */
        CANCELLED
    }

    /** One line of the result. Immutable. */
    public static final class Line {
        private final String label;
        private final String value;

        Line(String label, String value) {
            this.label = label;
            this.value = value;
        }

        /** What it is. */
        public String label() {
            return label;
        }

        /** How much it is, with its unit. */
        public String value() {
            return value;
        }
    }

    /** Between two of them the screen could show nothing new. */
    private static final long PROGRESS_NANOS = 100_000_000L;

    private final ClassifierApplication app;
    private final RunRequest request;
    private final Runnable changed;
    private final Handler main = new Handler(Looper.getMainLooper());

    private Thread thread;
    private boolean cancelled;
    private long toldNanos;
    private State state = State.RUNNING;
    private int done;
    private int total;
    private String text = "Waiting";
    private List<Line> summary = Collections.emptyList();
    private DeploymentException failure;
    private File log;
    private Manifest manifest;

    /**
     * Prepares a run.
     *
     * @param changed is run on the main thread whenever there is something new to show.
     */
    Run(ClassifierApplication app, RunRequest request, Runnable changed) {
        this.app = app;
        this.request = request;
        this.changed = changed;
    }

    /** Measures, on the calling thread. */
    void run() {
        State last = State.CANCELLED;
        try {
            begin();
            new Measurement(app, request, this).run();
            last = State.DONE;
        } catch (InterruptedException error) {
            // Who cancelled it knows.
            last = State.CANCELLED;
        } catch (DeploymentException error) {
            fail(error);
            last = State.FAILED;
        } catch (RuntimeException | Error error) {
            fail(new DeploymentException(
                    "expected the measurement to run, received " + error + "; start it again, or choose another model",
                    error));
            last = State.FAILED;
        } finally {
            end(last);
        }
    }

    private synchronized void begin() throws InterruptedException {
        if (cancelled) {
            throw new InterruptedException();
        }
        thread = Thread.currentThread();
    }

    private synchronized void fail(DeploymentException error) {
        failure = error;
    }

    private synchronized void end(State last) {
        // From now on nobody interrupts the thread, which goes on to other work.
        thread = null;
        state = last;
        if (last == State.DONE) {
            Logcat.done(log);
        } else if (last == State.FAILED) {
            Logcat.failed(failure.getMessage());
        } else {
            Logcat.ended("the run was cancelled");
        }
        main.post(changed);
    }

    /** Says what it does now. */
    synchronized void say(String what) {
        text = what;
        done = 0;
        total = 0;
        main.post(changed);
    }

    /** So much of it is done. */
    synchronized void step(int steps, int of) {
        done = steps;
        total = of;
        long now = System.nanoTime();
        if (now - toldNanos >= PROGRESS_NANOS) {
            toldNanos = now;
            main.post(changed);
        }
    }

    synchronized void opened(Manifest model) {
        manifest = model;
    }

    /** Keeps what it gave. */
    synchronized void result(List<Line> lines, File file) {
        summary = Collections.unmodifiableList(lines);
        log = file;
    }

    /** Ends it soon, without a result. Calling it twice, or after the end, does no harm. */
    public synchronized void cancel() {
        cancelled = true;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** What was asked for. */
    public RunRequest request() {
        return request;
    }

    /** Where it is. */
    public synchronized State state() {
        return state;
    }

    /** How many steps are done of what it does now. */
    public synchronized int done() {
        return done;
    }

    /** How many steps there are; 0 where that is not known. */
    public synchronized int total() {
        return total;
    }

    /** What it does now, in words. */
    public synchronized String text() {
        return text;
    }

    /** The model's manifest; null until it is opened. */
    public synchronized Manifest manifest() {
        return manifest;
    }

    /** The result; empty until the run is done. */
    public synchronized List<Line> summary() {
        return summary;
    }

    /** The run log; null until the run is done. */
    public synchronized File log() {
        return log;
    }

    /** What failed; null unless the state is FAILED. */
    public synchronized DeploymentException failure() {
        return failure;
    }

    /** What failed, in words; empty unless the state is FAILED. */
    public synchronized String message() {
        return failure == null ? "" : failure.getMessage();
    }
}
