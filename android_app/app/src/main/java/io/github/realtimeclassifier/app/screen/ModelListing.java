package io.github.realtimeclassifier.app.screen;

import android.os.Handler;
import android.os.Looper;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.app.model.InstalledModels;
import java.util.List;

/**
 * Lists the models on a thread of its own, since their manifests have to be read. Started and cancelled by the main
 * thread.
 */
final class ModelListing {
    /** Who gets the list, on the main thread. */
    interface Receiver {
        /** All models on the phone, also those that cannot be used. */
        void onModels(List<InstalledModel> models);
    }

    private boolean cancelled;

    private ModelListing() {}

    /** Starts; the receiver is called once, later, unless it is cancelled. */
    static ModelListing start(final InstalledModels installed, final Receiver receiver) {
        final ModelListing listing = new ModelListing();
        final Handler main = new Handler(Looper.getMainLooper());
        Runnable work = new Runnable() {
            @Override
            public void run() {
                final List<InstalledModel> models = installed.list();
                main.post(new Runnable() {
                    @Override
                    public void run() {
                        if (!listing.cancelled) {
                            receiver.onModels(models);
                        }
                    }
                });
            }
        };
        new Thread(work, "models").start();
        return listing;
    }

    /** From now on the receiver is not called any more. */
    void cancel() {
        cancelled = true;
    }
}
