package io.github.realtimeclassifier.core.measure;

import io.github.realtimeclassifier.core.BoundedRead;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The CPU time of each thread from one moment on, as Linux and Android tell it; see proc(5). Threads that the runtime
 * or an engine started for itself are among them. All methods may be called from any thread.
 */
final class ThreadMeter {
    /** The threads of this process, a folder each; other systems have none. */
    static final File OWN_THREADS = new File("/proc/self/task");

    /** The most threads that run logs tell of. */
    static final int MOST_THREADS = 64;

    // To programs, Linux counts in ticks of 10 ms on all processors that phones and PCs have.
    private static final long NANOS_PER_TICK = 10_000_000L;
    private static final int LONGEST_STAT_BYTES = 4_096;
    // Counted from the field after the name, the third.
    private static final int USER_TICKS = 14 - 3;
    private static final int SYSTEM_TICKS = 15 - 3;
    private static final int START_TICKS = 22 - 3;

    private final File tasks;
    // By what no two threads share: a number is given again after its thread has ended, but not at the same moment.
    private final Map<String, Known> threads = new LinkedHashMap<>();

    /** What is known of a thread. */
    private static final class Known {
        String name = "";
        long firstTicks;
        long lastTicks;
    }

    private ThreadMeter(File tasks) {
        this.tasks = tasks;
    }

    /**
     * Begins to measure.
     *
     * @param tasks {@link #OWN_THREADS}.
     */
    static ThreadMeter start(File tasks) {
        ThreadMeter meter = new ThreadMeter(tasks);
        meter.read();
        for (Known thread : meter.threads.values()) {
            thread.firstTicks = thread.lastTicks;
        }
        return meter;
    }

    /** Reads the threads' CPU time. A thread that has ended since the last reading keeps what it had then. */
    synchronized void read() {
        String[] numbers = tasks.list();
        if (numbers == null) {
            return;
        }
        // In the order in which they were started: there, numbers grow.
        Arrays.sort(numbers, new Comparator<String>() {
            @Override
            public int compare(String first, String second) {
                int shorter = Integer.compare(first.length(), second.length());
                return shorter == 0 ? first.compareTo(second) : shorter;
            }
        });
        for (String number : numbers) {
            try {
                byte[] stat = BoundedRead.upTo(new File(new File(tasks, number), "stat"), LONGEST_STAT_BYTES);
                read(number, new String(stat, StandardCharsets.UTF_8));
            } catch (IOException | NumberFormatException error) {
                // It ended meanwhile, or the system hides it: it keeps what it had.
                continue;
            }
        }
    }

    /** Such as {@code 73 (worker 1) S 1 73 ...}: the name may hold spaces and parentheses, what follows holds none. */
    private void read(String number, String stat) {
        int open = stat.indexOf('(');
        int close = stat.lastIndexOf(')');
        String[] fields = stat.substring(close + 1).trim().split(" ");
        if (open < 0 || close < open || fields.length <= START_TICKS) {
            return;
        }
        long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
        String identity = number + " " + fields[START_TICKS];
        Known thread = threads.get(identity);
        if (thread == null) {
            thread = new Known();
            threads.put(identity, thread);
        }
        thread.name = stat.substring(open + 1, close).trim();
        thread.lastTicks = ticks;
    }

    /** The threads and their CPU time from the start to the last reading, the busiest first; empty where not told. */
    synchronized List<ThreadCpu> threads() {
        List<ThreadCpu> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Known thread : threads.values()) {
            String name = thread.name.isEmpty() ? "unnamed" : thread.name;
            String own = name;
            for (int i = 2; !names.add(own); i++) {
                own = name + " " + i;
            }
            long ticks = Math.max(0, thread.lastTicks - thread.firstTicks);
            all.add(new ThreadCpu(own, ticks * NANOS_PER_TICK));
        }
        // The sort keeps the order of equals.
        Collections.sort(all, new Comparator<ThreadCpu>() {
            @Override
            public int compare(ThreadCpu first, ThreadCpu second) {
                return Long.compare(second.cpuNanos(), first.cpuNanos());
            }
        });
        return all.size() <= MOST_THREADS ? all : new ArrayList<>(all.subList(0, MOST_THREADS));
    }
}
