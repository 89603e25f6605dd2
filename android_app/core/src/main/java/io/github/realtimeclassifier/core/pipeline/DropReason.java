package io.github.realtimeclassifier.core.pipeline;

import java.util.Locale;

/** Why a frame that the camera took was not classified. */
public enum DropReason {
    /** The camera replaced it by a newer one before the pipeline fetched it. */
    SKIPPED_BY_SOURCE,
    /** A newer one came before the worker was free. */
    REPLACED_BY_NEWER,
    /** The pipeline was stopped before its result was there. */
    STOPPED,
    /** The engine or the screen failed at it. */
    FAILED;

    /** How run logs call it. */
    public String logName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
