package io.github.realtimeclassifier.app;

import java.util.ArrayList;
import java.util.List;
import org.robolectric.shadows.ShadowLog;

/** The lines that whoever started a measurement by adb sees in logcat. */
public final class LogcatLines {
    private LogcatLines() {}

    /** All so far in this test, the oldest first. */
    public static List<String> all() {
        List<String> lines = new ArrayList<>();
        for (ShadowLog.LogItem item : ShadowLog.getLogsForTag("RealTimeClassifier")) {
            lines.add(item.msg);
        }
        return lines;
    }
}
