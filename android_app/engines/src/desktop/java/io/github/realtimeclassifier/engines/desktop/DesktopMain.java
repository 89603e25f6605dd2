package io.github.realtimeclassifier.engines.desktop;

import io.github.realtimeclassifier.core.desktop.CommandLine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.engines.TensorFlowMobileProvider;
import io.github.realtimeclassifier.engines.TfLiteProvider;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Properties;

/** The core's command line with the app's engines, and the command {@code serve}; see {@link Server}. */
public final class DesktopMain {
    private static final String VERSIONS = "versions.properties";

    private DesktopMain() {}

    /** Runs a command, and ends the process with its exit code. */
    public static void main(String[] words) throws IOException {
        if (words.length > 0 && words[0].equals("serve")) {
            System.exit(Server.main(providers(), Arrays.asList(words).subList(1, words.length)));
        }
        System.exit(new CommandLine(providers(), System.out, System.err).run(words));
    }

    /** The app's engines. Each tells in its version that it is the desktop's; and which the app has, if another. */
    static List<EngineProvider> providers() throws IOException {
        Properties versions = new Properties();
        try (InputStream stream = DesktopMain.class.getResourceAsStream(VERSIONS)) {
            versions.load(stream);
        }
        // Of TensorFlow for Mobile both have the same version.
        return Collections.unmodifiableList(Arrays.<EngineProvider>asList(
                new TensorFlowMobileProvider(" (desktop)"),
                new TfLiteProvider(" (desktop; the APK has " + versions.getProperty("app.tflite") + ")")));
    }
}
