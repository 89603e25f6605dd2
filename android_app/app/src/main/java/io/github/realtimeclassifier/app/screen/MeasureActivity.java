package io.github.realtimeclassifier.app.screen;

import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.Intent;
import android.os.Bundle;
import android.view.View;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.log.Logcat;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.app.run.Measure;
import io.github.realtimeclassifier.app.run.RequestException;
import io.github.realtimeclassifier.app.run.Run;
import io.github.realtimeclassifier.app.run.RunRequest;
import io.github.realtimeclassifier.app.run.Runs;
import io.github.realtimeclassifier.core.DeploymentException;
import java.util.Collections;
import java.util.List;

/**
 * What is measured without a camera: accuracy, latency, the MNIST digits. A run lives on when the screen is turned or
 * left. Started by adb with extras ({@link RunRequest}), it begins at once, and its end is written to logcat.
 */
public final class MeasureActivity extends ScreenActivity implements Runs.Listener {
    private static final int REQUEST_FOLDER = 1;
    private static final String STATE_REFUSAL = "refusal";

    private MeasureForm form;
    private RunPanel panel;
    private ModelListing listing;
    private boolean wasRunning;
    // Why the newest request did not become a run; empty if it did, or nothing was asked.
    private String refusal = "";

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(R.layout.measure);
        form = new MeasureForm(this, state);
        panel = new RunPanel(this);
        findViewById(R.id.start).setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View button) {
                startFromForm();
            }
        });
        findViewById(R.id.cancel).setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View button) {
                app().runs().current().cancel();
            }
        });
        findViewById(R.id.share).setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View button) {
                share(Collections.singletonList(app().runs().current().log()));
            }
        });
        findViewById(R.id.choose_images).setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View button) {
                chooseFolder();
            }
        });
        // After a rotation, what adb asked for was begun already.
        if (state == null) {
            read(getIntent());
        } else {
            showRefusal(state.getString(STATE_REFUSAL, ""));
        }
    }

    @Override
    protected void onNewIntent(Intent intent) {
        super.onNewIntent(intent);
        read(intent);
    }

    private void read(Intent intent) {
        try {
            RunRequest request = RunRequest.fromIntent(intent, app().engines());
            if (request == null) {
                return;
            }
            if (request.measure() == Measure.LIVE) {
                throw new RequestException("measure: expected one that needs no camera, received live; start"
                        + " LiveActivity for that");
            }
            start(request);
        } catch (RequestException error) {
            Logcat.failed(error.getMessage());
            showRefusal(error.getMessage());
        }
    }

    private void start(RunRequest request) throws RequestException {
        app().runs().start(request);
        showRefusal("");
    }

    private void startFromForm() {
        if (!form.check()) {
            return;
        }
        try {
            start(form.request());
        } catch (RequestException error) {
            showRefusal(error.getMessage());
        }
    }

    /** A run that goes on, or went before, is shown below it: it is not what was asked for. */
    private void showRefusal(String message) {
        refusal = message;
        panel.showRefusal(message);
        findViewById(R.id.scroll).scrollTo(0, 0);
    }

    @Override
    protected void onSaveInstanceState(Bundle state) {
        super.onSaveInstanceState(state);
        form.save(state);
        state.putString(STATE_REFUSAL, refusal);
    }

    @Override
    protected void onStart() {
        super.onStart();
        app().runs().attach(this);
        listing = ModelListing.start(app().models(), new ModelListing.Receiver() {
            @Override
            public void onModels(List<InstalledModel> models) {
                try {
                    form.show(models, Choice.load(MeasureActivity.this, models));
                    panel.showRefusal(refusal);
                } catch (DeploymentException error) {
                    // There are no models: until there are some, nothing can be asked for.
                    panel.showRefusal(refusal.isEmpty() ? error.getMessage() : refusal);
                }
            }
        });
    }

    @Override
    protected void onStop() {
        listing.cancel();
        app().runs().detach(this);
        super.onStop();
    }

    @Override
    public void onChange(Run run) {
        boolean running = run.state() == Run.State.RUNNING;
        form.setEnabled(!running);
        if (running) {
            form.follow(run.request());
        }
        // Asleep, a phone computes slower.
        getWindow().getDecorView().setKeepScreenOn(running);
        if (wasRunning != running) {
            // Whatever is new stands at the top.
            findViewById(R.id.scroll).scrollTo(0, 0);
            wasRunning = running;
        }
        panel.show(run, getString(MeasureKind.of(run.request().measure()).title()));
    }

    private void chooseFolder() {
        try {
            startActivityForResult(new Intent(Intent.ACTION_OPEN_DOCUMENT_TREE), REQUEST_FOLDER);
        } catch (ActivityNotFoundException error) {
            tell(getText(R.string.no_folder_picker));
        }
    }

    @Override
    protected void onActivityResult(int code, int result, Intent answer) {
        super.onActivityResult(code, result, answer);
        if (code == REQUEST_FOLDER && result == Activity.RESULT_OK && answer != null && answer.getData() != null) {
            keepAccess(answer);
            form.setTree(answer.getData());
        }
    }

    /** Else the folder could be read only until the app ends, and adb could not name it afterwards. */
    private void keepAccess(Intent answer) {
        int offered = Intent.FLAG_GRANT_READ_URI_PERMISSION | Intent.FLAG_GRANT_PERSISTABLE_URI_PERMISSION;
        if ((answer.getFlags() & offered) != offered) {
            return;
        }
        try {
            getContentResolver()
                    .takePersistableUriPermission(answer.getData(), Intent.FLAG_GRANT_READ_URI_PERMISSION);
        } catch (SecurityException error) {
            // It was not offered after all. The folder can still be read now.
            tell(getText(R.string.folder_for_now));
        }
    }
}
