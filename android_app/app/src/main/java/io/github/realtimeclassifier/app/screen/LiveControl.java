package io.github.realtimeclassifier.app.screen;

import android.content.Intent;
import android.view.View;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.live.LiveSession;
import io.github.realtimeclassifier.app.live.Recording;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.image.ImageInput;
import java.util.Collections;
import java.util.List;

/** Starts and ends the live screen's sessions, and says why there is none. For the main thread. */
final class LiveControl implements LiveScreen.Listener, LiveSession.Listener {
    private static final int DEGREES_PER_ROTATION = 90;

    private final LiveActivity activity;
    private final CameraPermission permission;
    private final LiveScreen screen;
    private List<InstalledModel> models = Collections.emptyList();
    private Choice choice;
    private Recording recording = Recording.none();
    private int degrees;
    // The one that is on the screen; those before may still be ending.
    private LiveSession session;

    /** Shows that nothing is there yet. */
    LiveControl(LiveActivity activity, CameraPermission permission) {
        this.activity = activity;
        this.permission = permission;
        screen = new LiveScreen(activity, this);
    }

    /** The models on the phone, as far as they are known. */
    List<InstalledModel> models() {
        return models;
    }

    /** The models are known: shows what can be chosen, and starts. */
    void begin(List<InstalledModel> listed, LiveRequest request) {
        models = listed;
        if (models.isEmpty()) {
            stop();
            screen.showNoModels();
            String folder = Failures.adbPaths("" + activity.app().models().pushFolder());
            screen.refuse(text(R.string.no_models_title), activity.getString(R.string.no_models_text, folder),
                    R.string.try_again, listAgain());
            return;
        }
        try {
            choice = request.choice(activity, models);
        } catch (DeploymentException error) {
            refuse(R.string.request_failed, error.getMessage(), R.string.go_on);
            return;
        }
        screen.show(models, choice);
        start(request.recording());
    }

    @Override
    public void onChosen(Choice chosen) {
        choice = chosen;
        choice.save(activity);
        screen.show(models, choice);
        start(Recording.none());
    }

    @Override
    public void onRecord() {
        start(recording.isLogged() ? Recording.none() : Recording.untilStopped());
    }

    /** The screen may have been turned. */
    void onTurned() {
        if (session != null && degrees != displayDegrees()) {
            start(recording);
        }
    }

    private int displayDegrees() {
        return DEGREES_PER_ROTATION
                * activity.getWindowManager().getDefaultDisplay().getRotation();
    }

    private void start(Recording wanted) {
        stop();
        InstalledModel model = choice.model();
        if (model.problem() != null) {
            refuse(R.string.model_failed_title, model.problem(), R.string.try_again);
        } else if (!model.manifest().input().resize().resizes()) {
            refuseDigitsOnly(model);
        } else if (!permission.isGranted()) {
            askForCamera();
        } else {
            recording = wanted;
            degrees = displayDegrees();
            screen.preview().setInput(model.manifest().input());
            session = LiveSession.start(activity.app(), choice, degrees, screen.preview(), recording, this);
        }
    }

    private void refuseDigitsOnly(InstalledModel model) {
        ImageInput input = model.manifest().input();
        screen.refuse(
                activity.getString(R.string.digits_only_title, model.title()),
                activity.getString(R.string.digits_only_text, input.width(), input.height()),
                R.string.draw_title,
                new View.OnClickListener() {
                    @Override
                    public void onClick(View button) {
                        activity.startActivity(new Intent(activity, DrawActivity.class));
                    }
                });
    }

    private void askForCamera() {
        if (permission.isRefusedForGood()) {
            screen.refuse(text(R.string.permission_title), text(R.string.permission_settings_text),
                    R.string.permission_settings, new View.OnClickListener() {
                        @Override
                        public void onClick(View button) {
                            permission.openSettings();
                        }
                    });
        } else {
            screen.refuse(text(R.string.permission_title), text(R.string.permission_text),
                    R.string.permission_ask, new View.OnClickListener() {
                        @Override
                        public void onClick(View button) {
                            permission.ask();
                        }
                    });
            permission.askOnce();
        }
    }

    /** Ends what runs; its run log, if any, is told of later. */
    void stop() {
        if (session != null) {
            session.stop();
            session = null;
        }
        recording = Recording.none();
        screen.stopReading();
    }

    @Override
    public void onChange(LiveSession changed, LiveSession.State state) {
        if (state == LiveSession.State.STOPPED && changed.log() != null) {
            activity.tell(activity.getString(R.string.recorded, changed.log().getName()));
        }
        if (changed != session) {
            return;
        }
        switch (state) {
            case OPENING:
                screen.showBusy(
                        activity.getString(R.string.opening_title, choice.model().title()),
                        activity.app().runs().isRunning()
                                ? text(R.string.opening_waits)
                                : activity.getString(
                                        R.string.opening_text, activity.app().engines().title(choice.engine())));
                break;
            case RUNNING:
                screen.startReading(changed, recording.isLogged());
                break;
            case FAILED:
                stop();
                refuse(Failures.title(changed.failure()), changed.message(), R.string.try_again);
                break;
            default:
                stop();
                screen.refuse(text(R.string.ended_title), text(R.string.ended_text), R.string.go_on,
                        listAgain());
                break;
        }
    }

    private void refuse(int title, String message, int label) {
        screen.refuse(text(title), Failures.sentence(message), label, listAgain());
    }

    private View.OnClickListener listAgain() {
        return new View.OnClickListener() {
            @Override
            public void onClick(View button) {
                activity.list();
            }
        };
    }

    private CharSequence text(int id) {
        return activity.getText(id);
    }
}
