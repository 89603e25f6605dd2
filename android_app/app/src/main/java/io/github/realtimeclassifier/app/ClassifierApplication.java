package io.github.realtimeclassifier.app;

import android.app.Application;
import android.content.Context;
import io.github.realtimeclassifier.app.camera.CameraFrames;
import io.github.realtimeclassifier.app.camera.Cameras;
import io.github.realtimeclassifier.app.device.AndroidSystem;
import io.github.realtimeclassifier.app.log.RunLogs;
import io.github.realtimeclassifier.app.model.Engines;
import io.github.realtimeclassifier.app.model.InstalledModels;
import io.github.realtimeclassifier.app.run.Runs;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What all screens share, and what outlives each of them. For the main thread, unless a method says otherwise. */
public final class ClassifierApplication extends Application {
    // Run logs tell the CPU time of each thread by its name.
    private final ThreadPoolExecutor oneAtATime =
            new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<Runnable>(), new ThreadFactory() {
                @Override
                public Thread newThread(Runnable work) {
                    return new Thread(work, "measuring");
                }
            });

    private volatile Engines engines = Engines.standard();
    private volatile Cameras cameras = CameraFrames.cameras(this);
    private Runs runs;

    /** Android makes it. */
    public ClassifierApplication() {
        // A thread with nothing to do goes away.
        oneAtATime.allowCoreThreadTimeOut(true);
    }

    /** The application behind a screen. */
    public static ClassifierApplication of(Context context) {
        return (ClassifierApplication) context.getApplicationContext();
    }

    /** Replaces the engines, for a test; before anything uses them. */
    public void use(Engines others) {
        engines = others;
    }

    /** Replaces the camera, for a test; before anything uses it. */
    public void use(Cameras others) {
        cameras = others;
    }

    /** The engines; from any thread. */
    public Engines engines() {
        return engines;
    }

    /** The cameras; from any thread. */
    public Cameras cameras() {
        return cameras;
    }

    /** The models on this phone; from any thread. */
    public InstalledModels models() {
        return new InstalledModels(this, engines);
    }

    /** The folder of the run logs; from any thread. */
    public RunLogs logs() {
        return new RunLogs(this);
    }

    /** What Android tells of the phone; from any thread. */
    public AndroidSystem system() {
        return new AndroidSystem(this);
    }

    /** The run that goes on now, or was the last one. */
    public Runs runs() {
        if (runs == null) {
            runs = new Runs(this);
        }
        return runs;
    }

    /** The thread of all that is measured: one thing after another, so that nothing disturbs what is measured. */
    public Executor oneAtATime() {
        return oneAtATime;
    }
}
