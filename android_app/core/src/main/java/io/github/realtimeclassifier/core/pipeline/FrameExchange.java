package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.ImageException;
import java.util.ArrayDeque;

/**
 * Where the display's thread leaves frames for the worker: only the newest waits, older ones are dropped. Three frames
 * go round: one that the display has, one that waits, one that the worker has.
 */
final class FrameExchange {
    private static final int FRAMES = 3;

    private final FrameLog log;
    private final ArrayDeque<Frame> free = new ArrayDeque<>(FRAMES);
    // Empty, or the one frame that waits.
    private final ArrayDeque<Frame> waiting = new ArrayDeque<>(1);
    private boolean ended;

    FrameExchange(FrameLog log, int width, int height) throws ImageException {
        this.log = log;
        for (int i = 0; i < FRAMES; i++) {
            free.add(new Frame(width, height));
        }
    }

    /** A frame to be filled; there always is one. */
    synchronized Frame takeFree() {
        return free.remove();
    }

    /** A frame is not needed any more. */
    synchronized void release(Frame frame) {
        free.add(frame);
    }

    /** Leaves a frame for the worker. One that still waits is dropped. After the end, this one is. */
    synchronized void offer(Frame frame) {
        if (ended) {
            log.drop(DropReason.STOPPED);
            free.add(frame);
            return;
        }
        if (!waiting.isEmpty()) {
            log.drop(DropReason.REPLACED_BY_NEWER);
            free.add(waiting.remove());
        }
        waiting.add(frame);
        notifyAll();
    }

    /** Waits until there is a frame; false when none is left and none will come. */
    synchronized boolean await() throws InterruptedException {
        while (waiting.isEmpty() && !ended) {
            wait();
        }
        return !waiting.isEmpty();
    }

    /** Whether a frame waits. */
    synchronized boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** The frame that waits; there must be one. */
    synchronized Frame take() {
        return waiting.remove();
    }

    /** No more frames will come. One that waits may still be taken. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** As {@link #end}, and a frame that waits is dropped. */
    synchronized void abandon() {
        end();
        if (!waiting.isEmpty()) {
            log.drop(DropReason.STOPPED);
            free.add(waiting.remove());
        }
    }
}
