package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.measure.LatencyStatistics;
import java.util.Arrays;

/** What became of a pipeline's frames: counts of all, and times of the first {@link FrameLog#MOST_ROWS}. Immutable. */
public final class FrameReport {
    /** Stands for the time of what did not happen. */
    public static final long NEVER = Long.MIN_VALUE;

    private final long captured;
    private final long processed;
    private final long shown;
    private final long[] drops;
    private final long[] numbers;
    private final long[] captures;
    private final long[] starts;
    private final long[] ends;
    private final long[] shows;

    /** Keeps the arrays: the log gives copies. */
    FrameReport(
            long captured,
            long processed,
            long shown,
            long[] drops,
            long[] numbers,
            long[] captures,
            long[] starts,
            long[] ends,
            long[] shows) {
        this.captured = captured;
        this.processed = processed;
        this.shown = shown;
        this.drops = drops;
        this.numbers = numbers;
        this.captures = captures;
        this.starts = starts;
        this.ends = ends;
        this.shows = shows;
    }

    /** How many frames the camera took from the first that was fetched to the last; processed + dropped. */
    public long captured() {
        return captured;
    }

    /** How many frames were classified. */
    public long processed() {
        return processed;
    }

    /** How many frames were shown. */
    public long shown() {
        return shown;
    }

    /** How many frames were not classified for a reason. */
    public long dropped(DropReason reason) {
        return drops[reason.ordinal()];
    }

    /** From the beginning of preprocessing to the result. */
    public LatencyStatistics latency() {
        return untilEnd(starts);
    }

    /** From capture to the result. */
    public LatencyStatistics age() {
        return untilEnd(captures);
    }

    private LatencyStatistics untilEnd(long[] from) {
        long[] durations = new long[ends.length];
        int count = 0;
        for (int row = 0; row < ends.length; row++) {
            if (ends[row] != NEVER) {
                durations[count++] = ends[row] - from[row];
            }
        }
        return LatencyStatistics.of(Arrays.copyOf(durations, count));
    }

    /** The frames' numbers; a copy. */
    public long[] numbers() {
        return numbers.clone();
    }

    /** When each was captured, in nanoseconds of the pipeline's clock; a copy. */
    public long[] captureNanos() {
        return captures.clone();
    }

    /** When preprocessing of each began, or {@link #NEVER}; a copy. */
    public long[] startNanos() {
        return starts.clone();
    }

    /** When each one's result was there, or {@link #NEVER}; a copy. */
    public long[] endNanos() {
        return ends.clone();
    }

    /** When each was shown, or {@link #NEVER}; a copy. */
    public long[] shownNanos() {
        return shows.clone();
    }
}
