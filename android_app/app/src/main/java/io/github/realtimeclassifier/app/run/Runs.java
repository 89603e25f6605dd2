package io.github.realtimeclassifier.app.run;

import io.github.realtimeclassifier.app.ClassifierApplication;
import java.util.ArrayList;
import java.util.List;

/** The run that goes on now, or was the last one. It outlives the screens. For the main thread. */
public final class Runs {
    /** Who is told how a run fares, on the main thread. */
    public interface Listener {
        /** There is something new to show; after a run's end, once more and then no more. */
        void onChange(Run run);
    }

    private final ClassifierApplication app;
    private final List<Listener> listeners = new ArrayList<>();
    private Run current;

    /** Without a run. */
    public Runs(ClassifierApplication app) {
        this.app = app;
    }

    /**
     * Starts a run. It waits until a live session has ended.
     *
     * @throws RequestException another one goes on.
     */
    public Run start(RunRequest request) throws RequestException {
        if (isRunning()) {
            throw new RequestException("expected one run at a time, received another one; wait for the first, or cancel"
                    + " it");
        }
        final Run run = new Run(app, request, new Runnable() {
            @Override
            public void run() {
                tell();
            }
        });
        current = run;
        app.oneAtATime().execute(new Runnable() {
            @Override
            public void run() {
                run.run();
            }
        });
        tell();
        return run;
    }

    private void tell() {
        for (Listener listener : new ArrayList<>(listeners)) {
            listener.onChange(current);
        }
    }

    /** The run that goes on now, or was the last one; null before the first. */
    public Run current() {
        return current;
    }

    /** Whether a run goes on now. */
    public boolean isRunning() {
        return current != null && current.state() == Run.State.RUNNING;
    }

    /** Adds a listener, which hears of the current run at once. */
    public void attach(Listener listener) {
        listeners.add(listener);
        if (current != null) {
            listener.onChange(current);
        }
    }

    /** Takes a listener away. */
    public void detach(Listener listener) {
        listeners.remove(listener);
    }
}
