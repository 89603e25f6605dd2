package io.github.realtimeclassifier.app;

import io.github.realtimeclassifier.app.model.EngineDecorator;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.engine.StubEngine;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.File;
import java.util.concurrent.atomic.AtomicInteger;

/** Opens stub engines under the name of a real engine, after it has compared the model's file as a real one does. */
public final class StubProvider implements EngineProvider {
    private final String name;
    private final String format;
    private final long latencyNanos;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();

    public StubProvider(String name, String format, long latencyNanos) {
        this.name = name;
        this.format = format;
        this.latencyNanos = latencyNanos;
    }

    public static StubProvider tflite() {
        return new StubProvider("tflite", "tflite", 1_000_000);
    }

    public static StubProvider tfMobile() {
        return new StubProvider("tf_mobile", "tf_mobile_pb", 1_000_000);
    }

    /** How many engines are open now. */
    public int open() {
        return open.get();
    }

    /** How many engines were opened so far. */
    public int opened() {
        return opened.get();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String fileFormat() {
        return format;
    }

    @Override
    public Engine open(Manifest manifest, File folder, int threads) throws DeploymentException {
        manifest.file(format).checkedFile(folder);
        Engine stub = StubEngine.create(
                SystemClock.INSTANCE,
                manifest.input().length(),
                manifest.labels().size(),
                threads,
                latencyNanos);
        open.incrementAndGet();
        opened.incrementAndGet();
        return new EngineDecorator(stub) {
            private boolean closed;

            @Override
            public void close() {
                super.close();
                if (!closed) {
                    closed = true;
                    open.decrementAndGet();
                }
            }
        };
    }
}
