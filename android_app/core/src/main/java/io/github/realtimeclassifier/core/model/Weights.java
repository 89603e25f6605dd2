package io.github.realtimeclassifier.core.model;

import io.github.realtimeclassifier.core.json.JsonException;
import io.github.realtimeclassifier.core.json.JsonFields;
import java.util.regex.Pattern;

/** Where the numbers in a model come from. Whatever is shown of an untrained model must say so. Immutable. */
public final class Weights {
    private static final Pattern KIND = Pattern.compile("trained|untrained|given");

    private final String kind;
    private final String source;
    private final String licence;
    private final String sha256;

    private Weights(JsonFields fields) throws JsonException {
        fields.only("kind", "source", "licence", "sha256");
        kind = fields.text("kind", KIND, "one of trained, untrained, given");
        source = fields.text("source");
        licence = fields.text("licence");
        sha256 = fields.text("sha256", ModelFile.SHA256, "64 hexadecimal digits");
    }

    static Weights read(JsonFields fields) throws JsonException {
        return new Weights(fields);
    }

    /** One of trained, untrained, given. */
    public String kind() {
        return kind;
    }

    /** Whether the network has learnt nothing: its answers mean nothing, only its speed does. */
    public boolean isUntrained() {
        return kind.equals("untrained");
    }

    /** Where they come from, in words. */
    public String source() {
        return source;
    }

    /** The licence under which they may be used. */
    public String licence() {
        return licence;
    }

    /** The hash of the weights, as 64 hexadecimal digits. */
    public String sha256() {
        return sha256;
    }
}
