package io.github.realtimeclassifier.core.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.desktop.JvmSystem;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The meters, on numbers that are known. */
class MeasureTest {
    private static final long SECOND = 1_000_000_000L;

    private long now;
    private long cpu;

    private final Clock clock = new Clock() {
        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public long epochMillis() {
            return 77;
        }

        @Override
        public void sleepUntil(long nanos) {
            now = nanos;
        }
    };

    @Test
    void percentilesAreByNearestRank() {
        LatencyStatistics latency = LatencyStatistics.of(new long[] {3_000_000, 1_000_000, 2_000_000, 10_000_000});
        assertEquals(4, latency.count());
        assertEquals(4.0, latency.meanMillis());
        assertEquals(1.0, latency.percentileMillis(1));
        assertEquals(1.0, latency.percentileMillis(25));
        assertEquals(2.0, latency.percentileMillis(26));
        assertEquals(2.0, latency.percentileMillis(50));
        assertEquals(10.0, latency.percentileMillis(95));
        assertEquals(10.0, latency.percentileMillis(100));
    }

    @Test
    void aWholeRankStaysWholeInFloatingPoint() {
        // 28 % of 25 is the seventh, though 0.28 * 25 is a little more than 7 for a computer.
        long[] values = LongStream.rangeClosed(1, 25).map(value -> value * 1_000_000).toArray();
        assertEquals(7.0, LatencyStatistics.of(values).percentileMillis(28));
    }

    @Test
    void percentilesHoldTheirDefinition() {
        Random random = new Random(8);
        for (int i = 0; i < 300; i++) {
            long[] values = random.longs(1 + random.nextInt(50), 0, 20).map(value -> value * 1_000_000).toArray();
            double percent = 1 + random.nextInt(100);
            double found = LatencyStatistics.of(values).percentileMillis(percent);
            long notAbove = Arrays.stream(values).filter(value -> value / 1e6 <= found).count();
            long below = Arrays.stream(values).filter(value -> value / 1e6 < found).count();
            assertTrue(notAbove * 100.0 >= percent * values.length);
            assertTrue(below * 100.0 < percent * values.length);
        }
    }

    @Test
    void nothingMeasuredIsNoNumber() {
        LatencyStatistics none = LatencyStatistics.of(new long[0]);
        assertTrue(Double.isNaN(none.meanMillis()));
        assertTrue(Double.isNaN(none.percentileMillis(50)));
        assertThrows(IllegalArgumentException.class, () -> none.percentileMillis(0));
        assertThrows(IllegalArgumentException.class, () -> none.percentileMillis(100.5));
        assertThrows(IllegalArgumentException.class, () -> none.percentileMillis(Double.NaN));
    }

    @Test
    void ratesAreOfTheTimeJustPast() {
        RateMeter meter = new RateMeter(SECOND);
        assertEquals(0.0, meter.perSecond(0));
        for (int i = 0; i < 30; i++) {
            meter.mark(i * SECOND / 30);
        }
        assertEquals(30.0, meter.perSecond(29 * SECOND / 30));
        assertEquals(15.0, meter.perSecond(SECOND + 14 * SECOND / 30));
        assertEquals(0.0, meter.perSecond(3 * SECOND));
        RateMeter fast = new RateMeter(SECOND);
        for (int i = 0; i < 10_000; i++) {
            fast.mark(i);
        }
        assertEquals(4_096.0, fast.perSecond(10_000), "the most it counts");
    }

    @Test
    void cpuUseIsCpuTimeOverTimeTimesCores() {
        CpuMeter meter = CpuMeter.start(() -> cpu, clock, 4);
        assertEquals(0.0, meter.percent());
        now += 2 * SECOND;
        cpu += 3 * SECOND;
        assertEquals(37.5, meter.percent());
        assertEquals(3 * SECOND, meter.cpuNanos());
        assertEquals(2 * SECOND, meter.wallNanos());
        cpu += 100 * SECOND;
        assertEquals(100.0, meter.percent());
        assertThrows(IllegalArgumentException.class, () -> CpuMeter.start(() -> cpu, clock, 0));
    }

    @Test
    void aRunIsTimed() {
        now = 5;
        RunTimer timer = RunTimer.start(() -> cpu, clock, 2);
        now += SECOND;
        cpu += SECOND;
        RunTime time = timer.stop();
        now += SECOND;
        assertEquals(77, time.startedEpochMillis());
        assertEquals(5, time.startNanos());
        assertEquals(SECOND, time.wallNanos());
        assertEquals(50.0, time.cpuPercent());
    }

    @Test
    void theJvmTellsItsCpuTimeAndItsMachine() {
        JvmSystem system = new JvmSystem();
        long before = system.processCpuNanos();
        double sum = 0;
        while (system.processCpuNanos() == before) {
            sum += Math.sqrt(sum + 1);
        }
        assertTrue(system.processCpuNanos() > before && sum > 0);
        assertTrue(system.device().cores() >= 1);
        assertTrue(system.peakMemoryBytes() >= 0);
    }

    @Test
    void theSystemsClockSleepsAtLeastAsLongAsAsked() throws InterruptedException {
        long end = SystemClock.INSTANCE.nanoTime() + 3_000_000;
        SystemClock.INSTANCE.sleepUntil(end);
        assertTrue(SystemClock.INSTANCE.nanoTime() >= end);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> SystemClock.INSTANCE.sleepUntil(0));
    }
}
