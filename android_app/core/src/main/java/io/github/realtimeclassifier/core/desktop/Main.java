package io.github.realtimeclassifier.core.desktop;

import io.github.realtimeclassifier.core.engine.EngineProvider;
import java.util.Collections;

/** The command line with the stub engine alone. Another main class gives {@link CommandLine} engines of its own. */
public final class Main {
    private Main() {}

    /** Runs a command, and ends the process with its exit code. */
    public static void main(String[] words) {
        CommandLine commandLine =
                new CommandLine(Collections.<EngineProvider>emptyList(), System.out, System.err);
        System.exit(commandLine.run(words));
    }
}
