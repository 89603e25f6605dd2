package io.github.realtimeclassifier.app.screen;

import android.content.Intent;
import android.hardware.display.DisplayManager;
import android.os.Bundle;
import android.view.Menu;
import android.view.MenuItem;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.model.InstalledModel;
import java.util.List;

/**
 * The live camera, what a model says of it, and the meters. The camera runs while the screen is in front, and only
 * then. Started by adb with extras, it does at once what they say.
 */
public final class LiveActivity extends ScreenActivity {
    private static final String STATE_REQUEST = "request";

    private final DisplayManager.DisplayListener turns = new DisplayManager.DisplayListener() {
        @Override
        public void onDisplayAdded(int display) {
            // Another screen does not matter.
        }

        @Override
        public void onDisplayRemoved(int display) {
            // Another screen does not matter.
        }

        @Override
        public void onDisplayChanged(int display) {
            // Turned upside down, an activity is not made anew; the picture is to be.
            live.onTurned();
        }
    };
    private CameraPermission permission;
    private LiveControl live;
    private ModelListing listing;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(R.layout.live);
        permission = new CameraPermission(this, state);
        live = new LiveControl(this, permission);
        // After a rotation, what adb asked for was begun already, unless it is kept.
        Intent asked = state == null ? getIntent() : state.<Intent>getParcelable(STATE_REQUEST);
        if (asked != null) {
            live.ask(LiveRequest.read(this, asked));
        }
    }

    @Override
    protected void onNewIntent(Intent intent) {
        super.onNewIntent(intent);
        // The screen is paused around this: it is carried out when it goes on.
        live.ask(LiveRequest.read(this, intent));
    }

    @Override
    protected void onSaveInstanceState(Bundle state) {
        super.onSaveInstanceState(state);
        permission.save(state);
        state.putParcelable(STATE_REQUEST, live.request().toIntent(this));
    }

    @Override
    protected void onResume() {
        super.onResume();
        getSystemService(DisplayManager.class).registerDisplayListener(turns, null);
        // Anew each time: models may have been pushed meanwhile.
        list();
    }

    /** Looks for models. */
    void list() {
        if (listing != null) {
            listing.cancel();
        }
        listing = ModelListing.start(app().models(), new ModelListing.Receiver() {
            @Override
            public void onModels(List<InstalledModel> models) {
                live.begin(models);
            }
        });
    }

    /** What starts and ends the sessions. */
    LiveControl control() {
        return live;
    }

    @Override
    protected void onPause() {
        getSystemService(DisplayManager.class).unregisterDisplayListener(turns);
        listing.cancel();
        live.stop();
        super.onPause();
    }

    @Override
    protected void onDestroy() {
        if (isFinishing()) {
            live.onGone();
        }
        super.onDestroy();
    }

    @Override
    public void onRequestPermissionsResult(int code, String[] permissions, int[] results) {
        super.onRequestPermissionsResult(code, permissions, results);
        if (code != CameraPermission.REQUEST_CODE) {
            return;
        }
        // The screen was paused behind the question: it goes on by itself, and asks what was answered.
        if (results.length == 0) {
            permission.onInterrupted();
            return;
        }
        permission.onAnswer();
        if (!permission.isGranted()) {
            live.onCameraRefused();
        }
    }

    @Override
    public boolean onCreateOptionsMenu(Menu menu) {
        getMenuInflater().inflate(R.menu.live, menu);
        return true;
    }

    @Override
    public boolean onOptionsItemSelected(MenuItem item) {
        int id = item.getItemId();
        if (id == R.id.to_measure) {
            startActivity(new Intent(this, MeasureActivity.class));
        } else if (id == R.id.to_draw) {
            startActivity(new Intent(this, DrawActivity.class));
        } else if (id == R.id.to_logs) {
            startActivity(new Intent(this, LogsActivity.class));
        } else if (id == R.id.to_about) {
            AboutDialog.show(this, live.models());
        } else {
            return super.onOptionsItemSelected(item);
        }
        return true;
    }
}
