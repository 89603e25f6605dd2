package io.github.realtimeclassifier.core.engine;

/** One class and its probability. Immutable. */
public final class Prediction {
    private final int classNumber;
    private final float probability;

    /** Joins the two. */
    public Prediction(int classNumber, float probability) {
        this.classNumber = classNumber;
        this.probability = probability;
    }

    /** The class, counted from 0 in the order of the network's outputs and of the manifest's labels. */
    public int classNumber() {
        return classNumber;
    }

    /** 0 to 1. */
    public float probability() {
        return probability;
    }
}
