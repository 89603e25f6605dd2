package io.github.realtimeclassifier.app.live;

import android.os.Handler;
import android.os.Looper;
import io.github.realtimeclassifier.app.ClassifierApplication;
import io.github.realtimeclassifier.app.device.AndroidSystem;
import io.github.realtimeclassifier.app.log.Logcat;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.OpenedModel;
import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.log.RunLog;
import io.github.realtimeclassifier.core.log.RunPart;
import io.github.realtimeclassifier.core.measure.RunTime;
import io.github.realtimeclassifier.core.measure.RunTimer;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.pipeline.Classification;
import io.github.realtimeclassifier.core.pipeline.FrameReport;
import io.github.realtimeclassifier.core.run.GoldenResult;
import java.io.File;
import java.util.Collections;
import java.util.Locale;

/**
 * From the camera through a network to the screen, once: it opens the model and the camera, runs until it is stopped or
 * something fails, and then may leave a run log. Sessions wait for one another, so that the camera and the processor
 * are free for the next one. All methods are for the main thread, and none of them waits.
 */
public final class LiveSession {
    /** Where a session is in its life; it only goes forward. */
    public enum State {
        /** The model and the camera are being opened. */
        OPENING,
        /** Frames are shown. */
        RUNNING,
        /** It ended because something failed; {@link #failure} says what. */
        FAILED,
        /** It was stopped, or its time is over. */
        STOPPED
    }

    /** Who is told how a session fares, on the main thread. */
    public interface Listener {
        /** The session came to a state; FAILED or STOPPED is the last one, and comes also after {@link #stop}. */
        void onChange(LiveSession session, State state);
    }

    private static final long STOP_MILLIS = 2_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final ClassifierApplication app;
    private final Choice choice;
    private final int displayDegrees;
    private final LiveDisplay display;
    private final Recording recording;
    private final Listener listener;
    private final Clock clock = SystemClock.INSTANCE;
    private final Handler main = new Handler(Looper.getMainLooper());
    private final LatencyWindow latencies = new LatencyWindow();
    private final LiveEnd end = new LiveEnd();
    private final CpuWindow cpu;

    // All below are written by the session's thread; the screen's thread reads them.
    private volatile State state = State.OPENING;
    private volatile DeploymentException failure;
    private volatile Manifest manifest;
    private volatile File log;
    private volatile LivePipeline running;

    // The session's thread alone uses it.
    private String result = "the live session was stopped before it began";

    private LiveSession(
            ClassifierApplication app,
            Choice choice,
            int displayDegrees,
            LiveDisplay display,
            Recording recording,
            Listener listener) {
        this.app = app;
        this.choice = choice;
        this.displayDegrees = displayDegrees;
        this.display = display;
        this.recording = recording;
        this.listener = listener;
        cpu = new CpuWindow(app.system(), clock, app.system().cores());
    }

    /**
     * Starts a session.
     *
     * @param displayDegrees by how much the screen is turned: 0, 90, 180 or 270.
     * @param recording whether it leaves a run log, and when it ends by itself.
     */
    public static LiveSession start(
            ClassifierApplication app,
            Choice choice,
            int displayDegrees,
            LiveDisplay display,
            Recording recording,
            Listener listener) {
        final LiveSession session = new LiveSession(app, choice, displayDegrees, display, recording, listener);
        session.tell(State.OPENING);
        app.oneAtATime().execute(new Runnable() {
            @Override
            public void run() {
                session.live();
            }
        });
        return session;
    }

    /** Ends the session soon; the listener hears when. Calling it twice does no harm. */
    public void stop() {
        end.stop();
    }

    private void live() {
        State last = State.STOPPED;
        try {
            end.begin();
            run();
        } catch (InterruptedException error) {
            // It was stopped while it opened, as its listener is told below.
            last = State.STOPPED;
        } catch (DeploymentException error) {
            failure = error;
            last = State.FAILED;
        } catch (RuntimeException | Error error) {
            failure = new DeploymentException("expected the live session to run, received " + error
                    + "; start it again, or choose another model", error);
            last = State.FAILED;
        } finally {
            end.finish();
            running = null;
            write(last);
            tell(last);
        }
    }

    /** For whoever started it by adb. */
    private void write(State last) {
        if (last == State.FAILED) {
            Logcat.failed(message());
        } else if (log != null) {
            Logcat.done(log);
        } else if (recording.isMeasured()) {
            Logcat.ended(result);
        }
    }

    private void run() throws DeploymentException, InterruptedException {
        AndroidSystem system = app.system();
        try (LivePipeline pipeline = LivePipeline.open(app, choice, displayDegrees, display, latencies, end)) {
            manifest = pipeline.model().manifest();
            running = pipeline;
            double batteryAtStart = system.batteryPercent();
            RunTimer timer = RunTimer.start(system, clock, system.cores());
            end.watch(timer);
            end.opened();
            tell(State.RUNNING);
            pipeline.start();
            end.await(recording);
            pipeline.stop(STOP_MILLIS);
            // First what happened, then the time in which it did: a slow engine may still be at its last frame.
            FrameReport frames = pipeline.report();
            RunTime time = timer.stop();
            end.checkFailure();
            if (recording.isLogged()) {
                log = write(pipeline, frames, time, batteryAtStart);
            }
            result = resultOf(frames, time);
        }
    }

    private static String resultOf(FrameReport frames, RunTime time) {
        double seconds = time.wallNanos() / NANOS_PER_SECOND;
        return String.format(
                Locale.ROOT,
                "%.1f seconds, %.1f frames per second (FPS), %.1f frames processed per second",
                seconds,
                frames.shown() / seconds,
                frames.processed() / seconds);
    }

    private File write(LivePipeline pipeline, FrameReport frames, RunTime time, double batteryAtStart)
            throws DeploymentException {
        OpenedModel model = pipeline.model();
        File file = app.logs()
                .newFile("live", model.manifest().model(), choice.engine(), time.startedEpochMillis());
        new RunLog(
                        model.head(app.system()),
                        time,
                        app.system().resources(batteryAtStart),
                        RunPart.live(pipeline.mode(), pipeline.workers(), pipeline.source(), frames),
                        Collections.<GoldenResult>emptyList())
                .write(file);
        return file;
    }

    private void tell(final State next) {
        state = next;
        main.post(new Runnable() {
            @Override
            public void run() {
                listener.onChange(LiveSession.this, next);
            }
        });
    }

    /** Where the session is now; the listener may hear of it a moment later. */
    public State state() {
        return state;
    }

    /** What failed; null unless the state is FAILED. */
    public DeploymentException failure() {
        return failure;
    }

    /** What failed, in words; empty unless the state is FAILED. */
    public String message() {
        DeploymentException error = failure;
        return error == null ? "" : error.getMessage();
    }

    /** The model's manifest; null until it is opened. */
    public Manifest manifest() {
        return manifest;
    }

    /** The run log that was written; null if none was. */
    public File log() {
        return log;
    }

    /** The newest result; {@link Classification#NONE} before the first, and after the end. */
    public Classification latest() {
        LivePipeline pipeline = running;
        return pipeline == null ? Classification.NONE : pipeline.latest();
    }

    /** What the meters read now; all zero and no latency where no frames run. */
    public Meters meters() {
        LivePipeline pipeline = running;
        long now = clock.nanoTime();
        double percent = cpu.percent();
        if (pipeline == null) {
            return new Meters(0, 0, Double.NaN, percent);
        }
        return new Meters(
                pipeline.shownPerSecond(now), pipeline.processedPerSecond(now), latencies.meanMillis(now), percent);
    }
}
