package io.github.realtimeclassifier.app.log;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import android.content.ContentResolver;
import android.content.ContentValues;
import android.content.pm.PackageManager;
import android.content.pm.ProviderInfo;
import android.database.Cursor;
import android.net.Uri;
import android.provider.OpenableColumns;
import io.github.realtimeclassifier.core.BoundedRead;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27)
public final class LogProviderTest {
    private static final String ROOT = "content://io.github.realtimeclassifier.logs/";
    private static final byte[] CONTENT = "{\"a\": 1}".getBytes(StandardCharsets.UTF_8);

    private final ContentResolver resolver = RuntimeEnvironment.getApplication().getContentResolver();
    private File log;

    @Before
    public void writeALog() throws Exception {
        log = new File(new RunLogs(RuntimeEnvironment.getApplication()).folder(), "one.json");
        Files.write(log.toPath(), CONTENT);
    }

    @Test
    public void theManifestLetsInOnlyWhomTheUserSharesWith() {
        PackageManager packages = RuntimeEnvironment.getApplication().getPackageManager();
        ProviderInfo info = packages.resolveContentProvider(LogProvider.AUTHORITY, 0);
        assertNotNull(info);
        assertFalse(info.exported);
        assertTrue(info.grantUriPermissions);
        assertEquals(LogProvider.class.getName(), info.name);
    }

    @Test
    public void servesALog() throws Exception {
        Uri uri = LogProvider.uri(log);
        assertEquals("application/json", resolver.getType(uri));
        try (InputStream stream = resolver.openInputStream(uri)) {
            assertEquals("{\"a\": 1}", new String(BoundedRead.upTo(stream, 100), StandardCharsets.UTF_8));
        }
        try (Cursor cursor = resolver.query(uri, null, null, null, null)) {
            assertTrue(cursor.moveToFirst());
            assertEquals("one.json", cursor.getString(cursor.getColumnIndexOrThrow(OpenableColumns.DISPLAY_NAME)));
            assertEquals(CONTENT.length, cursor.getLong(cursor.getColumnIndexOrThrow(OpenableColumns.SIZE)));
            assertFalse(cursor.moveToNext());
        }
        try (Cursor cursor = resolver.query(uri, new String[] {"_data", "_size"}, null, null, null)) {
            assertTrue(cursor.moveToFirst());
            assertTrue(cursor.isNull(0));
            assertEquals(CONTENT.length, cursor.getLong(1));
        }
    }

    @Test
    public void servesNothingElse() throws Exception {
        File secret = new File(RuntimeEnvironment.getApplication().getFilesDir(), "secret.json");
        Files.write(secret.toPath(), CONTENT);
        File beside = new File(log.getParentFile().getParentFile(), "beside.json");
        Files.write(beside.toPath(), CONTENT);
        Files.write(new File(log.getParentFile(), ".hidden.json").toPath(), CONTENT);
        Files.write(new File(log.getParentFile(), "note.txt").toPath(), CONTENT);
        String[] paths = {
            "",
            "gone.json",
            ".",
            "..",
            "../beside.json",
            "..%2fbeside.json",
            "..%2Fbeside.json",
            "%2e%2e%2fbeside.json",
            "%2e%2e/beside.json",
            "./one.json",
            ".%2fone.json",
            "one.json/",
            "one.json/..",
            "one.json/../../beside.json",
            "logs/one.json",
            "%2f" + secret.getAbsolutePath().substring(1).replace("/", "%2f"),
            secret.getAbsolutePath(),
            ".hidden.json",
            "note.txt",
            "one.json%00",
            "one.json%00.txt",
            "ONE.JSON",
            "one.jso?",
            "*",
        };
        for (String path : paths) {
            Uri uri = Uri.parse(ROOT + path);
            if (uri.getPathSegments().equals(LogProvider.uri(log).getPathSegments())) {
                // The slash at the end says nothing.
                continue;
            }
            assertThrows(path, FileNotFoundException.class, () -> resolver.openInputStream(uri));
            try (Cursor cursor = resolver.query(uri, null, null, null, null)) {
                assertEquals(path, 0, cursor.getCount());
            }
        }
    }

    @Test
    public void isReadOnly() throws Exception {
        Uri uri = LogProvider.uri(log);
        for (String mode : new String[] {"w", "rw", "rwt", "wa", "wt"}) {
            assertThrows(SecurityException.class, () -> resolver.openFileDescriptor(uri, mode));
        }
        assertThrows(SecurityException.class, () -> resolver.delete(uri, null, null));
        assertThrows(SecurityException.class, () -> resolver.insert(uri, new ContentValues()));
        assertThrows(SecurityException.class, () -> resolver.update(uri, new ContentValues(), null, null));
        assertEquals(CONTENT.length, log.length());
    }
}
