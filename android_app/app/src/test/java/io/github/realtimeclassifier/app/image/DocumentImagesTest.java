package io.github.realtimeclassifier.app.image;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import android.app.Application;
import android.content.ContentProvider;
import android.content.ContentValues;
import android.database.Cursor;
import android.database.MatrixCursor;
import android.net.Uri;
import android.os.ParcelFileDescriptor;
import android.provider.DocumentsContract;
import android.provider.DocumentsContract.Document;
import io.github.realtimeclassifier.app.Folders;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.run.ImageSet;
import java.io.File;
import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class DocumentImagesTest {
    private static final String AUTHORITY = "documents.of.a.test";
    private static final Uri TREE = DocumentsContract.buildTreeDocumentUri(AUTHORITY, "root");

    private final Application context = RuntimeEnvironment.getApplication();
    private Documents documents;
    private Manifest manifest;

    /** A folder of documents: id, name, kind, folder. */
    public static final class Documents extends ContentProvider {
        private final List<String[]> entries = new ArrayList<>();
        private RuntimeException failure;
        private File content;

        void add(String id, String name, String type, String folder) {
            entries.add(new String[] {id, name, type, folder});
        }

        @Override
        public Cursor query(Uri uri, String[] columns, String selection, String[] arguments, String order) {
            if (failure != null) {
                throw failure;
            }
            String id = DocumentsContract.getDocumentId(uri);
            boolean children = uri.getLastPathSegment().equals("children");
            MatrixCursor cursor = new MatrixCursor(columns);
            for (String[] entry : entries) {
                if (id.equals(children ? entry[3] : entry[0])) {
                    MatrixCursor.RowBuilder row = cursor.newRow();
                    for (String column : columns) {
                        row.add(entry[Arrays.asList(
                                        Document.COLUMN_DOCUMENT_ID,
                                        Document.COLUMN_DISPLAY_NAME,
                                        Document.COLUMN_MIME_TYPE)
                                .indexOf(column)]);
                    }
                }
            }
            return cursor;
        }

        @Override
        public ParcelFileDescriptor openFile(Uri uri, String mode) throws FileNotFoundException {
            if (DocumentsContract.getDocumentId(uri).equals("gone")) {
                throw new FileNotFoundException("it was deleted");
            }
            return ParcelFileDescriptor.open(content, ParcelFileDescriptor.MODE_READ_ONLY);
        }

        @Override
        public boolean onCreate() {
            return true;
        }

        @Override
        public String getType(Uri uri) {
            return null;
        }

        @Override
        public Uri insert(Uri uri, ContentValues values) {
            throw new UnsupportedOperationException("expected nobody to write");
        }

        @Override
        public int delete(Uri uri, String selection, String[] arguments) {
            throw new UnsupportedOperationException("expected nobody to write");
        }

        @Override
        public int update(Uri uri, ContentValues values, String selection, String[] arguments) {
            throw new UnsupportedOperationException("expected nobody to write");
        }
    }

    @Before
    public void standIn() throws Exception {
        documents = Robolectric.setupContentProvider(Documents.class, AUTHORITY);
        Path content = Paths.get(System.getProperty("golden.dir")).resolve("portrait.png");
        documents.content = content.toFile();
        manifest = Manifest.read(Folders.push("colours", "colours").toFile());
    }

    private DocumentImages open() throws ImageException {
        return DocumentImages.open(context.getContentResolver(), TREE, manifest, new BitmapDecoder());
    }

    private static List<String> ids(ImageSet images) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < images.count(); i++) {
            ids.add(images.id(i) + " " + images.label(i));
        }
        return ids;
    }

    @Test
    public void listsAFolderAndTheFoldersInIt() throws Exception {
        documents.add("root", "Holiday", Document.MIME_TYPE_DIR, "");
        documents.add("1", "z.PNG", "image/png", "root");
        documents.add("2", "a.jpeg", "image/jpeg", "root");
        documents.add("3", "note.txt", "text/plain", "root");
        documents.add("4", "n2", Document.MIME_TYPE_DIR, "root");
        documents.add("5", "b.png", "image/png", "4");
        documents.add("6", "b.png", "image/png", "4");
        documents.add("7", "deeper", Document.MIME_TYPE_DIR, "4");
        documents.add("8", "c.png", "image/png", "7");
        documents.add("9", "blue", Document.MIME_TYPE_DIR, "root");
        documents.add("10", "d.jpg", "image/jpeg", "9");
        DocumentImages images = open();
        assertEquals("Holiday", images.name());
        assertEquals(
                Arrays.asList("a.jpeg -1", "z.PNG -1", "blue/d.jpg 2", "n2/b.png 1", "n2/b.png (2) 1"), ids(images));
        ArgbImage picture = images.read(1);
        ArgbImage expected =
                new BitmapDecoder().decode(Files.readAllBytes(documents.content.toPath()), "portrait.png");
        assertEquals(expected.width(), picture.width());
        assertEquals(expected.height(), picture.height());
    }

    @Test
    public void anEmptyFolderIsRefused() {
        documents.add("root", "Empty", Document.MIME_TYPE_DIR, "");
        ImageException error = assertThrows(ImageException.class, this::open);
        assertTrue(error.getMessage(), error.getMessage().contains("in the folder Empty, received 0"));
    }

    @Test
    public void aFolderThatIsNoLongerAllowedSaysSo() {
        documents.failure = new SecurityException("Permission Denial");
        ImageException error = assertThrows(ImageException.class, this::open);
        assertEquals(
                "expected the folder root to be readable, received no permission for it; choose it again on the"
                        + " measuring screen",
                error.getMessage());
    }

    @Test
    public void aDocumentThatIsGoneIsThatImagesFailureAlone() throws Exception {
        documents.add("root", "Folder", Document.MIME_TYPE_DIR, "");
        documents.add("gone", "a.png", "image/png", "root");
        documents.add("2", "b.png", "image/png", "root");
        DocumentImages images = open();
        ImageException error = assertThrows(ImageException.class, () -> images.read(0));
        assertTrue(error.getMessage(), error.getMessage().contains("cannot read a.png"));
        images.read(1);
    }
}
