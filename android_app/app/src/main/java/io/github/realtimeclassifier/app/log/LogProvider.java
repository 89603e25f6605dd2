package io.github.realtimeclassifier.app.log;

import android.content.ContentProvider;
import android.content.ContentValues;
import android.database.Cursor;
import android.database.MatrixCursor;
import android.net.Uri;
import android.os.ParcelFileDescriptor;
import android.provider.OpenableColumns;
import io.github.realtimeclassifier.core.RunLogException;
import java.io.File;
import java.io.FileNotFoundException;
import java.util.List;

/**
 * Lets another app read those run logs that the user shares with it: read only, and nothing but the logs. Android lets
 * in only whom the share intent names.
 */
public final class LogProvider extends ContentProvider {
    static final String AUTHORITY = "io.github.realtimeclassifier.logs";
    static final String TYPE = "application/json";

    private static final String[] COLUMNS = {OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE};

    static Uri uri(File log) {
        return new Uri.Builder()
                .scheme("content")
                .authority(AUTHORITY)
                .appendPath(log.getName())
                .build();
    }

    @Override
    public boolean onCreate() {
        return true;
    }

    private File log(Uri uri) throws FileNotFoundException {
        // Decoded: a path that was hidden as %2e%2e%2f is one name here, which no log has.
        List<String> segments = uri.getPathSegments();
        try {
            return new RunLogs(getContext()).find(segments.size() == 1 ? segments.get(0) : String.valueOf(uri));
        } catch (RunLogException error) {
            FileNotFoundException none = new FileNotFoundException(error.getMessage());
            none.initCause(error);
            throw none;
        }
    }

    @Override
    public ParcelFileDescriptor openFile(Uri uri, String mode) throws FileNotFoundException {
        if (!"r".equals(mode)) {
            throw new SecurityException("expected to read a run log, received the mode '" + mode + "'");
        }
        return ParcelFileDescriptor.open(log(uri), ParcelFileDescriptor.MODE_READ_ONLY);
    }

    @Override
    public Cursor query(Uri uri, String[] projection, String selection, String[] arguments, String order) {
        String[] columns = projection == null ? COLUMNS : projection;
        MatrixCursor cursor = new MatrixCursor(columns, 1);
        File log;
        try {
            log = log(uri);
        } catch (FileNotFoundException error) {
            // A query answers with what there is.
            return cursor;
        }
        MatrixCursor.RowBuilder row = cursor.newRow();
        for (String column : columns) {
            row.add(
                    column.equals(OpenableColumns.DISPLAY_NAME)
                            ? log.getName()
                            : column.equals(OpenableColumns.SIZE) ? log.length() : null);
        }
        return cursor;
    }

    @Override
    public String getType(Uri uri) {
        return TYPE;
    }

    @Override
    public Uri insert(Uri uri, ContentValues values) {
        throw readOnly();
    }

    @Override
    public int delete(Uri uri, String selection, String[] arguments) {
        throw readOnly();
    }

    @Override
    public int update(Uri uri, ContentValues values, String selection, String[] arguments) {
        throw readOnly();
    }

    private static SecurityException readOnly() {
        return new SecurityException("expected to read run logs, received a change; delete them in the app");
    }
}
