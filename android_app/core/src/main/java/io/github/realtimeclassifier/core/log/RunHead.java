package io.github.realtimeclassifier.core.log;

import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.model.ModelFile;
import java.io.IOException;
import java.util.Collections;
import java.util.List;

/** Who ran what, and where. Immutable. */
public final class RunHead {
    private final String where;
    private final Device device;
    private final String appName;
    private final String appBuild;
    private final Manifest manifest;
    // Empty for an engine that reads no file.
    private final List<ModelFile> file;
    private final String engineName;
    private final String engineVersion;
    private final int engineThreads;
    private final long initNanos;

    /**
     * Describes a run of an engine that reads a file.
     *
     * @param where one of phone and jvm.
     * @param appBuild the app's version.
     * @param file what the engine read.
     * @param initNanos how long it took to open the engine, in nanoseconds.
     */
    public RunHead(
            String where,
            Device device,
            String appName,
            String appBuild,
            Manifest manifest,
            ModelFile file,
            Engine engine,
            long initNanos) {
        this(where, device, appName, appBuild, manifest, Collections.singletonList(file), engine, initNanos);
    }

    /** Describes a run of an engine that reads no file, the stub. */
    public RunHead(
            String where,
            Device device,
            String appName,
            String appBuild,
            Manifest manifest,
            Engine engine,
            long initNanos) {
        this(where, device, appName, appBuild, manifest, Collections.<ModelFile>emptyList(), engine, initNanos);
    }

    private RunHead(
            String where,
            Device device,
            String appName,
            String appBuild,
            Manifest manifest,
            List<ModelFile> file,
            Engine engine,
            long initNanos) {
        if (!where.equals("phone") && !where.equals("jvm")) {
            throw new IllegalArgumentException("expected phone or jvm, received '" + where + "'");
        }
        this.where = where;
        this.device = device;
        this.appName = appName;
        this.appBuild = appBuild;
        this.manifest = manifest;
        this.file = file;
        engineName = engine.name();
        engineVersion = engine.version();
        engineThreads = engine.threads();
        this.initNanos = initNanos;
    }

    String where() {
        return where;
    }

    void write(LogJson json) throws IOException {
        device.write(json);
        json.beginObject("app").text("name", appName).text("build", appBuild).endObject();
        json.beginObject("model")
                .text("name", manifest.model())
                .number("classes", manifest.labels().size())
                .text("weights_kind", manifest.weights().kind())
                .text("weights_sha256", manifest.weights().sha256())
                .optionalText("file_format", file.isEmpty() ? "" : file.get(0).format())
                .optionalText("file_sha256", file.isEmpty() ? "" : file.get(0).sha256())
                .endObject();
        json.beginObject("engine")
                .text("name", engineName)
                .text("version", engineVersion)
                .number("threads", engineThreads)
                .number("init_ns", initNanos)
                .endObject();
    }
}
