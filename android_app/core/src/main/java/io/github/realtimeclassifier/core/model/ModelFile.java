package io.github.realtimeclassifier.core.model;

import io.github.realtimeclassifier.core.BoundedRead;
import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.Sha256;
import io.github.realtimeclassifier.core.json.JsonException;
import io.github.realtimeclassifier.core.json.JsonFields;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.regex.Pattern;

/** One file of a model, and the names by which it is fed and read. Immutable. */
public final class ModelFile {
    /** The format that TensorFlow for Mobile 1.13.1 reads. */
    public static final String TF_MOBILE = "tf_mobile_pb";

    /** The format that TensorFlow Lite reads. */
    public static final String TFLITE = "tflite";

    /** The largest file, in bytes; the largest of the six models has 103 million. */
    public static final int LARGEST_BYTES = 1 << 30;

    static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern FORMAT = Pattern.compile("[a-z0-9_]{1,60}");
    // The name of a file, on whichever system: no folder, no drive, nothing that a terminal would act on.
    private static final Pattern FILE_NAME = Pattern.compile("(?!\\.{1,2}$)[^/\\\\:\\p{Cntrl}]{1,120}");
    private static final int MOST_NODES = 10_000;

    private final String format;
    private final String path;
    private final String sha256;
    private final long bytes;
    private final String inputNode;
    private final String outputNode;
    private final List<String> intermediateNodes;

    private ModelFile(JsonFields fields) throws JsonException {
        fields.only(
                "format", "path", "sha256", "bytes", "input_node", "output_node", "intermediate_nodes", "recipe");
        format = fields.text("format", FORMAT, "a format's name, such as tflite");
        path = fields.text("path", FILE_NAME, "the name of a file beside the manifest");
        sha256 = fields.text("sha256", SHA256, "64 hexadecimal digits");
        bytes = fields.integer("bytes", 1, Long.MAX_VALUE / 16);
        inputNode = fields.text("input_node");
        outputNode = fields.text("output_node");
        intermediateNodes = Manifest.optionalTexts(fields, "intermediate_nodes", MOST_NODES);
        fields.text("recipe", SHA256, "64 hexadecimal digits");
    }

    static ModelFile read(JsonFields fields) throws JsonException {
        return new ModelFile(fields);
    }

    /**
     * The file, after its content was compared with the manifest.
     *
     * @param folder the manifest's folder.
     * @throws ManifestException the file is missing, unreadable, damaged, of another model, or a link to elsewhere.
     */
    public File checkedFile(File folder) throws ManifestException {
        File file = new File(folder, path);
        try {
            // A link that leads out of the folder has another canonical path.
            if (!file.isFile() || !file.getCanonicalFile().equals(new File(folder.getCanonicalFile(), path))) {
                throw new ManifestException("expected a file " + path + " in " + folder
                        + ", as the manifest names it; received none; build the model again");
            }
            compare(file.length(), file.length() == bytes ? Sha256.of(file) : "another hash");
        } catch (IOException error) {
            throw new ManifestException("cannot read " + file + ": " + error.getMessage()
                    + "; correct its rights, or build the model again", error);
        }
        return file;
    }

    /**
     * The file's content, where it is no file of its own but lies in an app's package.
     *
     * @param stream is read to its end and not closed.
     * @throws ManifestException the content is not what the manifest says, or cannot be read.
     */
    public byte[] checkedContent(InputStream stream) throws ManifestException {
        checkReadable();
        byte[] content;
        try {
            content = BoundedRead.upTo(stream, (int) bytes);
        } catch (IOException error) {
            throw new ManifestException(
                    "cannot read " + path + ": " + error.getMessage() + "; install the app again", error);
        }
        compare(content.length, content.length == bytes ? Sha256.of(content) : "another hash");
        return content;
    }

    private void checkReadable() throws ManifestException {
        if (bytes > LARGEST_BYTES) {
            throw new ManifestException("expected " + path + " to have at most " + LARGEST_BYTES
                    + " bytes, received " + bytes + " in the manifest; choose a smaller model");
        }
    }

    private void compare(long size, String hash) throws ManifestException {
        checkReadable();
        if (size != bytes || !hash.equals(sha256)) {
            throw new ManifestException(path + " is damaged or of another model: expected " + bytes
                    + " bytes with SHA-256 " + sha256 + ", received " + (size > bytes ? "at least " : "") + size
                    + " bytes with " + hash + "; build the model again, or install the app again");
        }
    }

    /** The format, such as {@link #TF_MOBILE}. */
    public String format() {
        return format;
    }

    /** The file's name, in the manifest's folder. */
    public String path() {
        return path;
    }

    /** The hash of the content, as 64 hexadecimal digits; of a folder, see {@code helpers/files.py}. */
    public String sha256() {
        return sha256;
    }

    /** The size in bytes. */
    public long bytes() {
        return bytes;
    }

    /** The node that takes the image tensor. */
    public String inputNode() {
        return inputNode;
    }

    /** The node that gives the probabilities. */
    public String outputNode() {
        return outputNode;
    }

    /** The nodes between them whose values can be fetched. */
    public List<String> intermediateNodes() {
        return intermediateNodes;
    }
}
