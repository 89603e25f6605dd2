package io.github.realtimeclassifier.app.log;

import android.content.Context;
import io.github.realtimeclassifier.core.RunLogException;
import java.io.File;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** The folder of the run logs, which adb can pull without any further rights. Immutable. */
public final class RunLogs {
    private static final String FOLDER = "logs";

    private final Context context;

    /** Looks nowhere yet. */
    public RunLogs(Context context) {
        this.context = context.getApplicationContext();
    }

    /**
     * The folder.
     *
     * @throws RunLogException the phone's storage is away.
     */
    public File folder() throws RunLogException {
        File folder = context.getExternalFilesDir(FOLDER);
        if (folder == null) {
            throw new RunLogException("expected the phone's shared storage, for run logs, received none; put it back,"
                    + " or start the phone again");
        }
        return folder;
    }

    /**
     * A file for a new log: kind, model, engine and UTC time are its name. Of two in one second, the second gets a
     * number.
     *
     * @throws RunLogException the phone's storage is away.
     */
    public File newFile(String kind, String model, String engine, long epochMillis) throws RunLogException {
        LogName name = new LogName(kind, model, engine, epochMillis);
        File file = new File(folder(), name.fileName(1));
        for (int number = 2; file.exists(); number++) {
            file = new File(folder(), name.fileName(number));
        }
        return file;
    }

    /** All logs, the newest first; none where the storage is away. */
    public List<File> list() {
        File folder = context.getExternalFilesDir(FOLDER);
        File[] files = folder == null ? null : folder.listFiles();
        List<File> logs = new ArrayList<>();
        for (File file : files == null ? new File[0] : files) {
            if (isLog(file)) {
                logs.add(file);
            }
        }
        Collections.sort(logs, new Comparator<File>() {
            @Override
            public int compare(File one, File other) {
                int byTime = Long.compare(other.lastModified(), one.lastModified());
                return byTime != 0 ? byTime : other.getName().compareTo(one.getName());
            }
        });
        return Collections.unmodifiableList(logs);
    }

    /**
     * The log of a name.
     *
     * @throws RunLogException there is none; a name that leads elsewhere is no log's.
     */
    public File find(String name) throws RunLogException {
        // Compared with what lies there, so that no name can lead out of the folder.
        for (File log : list()) {
            if (log.getName().equals(name)) {
                return log;
            }
        }
        throw new RunLogException("expected the name of a run log, received '" + name + "'; choose one from the list");
    }

    /**
     * Deletes a log.
     *
     * @throws RunLogException it is no log of this folder, or cannot be deleted.
     */
    public void delete(File log) throws RunLogException {
        if (!list().contains(log) || !log.delete()) {
            throw new RunLogException("could not delete " + log + "; delete it with 'adb shell rm'");
        }
    }

    private static boolean isLog(File file) {
        return file.isFile() && file.getName().endsWith(LogName.ENDING) && !file.getName().startsWith(".");
    }
}
