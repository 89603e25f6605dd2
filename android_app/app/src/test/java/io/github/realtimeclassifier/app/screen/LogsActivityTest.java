package io.github.realtimeclassifier.app.screen;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.DialogInterface;
import android.content.Intent;
import android.net.Uri;
import android.view.View;
import android.widget.ListView;
import android.widget.TextView;
import io.github.realtimeclassifier.R;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;
import org.robolectric.fakes.RoboMenu;
import org.robolectric.shadows.ShadowAlertDialog;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27, qualifiers = "w411dp-h659dp-xhdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class LogsActivityTest {
    @Rule
    public final ScreenRule screens = new ScreenRule();

    private static View row(Activity logs, int position) {
        return ((ListView) logs.findViewById(R.id.logs)).getChildAt(position);
    }

    private static String text(View row, int id) {
        return ((TextView) row.findViewById(id)).getText().toString();
    }

    @Test
    public void saysThatThereAreNone() {
        Activity logs = screens.open(LogsActivity.class).get();
        screens.awaitMessage(logs, "No run logs yet");
        RoboMenu menu = new RoboMenu(logs);
        logs.onCreateOptionsMenu(menu);
        assertFalse(menu.findItem(R.id.share_all).isVisible());
        assertTrue(ScreenRule.text(logs, R.id.logs_place).contains("adb pull /sdcard/Android/data/"));
    }

    @Test
    public void listsThemNewestFirst() throws IOException {
        screens.writeLogs();
        Activity logs = screens.open(LogsActivity.class).get();
        assertEquals("", ScreenRule.text(logs, R.id.message_title));
        assertEquals("Live camera · squeezenet · TFLite", text(row(logs, 0), R.id.log_title));
        assertEquals("Accuracy · lenet · TF Mobile", text(row(logs, 3), R.id.log_title));
        assertTrue(text(row(logs, 0), R.id.log_text), text(row(logs, 0), R.id.log_text).contains("2024"));
        assertEquals(
                "Delete: Accuracy · lenet · TF Mobile",
                row(logs, 3).findViewById(R.id.log_delete).getContentDescription());
    }

    @Test
    public void showsAFileOfAnotherNameByIt() throws Exception {
        Files.write(new File(screens.app().logs().folder(), "mine.json").toPath(), new byte[3]);
        Activity logs = screens.open(LogsActivity.class).get();
        assertEquals("mine.json", text(row(logs, 0), R.id.log_title));
    }

    @Test
    public void sharesOne() throws IOException {
        screens.writeLogs();
        Activity logs = screens.open(LogsActivity.class).get();
        row(logs, 1).findViewById(R.id.log_share).performClick();
        Intent share = ScreenRule.shadow(logs).getNextStartedActivity().getParcelableExtra(Intent.EXTRA_INTENT);
        assertEquals(Intent.ACTION_SEND, share.getAction());
        Uri uri = share.getParcelableExtra(Intent.EXTRA_STREAM);
        assertEquals("benchmark_squeezenet_tflite_20240304-100200.json", uri.getLastPathSegment());
    }

    @Test
    public void sharesAll() throws IOException {
        screens.writeLogs();
        Activity logs = screens.open(LogsActivity.class).get();
        ScreenRule.shadow(logs).clickMenuItem(R.id.share_all);
        Intent share = ScreenRule.shadow(logs).getNextStartedActivity().getParcelableExtra(Intent.EXTRA_INTENT);
        assertEquals(Intent.ACTION_SEND_MULTIPLE, share.getAction());
        ArrayList<Uri> uris = share.getParcelableArrayListExtra(Intent.EXTRA_STREAM);
        assertEquals(4, uris.size());
    }

    @Test
    public void deletesAfterAQuestion() throws IOException {
        screens.writeLogs();
        Activity logs = screens.open(LogsActivity.class).get();
        List<File> before = screens.app().logs().list();
        answer(logs, DialogInterface.BUTTON_NEGATIVE);
        assertEquals(before, screens.app().logs().list());
        answer(logs, DialogInterface.BUTTON_POSITIVE);
        assertEquals(before.subList(1, 4), screens.app().logs().list());
        assertEquals("Benchmark · squeezenet · TFLite", text(row(logs, 0), R.id.log_title));
    }

    private void answer(Activity logs, int button) {
        row(logs, 0).findViewById(R.id.log_delete).performClick();
        screens.settle();
        AlertDialog question = ShadowAlertDialog.getLatestAlertDialog();
        question.getButton(button).performClick();
        screens.settle();
    }
}
