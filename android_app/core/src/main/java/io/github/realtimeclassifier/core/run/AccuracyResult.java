package io.github.realtimeclassifier.core.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a model said of a set of images. Immutable. */
public final class AccuracyResult {
    private final String dataSet;
    private final List<ImageResult> images;
    private final Map<String, String> failed;

    AccuracyResult(String dataSet, List<ImageResult> images, Map<String, String> failed) {
        this.dataSet = dataSet;
        this.images = Collections.unmodifiableList(new ArrayList<>(images));
        this.failed = Collections.unmodifiableMap(new LinkedHashMap<>(failed));
    }

    /** The set's name. */
    public String dataSet() {
        return dataSet;
    }

    /** The images that were classified, in the set's order. */
    public List<ImageResult> images() {
        return images;
    }

    /** The images that could not be read, and why. */
    public Map<String, String> failed() {
        return failed;
    }

    /** How many classified images have a label. */
    public int labelled() {
        int count = 0;
        for (ImageResult image : images) {
            count += image.label() == ImageSet.NO_LABEL ? 0 : 1;
        }
        return count;
    }

    /** How many of them have their true class among the first so many; the paper counts 5, for LeNet 1. */
    public int correct(int topCount) {
        int count = 0;
        for (ImageResult image : images) {
            count += image.label() != ImageSet.NO_LABEL && image.isCorrect(topCount) ? 1 : 0;
        }
        return count;
    }
}
