package io.github.realtimeclassifier.core.model;

import io.github.realtimeclassifier.core.BoundedRead;
import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.json.JsonException;
import io.github.realtimeclassifier.core.json.JsonFields;
import io.github.realtimeclassifier.core.json.StrictJson;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A model as an app sees it: {@code manifest.json}, which lies beside the model's files. Nothing about a model is typed
 * by hand in Java (paper, section II.B.2: "manually set up the model").
 *
 * <p>{@code helpers/manifest.py} defines the fields. Each field of schema version 1 is checked and an unknown one
 * refused; only a file of an unknown format is let pass, since a model may be there for other platforms too. Immutable.
 */
public final class Manifest {
    /** The file's name in a model's folder. */
    public static final String FILE_NAME = "manifest.json";

    private static final Pattern MODEL = Pattern.compile("[a-z0-9_]{1,60}");
    private static final int MOST_LABELS = 100_000;
    private static final int MOST_FILES = 100;

    private final String model;
    private final String title;
    private final String citation;
    private final ImageInput input;
    private final List<String> labels;
    private final List<String> labelIds;
    private final Weights weights;
    private final List<ModelFile> files;
    private final Map<String, String> tools;

    private Manifest(JsonFields fields) throws JsonException {
        fields.only(
                "schema_version", "model", "title", "citation", "input", "labels", "label_ids", "weights", "files",
                "tools");
        // Asked first: of another version, nothing else can be said.
        if (fields.names().contains("schema_version")) {
            fields.integer("schema_version", 1, 1);
        }
        model = fields.text("model", MODEL, "1 to 60 of the characters a-z, 0-9 and _");
        title = fields.text("title");
        citation = fields.text("citation");
        input = ImageInput.read(fields.object("input"));
        labels = fields.texts("labels", 2, MOST_LABELS);
        Set<String> different = new HashSet<>();
        for (String label : labels) {
            // An app finds a class by its label. Swift, unlike Java, holds two texts to be the same if Unicode does.
            if (!different.add(Normalizer.normalize(label, Normalizer.Form.NFC))) {
                throw fields.wrong("labels", "each label once");
            }
        }
        labelIds = optionalTexts(fields, "label_ids", MOST_LABELS);
        if (!labelIds.isEmpty() && labelIds.size() != labels.size()) {
            throw fields.wrong("label_ids", "none, or as many as labels, " + labels.size());
        }
        weights = Weights.read(fields.object("weights"));
        files = readFiles(fields);
        tools = fields.object("tools").allTexts();
    }

    private static List<ModelFile> readFiles(JsonFields fields) throws JsonException {
        List<ModelFile> files = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (JsonFields entry : fields.objects("files", 1, MOST_FILES)) {
            ModelFile file = ModelFile.read(entry);
            if (!seen.add("format " + file.format()) || !seen.add("path " + file.path())) {
                throw entry.wrong("format", "each format and each path once");
            }
            files.add(file);
        }
        return Collections.unmodifiableList(files);
    }

    static List<String> optionalTexts(JsonFields fields, String name, int most) throws JsonException {
        return fields.names().contains(name) ? fields.texts(name, 0, most) : Collections.<String>emptyList();
    }

    /**
     * Reads the manifest in a model's folder. The files it names are checked when they are opened.
     *
     * @throws ManifestException there is none, or it breaks a rule; the message names the field.
     */
    public static Manifest read(File folder) throws ManifestException {
        File file = new File(folder, FILE_NAME);
        try {
            return parse(BoundedRead.upTo(file, StrictJson.LARGEST_BYTES), file.toString());
        } catch (IOException error) {
            throw new ManifestException("expected " + FILE_NAME + " in " + folder + ": " + error.getMessage()
                    + "; make it with 'make notebooks'", error);
        }
    }

    /**
     * Reads a manifest that lies in an app's package.
     *
     * @param stream is read to its end and not closed.
     * @param name what messages call it.
     * @throws ManifestException as {@link #read(File)} does.
     */
    public static Manifest read(InputStream stream, String name) throws ManifestException {
        try {
            return parse(BoundedRead.upTo(stream, StrictJson.LARGEST_BYTES), name);
        } catch (IOException error) {
            throw new ManifestException(
                    "cannot read " + name + ": " + error.getMessage() + "; install the app again", error);
        }
    }

    private static Manifest parse(byte[] content, String name) throws ManifestException {
        try {
            return new Manifest(StrictJson.readObject(content));
        } catch (JsonException error) {
            throw new ManifestException(
                    name + " is not a valid manifest: " + error.getMessage() + "; build the model again to replace it",
                    error);
        }
    }

    /**
     * The file of a format.
     *
     * @throws ManifestException the model has none.
     */
    public ModelFile file(String format) throws ManifestException {
        StringBuilder formats = new StringBuilder();
        for (ModelFile file : files) {
            if (file.format().equals(format)) {
                return file;
            }
            formats.append(formats.length() == 0 ? "" : ", ").append(file.format());
        }
        throw new ManifestException("expected a file of the format " + format + " for " + model + ", received "
                + formats + "; build the model again, or choose another engine");
    }

    /** Whether there is a file of a format. */
    public boolean has(String format) {
        for (ModelFile file : files) {
            if (file.format().equals(format)) {
                return true;
            }
        }
        return false;
    }

    /** The model's short name, such as mobilenet; fit for the name of a folder. */
    public String model() {
        return model;
    }

    /** The name to show, such as MobileNet. */
    public String title() {
        return title;
    }

    /** The publication of the network. */
    public String citation() {
        return citation;
    }

    /** Size and preprocessing of the network's input. */
    public ImageInput input() {
        return input;
    }

    /** The class names, in the order of the network's outputs; no two are the same. */
    public List<String> labels() {
        return labels;
    }

    /** The WordNet ids of the classes, in the same order; empty for the digits. */
    public List<String> labelIds() {
        return labelIds;
    }

    /** Where the weights come from. */
    public Weights weights() {
        return weights;
    }

    /** The model's files, one of each format. */
    public List<ModelFile> files() {
        return files;
    }

    /** The tools that made the files, and their versions. */
    public Map<String, String> tools() {
        return tools;
    }
}
