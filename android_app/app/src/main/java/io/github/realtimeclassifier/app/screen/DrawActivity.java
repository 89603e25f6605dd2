package io.github.realtimeclassifier.app.screen;

import android.graphics.Bitmap;
import android.graphics.drawable.BitmapDrawable;
import android.os.Bundle;
import android.view.View;
import android.widget.ImageView;
import android.widget.TextView;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ManifestException;
import java.util.Arrays;
import java.util.List;

/** A digit, drawn with a finger, and what LeNet says of it while it is drawn. */
public final class DrawActivity extends ScreenActivity {
    private static final float NAME_SHARE = 0.06f;
    private static final List<String> DIGITS = Arrays.asList("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private MessagePanel message;
    private DigitPad pad;
    private ProbabilityBars bars;
    private Pickers pickers;
    private List<InstalledModel> models;
    private Choice choice;
    private ModelListing listing;
    private DigitReader reader;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(R.layout.draw);
        message = new MessagePanel(findViewById(android.R.id.content));
        bars = findViewById(R.id.digits);
        bars.setShape(DIGITS.size(), NAME_SHARE, R.dimen.digit_row_gap);
        pad = findViewById(R.id.pad);
        pad.setListener(new DigitPad.Listener() {
            @Override
            public void onDrawn() {
                read();
            }
        });
        findViewById(R.id.clear).setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View button) {
                pad.clear();
            }
        });
        pickers = new Pickers(findViewById(android.R.id.content), new Pickers.Listener() {
            @Override
            public void onPicked(Choice picked) {
                // It holds for this screen only: the camera's choice is another.
                choice = picked;
                open();
            }
        });
        showNothing();
    }

    @Override
    protected void onResume() {
        super.onResume();
        list();
    }

    private void list() {
        listing = ModelListing.start(app().models(), new ModelListing.Receiver() {
            @Override
            public void onModels(List<InstalledModel> listed) {
                models = DigitModels.of(listed);
                begin();
            }
        });
    }

    private void begin() {
        if (models.isEmpty()) {
            message.show(
                    getText(R.string.no_digit_model_title),
                    getString(R.string.no_digit_model_text, Failures.adbPaths("" + app().models().pushFolder())));
            return;
        }
        try {
            choice = choice == null ? Choice.load(this, models) : choice.with(same(choice.model()));
        } catch (DeploymentException error) {
            fail(error);
            return;
        }
        pickers.show(models, choice);
        open();
    }

    private InstalledModel same(InstalledModel chosen) {
        for (InstalledModel model : models) {
            if (model.name().equals(chosen.name())) {
                return model;
            }
        }
        return models.get(0);
    }

    private void open() {
        close();
        if (choice.model().problem() != null) {
            fail(new ManifestException(choice.model().problem()));
            return;
        }
        if (app().runs().isRunning()) {
            message.showBusy(
                    getString(R.string.opening_title, choice.model().title()), getText(R.string.opening_waits_digits));
        } else {
            message.hide();
        }
        findViewById(R.id.untrained).setVisibility(choice.model().isUntrained() ? View.VISIBLE : View.GONE);
        reader = DigitReader.start(app(), choice, new DigitReader.Listener() {
            @Override
            public void onOpen() {
                message.hide();
            }

            @Override
            public void onDigit(float[] probabilities, double millis) {
                if (!pad.isEmpty()) {
                    show(probabilities, millis);
                }
            }

            @Override
            public void onFailure(DeploymentException failure) {
                fail(failure);
            }
        });
        read();
    }

    private void fail(DeploymentException failure) {
        close();
        message.show(getText(Failures.title(failure)), Failures.sentence(failure.getMessage()), R.string.try_again,
                new View.OnClickListener() {
                    @Override
                    public void onClick(View button) {
                        list();
                    }
                });
    }

    private void read() {
        if (pad.isEmpty()) {
            showNothing();
            return;
        }
        int[] digit = MnistDigit.of(pad.ink(), DigitPad.INK_SIDE);
        Bitmap bitmap = Bitmap.createBitmap(digit, MnistDigit.SIDE, MnistDigit.SIDE, Bitmap.Config.ARGB_8888);
        BitmapDrawable seen = new BitmapDrawable(getResources(), bitmap);
        // The network's pixels are to be seen as such.
        seen.setFilterBitmap(false);
        ((ImageView) findViewById(R.id.seen)).setImageDrawable(seen);
        if (reader != null) {
            reader.read(digit);
        }
    }

    private void showNothing() {
        ((ImageView) findViewById(R.id.seen)).setImageDrawable(null);
        ((TextView) findViewById(R.id.digit)).setText(R.string.digit_none);
        ((TextView) findViewById(R.id.digit_text)).setText(R.string.digit_none_text);
        bars.showEmpty(DIGITS);
    }

    private void show(float[] probabilities, double millis) {
        List<String> labels = choice.model().manifest().labels();
        int best = 0;
        for (int digit = 1; digit < probabilities.length; digit++) {
            best = probabilities[digit] > probabilities[best] ? digit : best;
        }
        ((TextView) findViewById(R.id.digit)).setText(getString(R.string.digit_read, labels.get(best)));
        ((TextView) findViewById(R.id.digit_text)).setText(getString(
                R.string.digit_text, EngineTitles.shortTitle(this, choice.engine()), Numbers.decimal(millis, 1)));
        bars.show(labels, probabilities, best);
        bars.describe();
    }

    private void close() {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    @Override
    protected void onPause() {
        listing.cancel();
        close();
        super.onPause();
    }
}
