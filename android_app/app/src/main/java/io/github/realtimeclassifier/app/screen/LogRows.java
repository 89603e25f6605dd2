package io.github.realtimeclassifier.app.screen;

import android.content.Context;
import android.text.format.DateUtils;
import android.text.format.Formatter;
import android.view.LayoutInflater;
import android.view.View;
import android.view.ViewGroup;
import android.widget.BaseAdapter;
import android.widget.TextView;
import io.github.realtimeclassifier.R;
import io.github.realtimeclassifier.app.log.LogName;
import java.io.File;
import java.util.List;

/** The rows of the run logs' list. For the main thread. */
final class LogRows extends BaseAdapter {
    /** Who is told what the user wants. */
    interface Listener {
        /** The log is to be shared. */
        void onShare(File log);

        /** The log is to be deleted. */
        void onDelete(File log);
    }

    private final Context context;
    private final List<File> logs;
    private final Listener listener;

    /** Shows logs in their order. */
    LogRows(Context context, List<File> logs, Listener listener) {
        this.context = context;
        this.logs = logs;
        this.listener = listener;
    }

    @Override
    public int getCount() {
        return logs.size();
    }

    @Override
    public File getItem(int position) {
        return logs.get(position);
    }

    @Override
    public long getItemId(int position) {
        return position;
    }

    @Override
    public View getView(int position, View used, ViewGroup parent) {
        View row = used == null ? LayoutInflater.from(context).inflate(R.layout.log_row, parent, false) : used;
        final File log = getItem(position);
        String title = title(log);
        TextView titleView = row.findViewById(R.id.log_title);
        titleView.setText(title);
        TextView textView = row.findViewById(R.id.log_text);
        textView.setText(text(log));
        View share = row.findViewById(R.id.log_share);
        share.setContentDescription(context.getString(R.string.share_this, title));
        share.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View button) {
                listener.onShare(log);
            }
        });
        View delete = row.findViewById(R.id.log_delete);
        delete.setContentDescription(context.getString(R.string.delete_this, title));
        delete.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View button) {
                listener.onDelete(log);
            }
        });
        return row;
    }

    private String title(File log) {
        LogName name = LogName.of(log);
        if (name == null) {
            return log.getName();
        }
        return context.getString(
                R.string.log_title, kind(name.kind()), name.model(), EngineTitles.shortTitle(context, name.engine()));
    }

    private String kind(String kind) {
        switch (kind) {
            case "live":
                return context.getString(R.string.kind_live);
            case "accuracy":
                return context.getString(R.string.kind_accuracy);
            case "benchmark":
                return context.getString(R.string.kind_benchmark);
            default:
                return kind;
        }
    }

    private String text(File log) {
        LogName name = LogName.of(log);
        long time = name == null ? log.lastModified() : name.epochMillis();
        int parts = DateUtils.FORMAT_SHOW_DATE | DateUtils.FORMAT_SHOW_YEAR | DateUtils.FORMAT_SHOW_TIME
                | DateUtils.FORMAT_ABBREV_MONTH;
        return context.getString(
                R.string.log_text,
                DateUtils.formatDateTime(context, time, parts),
                Formatter.formatShortFileSize(context, log.length()));
    }
}
