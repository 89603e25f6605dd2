package io.github.realtimeclassifier.core.log;

import java.io.IOException;

/** The machine that a run log is of, and its system. Immutable. */
public final class Device {
    private final String manufacturer;
    private final String model;
    private final String soc;
    private final String os;
    private final String osVersion;
    private final int cores;

    /**
     * Describes one. What the system does not tell is an empty text.
     *
     * @param soc the chip's name; may be empty.
     * @param os Android, Linux, macOS or Windows.
     * @param cores of the processor, at least 1.
     */
    public Device(String manufacturer, String model, String soc, String os, String osVersion, int cores) {
        if (cores < 1) {
            throw new IllegalArgumentException("expected at least 1 core, received " + cores);
        }
        this.manufacturer = manufacturer;
        this.model = model;
        this.soc = soc;
        this.os = os;
        this.osVersion = osVersion;
        this.cores = cores;
    }

    /** How many cores the processor has. */
    public int cores() {
        return cores;
    }

    void write(LogJson json) throws IOException {
        json.beginObject("device")
                .text("manufacturer", manufacturer)
                .text("model", model)
                .optionalText("soc", soc)
                .text("os", os)
                .text("os_version", osVersion)
                .number("cores", cores)
                .endObject();
    }
}
