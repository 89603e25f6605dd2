package io.github.realtimeclassifier.app.screen;

import io.github.realtimeclassifier.app.model.Choice;
import org.robolectric.annotation.Implementation;
import org.robolectric.annotation.Implements;

/** A phone with as many cores as the paper's, on whatever machine the tests run. */
@Implements(Choice.class)
public final class EightCores {
    /** How many threads can be chosen. */
    @Implementation
    protected static int cores() {
        return 8;
    }
}
