package io.github.realtimeclassifier.app.screen;

import android.content.Intent;
import android.content.pm.ActivityInfo;
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
    // What adb asked for, until a session has begun with it, or it is refused.
    private LiveRequest request = LiveRequest.none();
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

    /** Adb asks for something, or for nothing, which leaves what it asked for before. */
    void ask(LiveRequest asked) {
        if (asked.isMade()) {
            failRequest("expected the live session to begin before the next request, received another one first");
            request = asked;
        }
    }

    /** What adb asked for, and has not begun yet. */
    LiveRequest request() {
        return request;
    }

    /** The models are known: shows what can be chosen, and starts. */
    void begin(List<InstalledModel> listed) {
        models = listed;
        try {
            choice = request.choice(activity, models);
        } catch (DeploymentException error) {
            stop();
            failRequest(error.getMessage());
            if (models.isEmpty()) {
                refuseWithoutModels();
            } else {
                refuse(R.string.request_failed, error.getMessage(), R.string.go_on);
            }
            return;
        }
        screen.show(models, choice);
        start(request.recording());
    }

    private void refuseWithoutModels() {
        screen.showNoModels();
        String folder = Failures.adbPaths("" + activity.app().models().pushFolder());
        screen.refuse(text(R.string.no_models_title), activity.getString(R.string.no_models_text, folder),
                R.string.try_again, listAgain());
    }

    /** What adb asked for will not begin any more. */
    private void failRequest(String why) {
        request.fail(why);
        request = LiveRequest.none();
    }

    @Override
    public void onChosen(Choice chosen) {
        failRequest("expected nothing to be changed on the screen before the live session began, received another"
                + " choice; ask again");
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
        // A measurement is not cut in two: its screen is locked, and what is under way at that moment goes on.
        if (session != null && !recording.isMeasured() && degrees != displayDegrees()) {
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
            failRequest(model.problem());
            refuse(R.string.model_failed_title, model.problem(), R.string.try_again);
        } else if (!model.manifest().input().resize().resizes()) {
            refuseDigitsOnly(model);
        } else if (!permission.isGranted()) {
            askForCamera();
        } else {
            recording = wanted;
            // The session tells from now on.
            request = LiveRequest.none();
            if (recording.isMeasured()) {
                // Turned, the screen would be made anew, and the measurement end.
                activity.setRequestedOrientation(ActivityInfo.SCREEN_ORIENTATION_LOCKED);
            }
            degrees = displayDegrees();
            screen.preview().setInput(model.manifest().input());
            session = LiveSession.start(activity.app(), choice, degrees, screen.preview(), recording, this);
        }
    }

    private void refuseDigitsOnly(InstalledModel model) {
        ImageInput input = model.manifest().input();
        failRequest("model: expected one that takes the camera's frames, received " + model.name()
                + ", which takes pictures of " + input.width() + " x " + input.height()
                + " pixels alone; choose another one");
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
            onCameraRefused();
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
            if (request.isOpen()) {
                permission.askUnlessOpen();
            } else {
                permission.askOnce();
            }
        }
    }

    /** The user did not allow the camera. */
    void onCameraRefused() {
        failRequest("expected the permission to use the camera, received a refusal; allow it with 'adb shell pm grant "
                + activity.getPackageName() + " android.permission.CAMERA', or in the system's settings of this app");
    }

    /** The screen is gone for good. */
    void onGone() {
        failRequest("expected the live session to begin, received the end of its screen; ask again");
    }

    /** Ends what runs; its run log, if any, is told of later. */
    void stop() {
        if (session != null) {
            session.stop();
            session = null;
        }
        if (recording.isMeasured()) {
            activity.setRequestedOrientation(ActivityInfo.SCREEN_ORIENTATION_UNSPECIFIED);
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
