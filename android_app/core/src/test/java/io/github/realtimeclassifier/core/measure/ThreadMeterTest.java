package io.github.realtimeclassifier.core.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CPU time by thread: on files such as Linux shows, where every number is known, and on this very process. */
class ThreadMeterTest {
    @TempDir
    Path tasks;

    /** As proc(5) describes it: number, name, state, ten other fields, the two times, six others, the start. */
    private void write(int number, String name, long user, long system, long started) throws Exception {
        Path folder = Files.createDirectories(tasks.resolve(Integer.toString(number)));
        String fields = "R 1 2 3 4 5 6 7 8 9 10 " + user + " " + system + " 77 77 20 0 30 0 " + started + " 99 99\n";
        Files.writeString(folder.resolve("stat"), number + " (" + name + ") " + fields);
    }

    private void end(int number) throws Exception {
        Files.delete(tasks.resolve(number + "/stat"));
        Files.delete(tasks.resolve(Integer.toString(number)));
    }

    private static List<String> rows(ThreadMeter meter) {
        return meter.threads().stream()
                .map(thread -> thread.name() + " " + thread.cpuNanos() / 1_000_000)
                .toList();
    }

    @Test
    void userAndSystemTimeSinceTheStartCountBusiestFirst() throws Exception {
        write(7, "java", 100, 50, 1);
        write(8, "screen", 0, 0, 2);
        ThreadMeter meter = ThreadMeter.start(tasks.toFile());
        assertEquals(List.of("java 0", "screen 0"), rows(meter));
        write(7, "java", 103, 51, 1);
        write(8, "screen", 3, 2, 2);
        write(9, "worker", 70, 9, 3);
        meter.read();
        assertEquals(List.of("worker 790", "screen 50", "java 40"), rows(meter));
    }

    @Test
    void threadsOfOneNameAreNumberedInTheOrderOfTheirStart() throws Exception {
        for (int number : new int[] {11, 9, 100}) {
            write(number, "pool", number, 0, number);
        }
        write(10, "pool 2", 1, 0, 10);
        write(12, " ", 5, 0, 12);
        ThreadMeter meter = ThreadMeter.start(Files.createDirectory(tasks.resolve("none")).toFile());
        assertEquals(List.of(), rows(meter));
        ThreadMeter all = ThreadMeter.start(tasks.resolve("later").toFile());
        assertEquals(List.of(), rows(all), "a system without such files");
        ThreadMeter pools = ThreadMeter.start(tasks.toFile());
        for (int number : new int[] {11, 9, 100}) {
            write(number, "pool", 2L * number, 0, number);
        }
        pools.read();
        assertEquals(List.of("pool 4 1000", "pool 3 110", "pool 90", "pool 2 0", "unnamed 0"), rows(pools));
    }

    @Test
    void aThreadThatEndedKeepsWhatItHadAndItsNumberMayBeGivenAgain() throws Exception {
        write(7, "java", 0, 0, 1);
        ThreadMeter meter = ThreadMeter.start(tasks.toFile());
        write(8, "screen", 30, 0, 2);
        meter.read();
        end(8);
        meter.read();
        assertEquals(List.of("screen 300", "java 0"), rows(meter));
        write(8, "other", 20, 0, 5);
        meter.read();
        assertEquals(List.of("screen 300", "other 200", "java 0"), rows(meter));
    }

    @Test
    void namesMayHoldWhatSeparatesFieldsAndWhatIsNoStatIsLeftOut() throws Exception {
        write(7, "a) (b c", 4, 0, 1);
        String[] contents = {"", "8", "8 (x", "8 (x) R 1 2", "8 )x( " + "1 ".repeat(30), "8 (x) " + "y ".repeat(30)};
        for (String content : contents) {
            Files.writeString(Files.createDirectories(tasks.resolve("8")).resolve("stat"), content);
            ThreadMeter meter = ThreadMeter.start(tasks.toFile());
            write(7, "a) (b c", 6, 0, 1);
            meter.read();
            assertEquals(List.of("a) (b c 20"), rows(meter), content);
            write(7, "a) (b c", 4, 0, 1);
        }
    }

    @Test
    void onlyTheBusiestAreTold() throws Exception {
        ThreadMeter meter = ThreadMeter.start(tasks.toFile());
        for (int i = 0; i < 100; i++) {
            write(1_000 + i, "t" + i, i, 0, i);
        }
        meter.read();
        assertEquals(ThreadMeter.MOST_THREADS, meter.threads().size());
        assertEquals("t99 990", rows(meter).get(0));
        assertEquals("t36 360", rows(meter).get(63));
    }

    @Test
    void thisProcessHasItsThreadsWhereTheSystemTellsThem() {
        ThreadMeter meter = ThreadMeter.start(ThreadMeter.OWN_THREADS);
        File linux = new File("/proc/self/task");
        assertEquals(linux.exists(), !meter.threads().isEmpty());
        assertTrue(meter.threads().stream().allMatch(thread -> thread.cpuNanos() == 0), "nothing at the start");
    }
}
