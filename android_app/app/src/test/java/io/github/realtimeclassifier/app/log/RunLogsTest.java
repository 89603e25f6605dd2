package io.github.realtimeclassifier.app.log;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import android.content.ClipData;
import android.content.Context;
import android.content.ContextWrapper;
import android.content.Intent;
import android.net.Uri;
import io.github.realtimeclassifier.core.RunLogException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27)
public final class RunLogsTest {
    private static final long MOMENT = 1_500_000_000_000L;

    private final RunLogs logs = new RunLogs(RuntimeEnvironment.getApplication());

    private File written(String name, long epochMillis) throws Exception {
        File file = new File(logs.folder(), name);
        Files.write(file.toPath(), new byte[] {'{', '}'});
        Files.setLastModifiedTime(file.toPath(), FileTime.fromMillis(epochMillis));
        return file;
    }

    @Test
    public void namesSayWhatTheLogIsOf() throws Exception {
        File file = logs.newFile("accuracy", "densenet_121", "tf_mobile", MOMENT);
        assertEquals("accuracy_densenet_121_tf_mobile_20170714-024000.json", file.getName());
        LogName name = LogName.of(file);
        assertEquals("accuracy", name.kind());
        assertEquals("densenet_121", name.model());
        assertEquals("tf_mobile", name.engine());
        assertEquals(MOMENT, name.epochMillis());
        assertEquals("a_b", LogName.of(new File("live_a_b_tflite_20170714-024000.json")).model());
        assertNull(LogName.of(new File("holiday.json")));
    }

    @Test
    public void twoOfOneSecondHaveTwoNames() throws Exception {
        Files.createFile(logs.newFile("live", "lenet", "tflite", MOMENT).toPath());
        File second = logs.newFile("live", "lenet", "tflite", MOMENT);
        assertEquals("live_lenet_tflite_20170714-024000-2.json", second.getName());
        assertEquals("tflite", LogName.of(second).engine());
    }

    @Test
    public void listsTheNewestFirstAndOnlyLogs() throws Exception {
        File older = written("older.json", MOMENT);
        File newer = written("newer.json", MOMENT + 5_000);
        written(".newest.json.partial", MOMENT + 9_000);
        written("note.txt", MOMENT + 9_000);
        assertTrue(new File(logs.folder(), "folder.json").mkdir());
        assertEquals(Arrays.asList(newer, older), logs.list());
    }

    @Test
    public void deletesALogAndNothingElse() throws Exception {
        File log = written("one.json", MOMENT);
        File note = written("note.txt", MOMENT);
        File elsewhere = new File(RuntimeEnvironment.getApplication().getFilesDir(), "one.json");
        Files.createFile(elsewhere.toPath());
        assertThrows(RunLogException.class, () -> logs.delete(note));
        assertThrows(RunLogException.class, () -> logs.delete(elsewhere));
        assertThrows(RunLogException.class, () -> logs.delete(new File(logs.folder(), "../one.json")));
        assertTrue(note.exists() && elsewhere.exists());
        logs.delete(log);
        assertFalse(log.exists());
        assertThrows(RunLogException.class, () -> logs.delete(log));
    }

    @Test
    public void withoutStorageItSaysSo() {
        RunLogs without = new RunLogs(new ContextWrapper(RuntimeEnvironment.getApplication()) {
            @Override
            public Context getApplicationContext() {
                return this;
            }

            @Override
            public File getExternalFilesDir(String type) {
                return null;
            }
        });
        assertEquals(Collections.emptyList(), without.list());
        RunLogException error = assertThrows(RunLogException.class, without::folder);
        assertTrue(error.getMessage(), error.getMessage().contains("shared storage"));
    }

    @Test
    public void oneLogIsShared() throws Exception {
        Intent intent = ShareLogs.intent(
                RuntimeEnvironment.getApplication(), Collections.singletonList(written("one.json", MOMENT)));
        assertEquals(Intent.ACTION_SEND, intent.getAction());
        assertEquals("application/json", intent.getType());
        Uri uri = intent.getParcelableExtra(Intent.EXTRA_STREAM);
        assertEquals("content://io.github.realtimeclassifier.logs/one.json", uri.toString());
        assertEquals(uri, intent.getClipData().getItemAt(0).getUri());
        assertEquals(
                Intent.FLAG_GRANT_READ_URI_PERMISSION,
                intent.getFlags()
                        & (Intent.FLAG_GRANT_READ_URI_PERMISSION | Intent.FLAG_GRANT_WRITE_URI_PERMISSION));
    }

    @Test
    public void allLogsAreShared() throws Exception {
        List<File> files = Arrays.asList(written("one.json", MOMENT), written("two.json", MOMENT));
        Intent intent = ShareLogs.intent(RuntimeEnvironment.getApplication(), files);
        assertEquals(Intent.ACTION_SEND_MULTIPLE, intent.getAction());
        ArrayList<Uri> uris = intent.getParcelableArrayListExtra(Intent.EXTRA_STREAM);
        ClipData clip = intent.getClipData();
        assertEquals(2, uris.size());
        assertEquals(2, clip.getItemCount());
        for (int i = 0; i < uris.size(); i++) {
            assertEquals(files.get(i).getName(), uris.get(i).getLastPathSegment());
            assertEquals(uris.get(i), clip.getItemAt(i).getUri());
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> ShareLogs.intent(RuntimeEnvironment.getApplication(), Collections.emptyList()));
    }
}
