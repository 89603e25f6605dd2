package io.github.realtimeclassifier.app.log;

import android.content.ClipData;
import android.content.Context;
import android.content.Intent;
import android.net.Uri;
import java.io.File;
import java.util.ArrayList;
import java.util.List;

/** Sharing run logs with another app that the user chooses. */
public final class ShareLogs {
    private ShareLogs() {}

    /**
     * What starts the choice of the other app.
     *
     * @param logs of the logs' folder, at least one.
     */
    public static Intent intent(Context context, List<File> logs) {
        if (logs.isEmpty()) {
            throw new IllegalArgumentException("expected at least one run log to share, received none");
        }
        ArrayList<Uri> uris = new ArrayList<>(logs.size());
        for (File log : logs) {
            uris.add(LogProvider.uri(log));
        }
        Intent send = new Intent(uris.size() == 1 ? Intent.ACTION_SEND : Intent.ACTION_SEND_MULTIPLE);
        send.setType(LogProvider.TYPE);
        if (uris.size() == 1) {
            send.putExtra(Intent.EXTRA_STREAM, uris.get(0));
        } else {
            send.putParcelableArrayListExtra(Intent.EXTRA_STREAM, uris);
        }
        // The rights are given to what the clip names, and to all of it.
        ClipData clip = ClipData.newUri(context.getContentResolver(), logs.get(0).getName(), uris.get(0));
        for (Uri uri : uris.subList(1, uris.size())) {
            clip.addItem(new ClipData.Item(uri));
        }
        send.setClipData(clip);
        send.addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION);
        return send;
    }
}
