package io.github.realtimeclassifier.app.screen;

import android.app.AlertDialog;
import android.content.DialogInterface;
import android.os.Bundle;
import android.view.Menu;
import android.view.MenuItem;
import android.widget.ListView;
import android.widget.TextView;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.core.RunLogException;
import java.io.File;
import java.util.Collections;
import java.util.List;

/** The run logs on this phone: to be shared, deleted, or found by adb. */
public final class LogsActivity extends ScreenActivity implements LogRows.Listener {
    private MessagePanel message;
    private List<File> logs = Collections.emptyList();

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(R.layout.logs);
        message = new MessagePanel(findViewById(android.R.id.content));
    }

    @Override
    protected void onResume() {
        super.onResume();
        list();
    }

    private void list() {
        logs = app().logs().list();
        ListView rows = findViewById(R.id.logs);
        rows.setAdapter(new LogRows(this, logs, this));
        TextView place = findViewById(R.id.logs_place);
        try {
            place.setText(getString(R.string.logs_place, Failures.adbPaths("" + app().logs().folder())));
            message.hide();
            if (logs.isEmpty()) {
                message.show(getText(R.string.no_logs_title), getText(R.string.no_logs_text));
            }
        } catch (RunLogException error) {
            place.setText("");
            message.show(getText(R.string.failed_title), Failures.sentence(error.getMessage()));
        }
        invalidateOptionsMenu();
    }

    @Override
    public boolean onCreateOptionsMenu(Menu menu) {
        getMenuInflater().inflate(R.menu.logs, menu);
        menu.findItem(R.id.share_all).setVisible(!logs.isEmpty());
        return true;
    }

    @Override
    public boolean onOptionsItemSelected(MenuItem item) {
        if (item.getItemId() == R.id.share_all) {
            share(logs);
            return true;
        }
        return super.onOptionsItemSelected(item);
    }

    @Override
    public void onShare(File log) {
        share(Collections.singletonList(log));
    }

    @Override
    public void onDelete(final File log) {
        new AlertDialog.Builder(this)
                .setTitle(R.string.delete_question)
                .setMessage(log.getName())
                .setNegativeButton(R.string.cancel, null)
                .setPositiveButton(R.string.delete, new DialogInterface.OnClickListener() {
                    @Override
                    public void onClick(DialogInterface dialog, int button) {
                        delete(log);
                    }
                })
                .show();
    }

    private void delete(File log) {
        try {
            app().logs().delete(log);
        } catch (RunLogException error) {
            tell(Failures.sentence(error.getMessage()));
        }
        list();
    }
}
