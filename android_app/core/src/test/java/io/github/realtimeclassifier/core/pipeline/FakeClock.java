package io.github.realtimeclassifier.core.pipeline;

import io.github.realtimeclassifier.core.Clock;
import java.util.PriorityQueue;

/**
 * A clock that stands still until somebody sleeps. What was planned for the time slept over happens meanwhile, in the
 * order of time: so two threads' work can be played on one, each time alike. What is planned must not sleep itself.
 */
final class FakeClock implements Clock {
    interface Event {
        void happen() throws Exception;
    }

    private record Planned(long nanos, long order, Event event) implements Comparable<Planned> {
        @Override
        public int compareTo(Planned other) {
            return nanos != other.nanos ? Long.compare(nanos, other.nanos) : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Planned> planned = new PriorityQueue<>();
    private long nanos;
    private long order;

    void plan(long moment, Event event) {
        planned.add(new Planned(moment, order++, event));
    }

    /** Sleeps until the next planned event has happened; false when none is planned. */
    boolean sleepToNext() throws InterruptedException {
        if (planned.isEmpty()) {
            return false;
        }
        sleepUntil(planned.peek().nanos());
        return true;
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long epochMillis() {
        return 0;
    }

    @Override
    public void sleepUntil(long moment) throws InterruptedException {
        while (!planned.isEmpty() && planned.peek().nanos() <= moment) {
            Planned next = planned.remove();
            nanos = Math.max(nanos, next.nanos());
            try {
                next.event().happen();
            } catch (InterruptedException | RuntimeException error) {
                throw error;
            } catch (Exception error) {
                throw new AssertionError(error);
            }
        }
        nanos = Math.max(nanos, moment);
    }
}
