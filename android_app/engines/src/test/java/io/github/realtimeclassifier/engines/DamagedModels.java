package io.github.realtimeclassifier.engines;

import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.engine.TopK;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.model.ModelFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * A program that opens damaged models whose manifests know the damaged content's hash, so that the runtimes see them.
 * Prints a line for each: {@code answers}, {@code refuses} and the message, or {@code fails} and the exception. In a
 * process of its own, because native code that crashes takes the process with it.
 */
final class DamagedModels {
    private static final int[] EXTREMES = {0x00, 0x01, 0x7f, 0x80, 0xff};

    private DamagedModels() {}

    /** Runs; the arguments are a folder, the format, and how many. */
    public static void main(String[] words) throws Exception {
        boolean lite = words[1].equals(ModelFile.TFLITE);
        byte[] good = lite ? Tiny.tflite() : Tiny.graph();
        EngineProvider provider = lite ? new TfLiteProvider("") : new TensorFlowMobileProvider("");
        for (int i = 0; i < Integer.parseInt(words[2]); i++) {
            System.out.println(result(provider, Path.of(words[0]), words[1], damaged(good, i)));
        }
    }

    /** One of the ways of damaging a file, the same for the same number. */
    static byte[] damaged(byte[] good, int number) {
        Random random = new Random(number);
        if (number % 10 == 0) {
            return Arrays.copyOf(good, 1 + random.nextInt(good.length - 1));
        }
        byte[] content = good.clone();
        do {
            for (int i = 0; i <= random.nextInt(3); i++) {
                int at = random.nextInt(content.length);
                content[at] = (byte) (number % 2 == 0
                        ? content[at] ^ 1 << random.nextInt(8)
                        : EXTREMES[random.nextInt(EXTREMES.length)]);
            }
        } while (Arrays.equals(content, good));
        return content;
    }

    private static String result(EngineProvider provider, Path folder, String format, byte[] content) {
        try {
            Manifest manifest = Tiny.write(folder, format, content);
            try (Engine engine = provider.open(manifest, folder.toFile(), 1)) {
                float[] probabilities = new float[Tiny.CLASSES];
                engine.classify(Tiny.TENSOR, probabilities);
                TopK.of(probabilities, Tiny.CLASSES);
            }
            return "answers";
        } catch (DeploymentException error) {
            return "refuses " + error.getMessage();
        } catch (Throwable error) {
            // Whatever it is, the line says so, and the test that reads it fails.
            return "fails " + error;
        }
    }
}
