package io.github.realtimeclassifier.app.screen;

import android.content.Context;
import android.content.Intent;
import io.github.realtimeclassifier.app.live.Recording;
import io.github.realtimeclassifier.app.log.Logcat;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.app.run.Measure;
import io.github.realtimeclassifier.app.run.RequestException;
import io.github.realtimeclassifier.app.run.RunRequest;
import io.github.realtimeclassifier.core.DeploymentException;
import java.util.List;

/**
 * What adb asked of the live screen: nothing, something that can be done, or something that cannot. It leaves one line
 * in logcat: here, if it is refused, else by the session that it becomes. Immutable.
 */
final class LiveRequest {
    // Both null where nothing is asked for.
    private final RunRequest request;
    private final RequestException refusal;

    private LiveRequest(RunRequest request, RequestException refusal) {
        this.request = request;
        this.refusal = refusal;
    }

    /** Nothing was asked. */
    static LiveRequest none() {
        return new LiveRequest(null, null);
    }

    /** Reads it; what is wrong with it is thrown when it is to be carried out. */
    static LiveRequest read(ScreenActivity activity, Intent intent) {
        try {
            RunRequest request = RunRequest.fromIntent(intent, activity.app().engines());
            if (request != null && request.measure() != Measure.LIVE) {
                throw new RequestException("expected the extra measure to be live, received "
                        + request.measure().extra() + "; start MeasureActivity for that");
            }
            return new LiveRequest(request, null);
        } catch (RequestException error) {
            Logcat.failed(error.getMessage());
            return new LiveRequest(null, error);
        }
    }

    /** Whether anything was asked for, be it right or wrong. */
    boolean isMade() {
        return request != null || refusal != null;
    }

    /** Whether somebody still waits for its line in logcat. */
    boolean isOpen() {
        return request != null;
    }

    /** Ends it here, with its line in logcat, if it is still waited for. */
    void fail(String why) {
        if (isOpen()) {
            Logcat.failed(why);
        }
    }

    /** The intent that asks for the same; null unless it is open. */
    Intent toIntent(Context context) {
        return isOpen() ? request.toIntent(context, LiveActivity.class) : null;
    }

    /**
     * What is to be shown live; what the request does not say is as the user chose last.
     *
     * @throws DeploymentException there is no model, or the request cannot be carried out.
     */
    Choice choice(Context context, List<InstalledModel> models) throws DeploymentException {
        if (refusal != null) {
            throw refusal;
        }
        return request == null ? Choice.load(context, models) : request.choice(context, models);
    }

    /** Whether it leaves a log, and when it ends. */
    Recording recording() {
        if (request == null) {
            return Recording.none();
        }
        if (request.seconds() > 0) {
            return Recording.ofSeconds(request.seconds(), request.isRecorded());
        }
        return request.isRecorded() ? Recording.untilStopped() : Recording.unlogged();
    }
}
