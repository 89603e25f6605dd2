package io.github.realtimeclassifier.app.image;

import android.content.ContentResolver;
import android.database.Cursor;
import android.net.Uri;
import android.provider.DocumentsContract;
import android.provider.DocumentsContract.Document;
import io.github.realtimeclassifier.core.BoundedRead;
import io.github.realtimeclassifier.core.ImageException;
import io.github.realtimeclassifier.core.image.ArgbImage;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.run.ImageDecoder;
import io.github.realtimeclassifier.core.run.ImageFolder;
import io.github.realtimeclassifier.core.run.ImageSet;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The PNG and JPEG files of a folder that the user chose, and of the folders in it: as {@link ImageFolder}, but behind
 * Android's documents, where a folder has no path.
 */
public final class DocumentImages implements ImageSet {
    private static final String[] COLUMNS = {
        Document.COLUMN_DOCUMENT_ID, Document.COLUMN_DISPLAY_NAME, Document.COLUMN_MIME_TYPE
    };

    private final ContentResolver resolver;
    private final Uri tree;
    private final ImageDecoder decoder;
    private final String name;
    private final List<String> ids = new ArrayList<>();
    private final List<Uri> documents = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    private DocumentImages(ContentResolver resolver, Uri tree, ImageDecoder decoder, String name) {
        this.resolver = resolver;
        this.tree = tree;
        this.decoder = decoder;
        this.name = name;
    }

    /**
     * Lists a folder.
     *
     * @param tree as the system's folder picker gives it.
     * @param manifest tells the classes.
     * @throws ImageException it cannot be read (any more), or holds no images or too many.
     */
    public static DocumentImages open(ContentResolver resolver, Uri tree, Manifest manifest, ImageDecoder decoder)
            throws ImageException {
        try {
            String root = DocumentsContract.getTreeDocumentId(tree);
            DocumentImages images = new DocumentImages(resolver, tree, decoder, folderName(resolver, tree, root));
            Map<String, String> folders = images.list(root, "", NO_LABEL);
            for (Map.Entry<String, String> folder : folders.entrySet()) {
                images.list(
                        folder.getValue(), folder.getKey() + "/", ImageFolder.labelOf(folder.getKey(), manifest));
            }
            if (images.ids.isEmpty() || images.ids.size() > ImageFolder.MOST_IMAGES) {
                throw new ImageException("expected 1 to " + ImageFolder.MOST_IMAGES
                        + " PNG or JPEG files in the folder " + images.name + ", received " + images.ids.size()
                        + "; choose another folder");
            }
            return images;
        } catch (RuntimeException error) {
            // The app that has the folder answers in its own way: the right may be taken back, the app gone.
            throw unreadable(tree, error instanceof SecurityException ? "no permission for it" : "" + error, error);
        }
    }

    private static ImageException unreadable(Uri tree, String received, Throwable cause) {
        return new ImageException("expected the folder " + tree.getLastPathSegment() + " to be readable, received "
                + received + "; choose it again on the measuring screen", cause);
    }

    private static String folderName(ContentResolver resolver, Uri tree, String root) {
        Uri document = DocumentsContract.buildDocumentUriUsingTree(tree, root);
        try (Cursor cursor = resolver.query(document, new String[] {Document.COLUMN_DISPLAY_NAME}, null, null, null)) {
            String found = cursor != null && cursor.moveToFirst() ? cursor.getString(0) : null;
            return found == null || found.isEmpty() ? "folder" : found;
        }
    }

    /** Takes the images of one folder, sorted by name, and gives the folders in it: name and id. */
    private Map<String, String> list(String folder, String prefix, int label) throws ImageException {
        Map<String, String> folders = new TreeMap<>();
        Map<String, String> pictures = new TreeMap<>();
        Uri children = DocumentsContract.buildChildDocumentsUriUsingTree(tree, folder);
        try (Cursor cursor = resolver.query(children, COLUMNS, null, null, null)) {
            if (cursor == null) {
                throw unreadable(tree, "no answer", null);
            }
            while (cursor.moveToNext()) {
                String id = cursor.getString(0);
                String called = cursor.getString(1) == null ? id : cursor.getString(1);
                if (Document.MIME_TYPE_DIR.equals(cursor.getString(2))) {
                    folders.put(unused(folders, called), id);
                } else if (ImageFolder.isPicture(called)) {
                    pictures.put(unused(pictures, called), id);
                }
            }
        }
        for (Map.Entry<String, String> picture : pictures.entrySet()) {
            ids.add(prefix + picture.getKey());
            documents.add(DocumentsContract.buildDocumentUriUsingTree(tree, picture.getValue()));
            labels.add(label);
        }
        return folders;
    }

    /** A cloud's folder may have two documents of one name; a run log must not. */
    private static String unused(Map<String, String> taken, String called) {
        String unused = called;
        for (int number = 2; taken.containsKey(unused); number++) {
            unused = called + " (" + number + ")";
        }
        return unused;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int count() {
        return ids.size();
    }

    @Override
    public String id(int image) {
        return ids.get(image);
    }

    @Override
    public int label(int image) {
        return labels.get(image);
    }

    @Override
    public ArgbImage read(int image) throws ImageException {
        byte[] content;
        try (InputStream stream = resolver.openInputStream(documents.get(image))) {
            if (stream == null) {
                throw new IOException("the app that has it gave nothing");
            }
            content = BoundedRead.upTo(stream, ImageFolder.LARGEST_FILE_BYTES);
        } catch (IOException | RuntimeException error) {
            throw new ImageException(
                    "cannot read " + ids.get(image) + ": " + error.getMessage() + "; choose its folder again", error);
        }
        ImageFolder.checkLength(content, ids.get(image));
        return decoder.decode(content, ids.get(image));
    }
}
