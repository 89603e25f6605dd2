package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.FrameException;
import io.github.realtimeclassifier.core.measure.RateMeter;
import java.util.Arrays;

/**
 * What became of each frame, and when. Its threads write to it; any thread may read.
 *
 * <p>Times are kept of the first frames only, so that a long run needs no more memory; the counts are of all.
 */
public final class FrameLog {
    /** Of how many fetched frames times are kept: a quarter of an hour at 30 a second. */
    public static final int MOST_ROWS = 27_000;

    private static final int FIRST_ROWS = 1_024;
    private static final int NO_ROW = -1;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final long[] drops = new long[DropReason.values().length];
    private final RateMeter shownRate = new RateMeter(SECOND_NANOS);
    private final RateMeter processedRate = new RateMeter(SECOND_NANOS);
    private long[] numbers = new long[FIRST_ROWS];
    private long[] captures = new long[FIRST_ROWS];
    private long[] starts = new long[FIRST_ROWS];
    private long[] ends = new long[FIRST_ROWS];
    private long[] shows = new long[FIRST_ROWS];
    private int rows;
    private long lastNumber = -1;
    private long captured;
    private long processed;
    private long shown;
    private Classification latest = Classification.NONE;

    /** A frame was fetched. Frames whose numbers were jumped over count as skipped by the source. */
    synchronized void captured(Frame frame) throws FrameException {
        if (frame.number() <= lastNumber) {
            throw new FrameException("expected a frame with a number above " + lastNumber + ", received "
                    + frame.number() + "; a source must give no frame twice");
        }
        // The first frame's number is where the count begins.
        long skipped = captured == 0 ? 0 : frame.number() - lastNumber - 1;
        drops[DropReason.SKIPPED_BY_SOURCE.ordinal()] += skipped;
        captured += 1 + skipped;
        lastNumber = frame.number();
        frame.setRow(newRow(frame));
    }

    private int newRow(Frame frame) {
        if (rows == MOST_ROWS) {
            return NO_ROW;
        }
        if (rows == numbers.length) {
            int length = Math.min(2 * rows, MOST_ROWS);
            numbers = Arrays.copyOf(numbers, length);
            captures = Arrays.copyOf(captures, length);
            starts = Arrays.copyOf(starts, length);
            ends = Arrays.copyOf(ends, length);
            shows = Arrays.copyOf(shows, length);
        }
        numbers[rows] = frame.number();
        captures[rows] = frame.captureNanos();
        starts[rows] = FrameReport.NEVER;
        ends[rows] = FrameReport.NEVER;
        shows[rows] = FrameReport.NEVER;
        return rows++;
    }

    synchronized void processed(Frame frame, Classification result) {
        processed++;
        latest = result;
        processedRate.mark(result.endNanos());
        if (frame.row() != NO_ROW) {
            starts[frame.row()] = result.startNanos();
            ends[frame.row()] = result.endNanos();
        }
    }

    synchronized void shown(Frame frame, long nanos) {
        shown++;
        shownRate.mark(nanos);
        if (frame.row() != NO_ROW) {
            shows[frame.row()] = nanos;
        }
    }

    synchronized void drop(DropReason reason) {
        drops[reason.ordinal()]++;
    }

    /** The newest result; {@link Classification#NONE} before the first. */
    public synchronized Classification latest() {
        return latest;
    }

    /** How many frames the camera took since the first one that was fetched, that one included. */
    public synchronized long captured() {
        return captured;
    }

    /** How many frames were classified. */
    public synchronized long processed() {
        return processed;
    }

    /** How many frames were shown. */
    public synchronized long shown() {
        return shown;
    }

    /** How many frames were not classified for a reason; at the end, all are either processed or dropped. */
    public synchronized long dropped(DropReason reason) {
        return drops[reason.ordinal()];
    }

    /** Frames shown per second (FPS), over the second before a moment of the pipeline's clock. */
    public synchronized double shownPerSecond(long nanos) {
        return shownRate.perSecond(nanos);
    }

    /** Frames processed per second, over the second before a moment of the pipeline's clock. */
    public synchronized double processedPerSecond(long nanos) {
        return processedRate.perSecond(nanos);
    }

    /**
     * All that is known, as if the pipeline ended now: frames still on their way count as {@link DropReason#STOPPED}.
     */
    public synchronized FrameReport report() {
        long[] settled = drops.clone();
        long onTheirWay = captured - processed;
        for (long count : drops) {
            onTheirWay -= count;
        }
        settled[DropReason.STOPPED.ordinal()] += onTheirWay;
        return new FrameReport(
                captured,
                processed,
                shown,
                settled,
                Arrays.copyOf(numbers, rows),
                Arrays.copyOf(captures, rows),
                Arrays.copyOf(starts, rows),
                Arrays.copyOf(ends, rows),
                Arrays.copyOf(shows, rows));
    }
}
