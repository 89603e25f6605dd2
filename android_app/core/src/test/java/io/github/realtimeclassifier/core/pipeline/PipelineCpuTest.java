package io.github.realtimeclassifier.core.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.desktop.JvmSystem;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Inputs;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.image.YuvFrame;
import io.github.realtimeclassifier.core.measure.RunTime;
import io.github.realtimeclassifier.core.measure.RunTimer;
import io.github.realtimeclassifier.core.measure.ThreadCpu;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which thread of a pipeline the network's CPU time falls on. CPU time is the same however busy the machine is. */
class PipelineCpuTest {
    private static final ImageInput INPUT = Inputs.gray(2, 2, 2);
    private static final long MILLI = 1_000_000L;
    private static final long BURNED_NANOS = 1_000 * MILLI;

    private final CountDownLatch burned = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final RunTimer timer = RunTimer.start(new JvmSystem(), SystemClock.INSTANCE, 64);
    private DeploymentException failure;

    private final PipelineListener listener = new PipelineListener() {
        @Override
        public void onError(DeploymentException error) {
            failure = error;
        }

        @Override
        public void onThreadEnd() {
            timer.readThreads();
        }

        @Override
        public void onEnd() {
            ended.countDown();
        }
    };

    /** Computes for 20 ms of its thread's CPU time at each frame. */
    private final class BusyEngine implements Engine {
        private long total;

        @Override
        public String name() {
            return "busy";
        }

        @Override
        public String version() {
            return "1";
        }

        @Override
        public int threads() {
            return 1;
        }

        @Override
        public int inputLength() {
            return INPUT.length();
        }

        @Override
        public int classes() {
            return 2;
        }

        @Override
        public void classify(float[] tensor, float[] probabilities) {
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            long taken = 0;
            while (taken < 20 * MILLI) {
                taken = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
            }
            total += taken;
            if (total >= BURNED_NANOS) {
                burned.countDown();
            }
        }

        @Override
        public float[] fetch(float[] tensor, String node) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    /** Nanoseconds by name. */
    private Map<String, Long> threads(boolean multithreaded) throws Exception {
        assumeTrue(new File("/proc/self/task").isDirectory(), "this system does not tell threads' CPU time");
        FrameSource source = PacedSource.create(
                SystemClock.INSTANCE, new YuvFrame(4, 4), Rotation.DEGREES_0, 100, Long.MAX_VALUE);
        FrameClassifier classifier =
                FrameClassifier.create(SystemClock.INSTANCE, INPUT, new BusyEngine(), source, 2);
        Display display = (frame, latest) -> {};
        Pipeline pipeline = multithreaded
                ? MultithreadedPipeline.create(source, classifier, display, SystemClock.INSTANCE, listener)
                : SingleThreadedPipeline.create(source, classifier, display, SystemClock.INSTANCE, listener);
        pipeline.start();
        assertTrue(burned.await(2, TimeUnit.MINUTES));
        assertTrue(pipeline.stop(60_000));
        assertTrue(ended.await(1, TimeUnit.MINUTES));
        assertNull(failure);
        RunTime time = timer.stop();
        Map<String, Long> threads = new HashMap<>();
        long sum = 0;
        for (ThreadCpu thread : time.threads()) {
            threads.put(thread.name(), thread.cpuNanos());
            sum += thread.cpuNanos();
        }
        assertEquals(time.threads().size(), threads.size(), "each name once");
        assertTrue(sum <= time.cpuNanos() + 20 * MILLI * threads.size(), "no more than the process took");
        return threads;
    }

    @Test
    void theWorkerCarriesTheNetworkAndTheScreenIsFree() throws Exception {
        Map<String, Long> threads = threads(true);
        assertTrue(threads.get("worker") > 0.9 * BURNED_NANOS, threads.toString());
        assertTrue(threads.get("screen") < 0.25 * BURNED_NANOS, threads.toString());
    }

    @Test
    void aSingleThreadCarriesAll() throws Exception {
        Map<String, Long> threads = threads(false);
        assertTrue(threads.get("screen") > 0.9 * BURNED_NANOS, threads.toString());
        assertNull(threads.get("worker"), threads.toString());
    }
}
