package io.github.realtimeclassifier.core.desktop;

import com.sun.management.OperatingSystemMXBean;
import io.github.realtimeclassifier.core.log.Device;
import io.github.realtimeclassifier.core.measure.CpuTime;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a desktop JVM tells of the machine and of itself. */
public final class JvmSystem implements CpuTime {
    private static final int BYTES_PER_KIB = 1024;

    @Override
    public long processCpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** The most memory that the process had, in bytes; 0 where the system does not tell. */
    public long peakMemoryBytes() {
        String kibibytes = field("/proc/self/status", "VmHWM").replaceAll("[^0-9]", "");
        return kibibytes.isEmpty() ? 0 : Long.parseLong(kibibytes) * BYTES_PER_KIB;
    }

    /** The machine that this runs on. */
    public Device device() {
        String name = System.getProperty("os.name", "");
        boolean mac = name.toLowerCase(Locale.ROOT).startsWith("mac");
        boolean windows = name.toLowerCase(Locale.ROOT).startsWith("windows");
        String processor = field("/proc/cpuinfo", "model name");
        return new Device(
                mac ? "Apple" : "",
                processor.isEmpty() ? System.getProperty("os.arch", "") : processor,
                "",
                mac ? "macOS" : windows ? "Windows" : name,
                System.getProperty("os.version", "") + ", Java " + System.getProperty("java.version", ""),
                Runtime.getRuntime().availableProcessors());
    }

    /** A field of one of Linux' own files; empty elsewhere. */
    private static String field(String path, String name) {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new FileInputStream(new File(path)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(name) && line.indexOf(':') > 0) {
                    return line.substring(line.indexOf(':') + 1).trim();
                }
            }
            return "";
        } catch (IOException error) {
            // Not Linux: what it does not tell stays unknown, and run logs say so.
            return "";
        }
    }
}
