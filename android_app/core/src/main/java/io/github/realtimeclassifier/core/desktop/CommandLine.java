package io.github.realtimeclassifier.core.desktop;

import io.github.realtimeclassifier.core.Clock;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.SystemClock;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The app's classes from a desktop's command line. Results go to one stream as lines of text, and run logs to files;
 * errors go to the other stream as one line.
 */
public final class CommandLine {
    /** The exit code when all went well. */
    public static final int DONE = 0;

    /** The exit code for wrong arguments, bad files, and engines that fail. */
    public static final int FAILED = 2;

    /** The exit code when the run was interrupted. */
    public static final int INTERRUPTED = 130;

    private static final int MOST_LATENCY_MILLIS = 60_000;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final String[] HELP = {
        "usage: java -jar core.jar COMMAND --name value ...",
        "  preprocess --model FOLDER --image FILE [--rotation 0] [--output FILE]",
        "  classify   --model FOLDER --image FILE [--top 5]",
        "  validate   --model FOLDER --images FOLDER|FILE [--labels FILE] [--limit N] [--probabilities FILE]",
        "             [--golden FOLDER] [--log FILE]",
        "  benchmark  --model FOLDER [--warm-up 5] [--count 50] [--seconds 60] [--size 640x480] [--rotation 90]",
        "             [--log FILE]",
        "  pipeline   --model FOLDER [--mode single|multi] [--fps 30] [--seconds 10] [--size 640x480]",
        "             [--rotation 90] [--log FILE]",
        "for all but preprocess: [--engine NAME] [--threads 1]; for --engine stub: [--latency-ms 0]",
        "--images is a folder of PNG or JPEG files, or an IDX file as MNIST's; --labels is an IDX file",
    };

    private final List<EngineProvider> providers;
    private final PrintStream out;
    private final PrintStream errors;
    private final Clock clock = SystemClock.INSTANCE;

    /**
     * Prepares.
     *
     * @param providers the engines to choose from, besides the stub; the first is the default.
     * @param out gets results.
     * @param errors gets errors.
     */
    public CommandLine(List<EngineProvider> providers, PrintStream out, PrintStream errors) {
        this.providers = new ArrayList<>(providers);
        this.out = out;
        this.errors = errors;
    }

    /**
     * Runs a command.
     *
     * @param words the command and its arguments.
     * @return the exit code.
     */
    public int run(String... words) {
        if (words.length == 0 || Arrays.asList("help", "--help", "-h").contains(words[0])) {
            for (String line : HELP) {
                out.println(line);
            }
            return DONE;
        }
        try {
            Arguments arguments = new Arguments(Arrays.asList(words).subList(1, words.length));
            run(words[0], arguments);
            out.flush();
            return DONE;
        } catch (DeploymentException error) {
            errors.println("error: " + error.getMessage());
            return FAILED;
        } catch (RuntimeException | LinkageError | OutOfMemoryError error) {
            // A native library that is missing, a picture too large for the memory, or a fault of this program.
            errors.println("error: expected the command to run, received " + oneLine(error.toString())
                    + "; choose another engine or smaller files");
            return FAILED;
        } catch (InterruptedException error) {
            errors.println("error: interrupted");
            return INTERRUPTED;
        }
    }

    private void run(String command, Arguments arguments) throws DeploymentException, InterruptedException {
        if (command.equals("preprocess")) {
            new PictureCommands(arguments, out).preprocess();
            return;
        }
        List<String> commands = Arrays.asList("classify", "validate", "benchmark", "pipeline");
        if (!commands.contains(command)) {
            throw new UsageException("expected a command: preprocess, " + commands.toString().replaceAll("[\\[\\]]", "")
                    + "; received '" + command + "'");
        }
        EngineProvider provider = provider(arguments);
        int threads = arguments.integer("threads", 1, 1, 64);
        // Before the model is opened: that may take seconds, and a mistyped argument needs none.
        if (command.equals("classify")) {
            new PictureCommands(arguments, out).classify(provider, threads, clock);
        } else if (command.equals("validate")) {
            new ValidateCommand(arguments, out).run(provider, threads, clock);
        } else {
            FrameCommands frames = new FrameCommands(arguments, out);
            if (command.equals("benchmark")) {
                frames.benchmark(provider, threads, clock);
            } else {
                frames.pipeline(provider, threads, clock);
            }
        }
    }

    private EngineProvider provider(Arguments arguments) throws UsageException {
        List<String> names = new ArrayList<>();
        for (EngineProvider provider : providers) {
            names.add(provider.name());
        }
        names.add("stub");
        String chosen = arguments.choice("engine", names.get(0), names);
        if (chosen.equals("stub")) {
            double millis = arguments.number("latency-ms", 0, 0, MOST_LATENCY_MILLIS);
            return new StubProvider(clock, (long) (millis * NANOS_PER_MILLI));
        }
        return providers.get(names.indexOf(chosen));
    }

    /** Of an exception that is not the core's. */
    private static String oneLine(String message) {
        return message.replaceAll("\\p{Cntrl}+", " ");
    }
}
