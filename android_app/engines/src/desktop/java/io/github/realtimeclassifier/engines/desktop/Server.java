package io.github.realtimeclassifier.engines.desktop;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.engine.Engine;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.image.ImageInput;
import io.github.realtimeclassifier.core.image.Preprocessor;
import io.github.realtimeclassifier.core.image.Rotation;
import io.github.realtimeclassifier.core.model.Manifest;
import io.github.realtimeclassifier.core.run.GoldenResult;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One model in one engine, for a program that sends images of the network's size to the standard input and reads
 * answers from the standard output, in frames as {@code helpers/engines/arm_worker.py} has them: one byte for the kind,
 * eight for the length (most significant first), then the content.
 *
 * <ul>
 *   <li>H, once, when the model is loaded: JSON that says what runs.
 *   <li>A, the request: four bytes for the length of a node's name, the name in UTF-8, empty for the probabilities;
 *       then for each image height x width x channels values of 0-255, colour as red, green, blue. The answer: the
 *       values for each image, float32 with the least significant byte first.
 *   <li>E, instead of an answer: what went wrong, as text.
 * </ul>
 */
final class Server {
    private static final int KIND_HELLO = 'H';
    private static final int KIND_ARRAY = 'A';
    private static final int KIND_ERROR = 'E';
    private static final int LARGEST_FRAME = 1 << 30;

    private final Engine engine;
    private final Preprocessor preprocessor;
    private final float[] tensor;
    private final float[] probabilities;

    private Server(Engine engine, Preprocessor preprocessor) {
        this.engine = engine;
        this.preprocessor = preprocessor;
        tensor = new float[engine.inputLength()];
        probabilities = new float[engine.classes()];
    }

    /**
     * Serves until the input ends.
     *
     * @param words the manifest's folder, the folder of the model's files, the engine's name, the number of threads.
     * @return the exit code.
     */
    static int main(List<EngineProvider> providers, List<String> words) throws IOException {
        DataOutputStream answers = new DataOutputStream(new FileOutputStream(FileDescriptor.out));
        // Whatever else prints must not come between the frames.
        System.setOut(System.err);
        try {
            Manifest manifest = Manifest.read(new File(words.get(0)));
            ImageInput input = manifest.input();
            Preprocessor preprocessor =
                    Preprocessor.create(input, input.width(), input.height(), Rotation.DEGREES_0);
            try (Engine engine = provider(providers, words.get(2))
                    .open(manifest, new File(words.get(1)), Integer.parseInt(words.get(3)))) {
                write(answers, KIND_HELLO, hello(engine, input));
                DataInputStream requests = new DataInputStream(new FileInputStream(FileDescriptor.in));
                new Server(engine, preprocessor).serve(requests, answers);
            }
            return 0;
        } catch (DeploymentException | RuntimeException | LinkageError | OutOfMemoryError error) {
            write(answers, KIND_ERROR, text(error));
            return 1;
        }
    }

    private static EngineProvider provider(List<EngineProvider> providers, String name) {
        for (EngineProvider provider : providers) {
            if (provider.name().equals(name)) {
                return provider;
            }
        }
        throw new IllegalArgumentException("expected an engine of this server, received '" + name + "'");
    }

    private static byte[] hello(Engine engine, ImageInput input) {
        JsonObject facts = new JsonObject();
        facts.addProperty("engine", engine.name());
        facts.addProperty("version", engine.version());
        facts.addProperty("threads", engine.threads());
        facts.addProperty("jvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        JsonArray shape = new JsonArray();
        for (int side : new int[] {input.height(), input.width(), input.channels()}) {
            shape.add(side);
        }
        facts.add("input", shape);
        facts.addProperty("classes", engine.classes());
        return facts.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void serve(DataInputStream requests, DataOutputStream answers) throws IOException {
        for (int kind = requests.read(); kind >= 0; kind = requests.read()) {
            long length = requests.readLong();
            if (kind != KIND_ARRAY || length < 0 || length > LARGEST_FRAME) {
                throw new IllegalArgumentException("expected a request, received kind " + kind + " of " + length);
            }
            byte[] request = new byte[(int) length];
            requests.readFully(request);
            byte[] answer;
            try {
                answer = answer(ByteBuffer.wrap(request));
            } catch (DeploymentException | RuntimeException | InterruptedException | OutOfMemoryError error) {
                write(answers, KIND_ERROR, text(error));
                continue;
            }
            write(answers, KIND_ARRAY, answer);
        }
    }

    private byte[] answer(ByteBuffer request) throws DeploymentException, InterruptedException {
        byte[] name = new byte[request.getInt()];
        request.get(name);
        String node = new String(name, StandardCharsets.UTF_8);
        byte[] pixels = new byte[engine.inputLength()];
        if (request.remaining() % pixels.length != 0) {
            throw new IllegalArgumentException("expected images of " + pixels.length + " bytes each, received "
                    + request.remaining() + " bytes");
        }
        ByteArrayOutputStream values = new ByteArrayOutputStream();
        while (request.hasRemaining()) {
            request.get(pixels);
            preprocessor.toTensor(pixels, tensor);
            byte[] row = GoldenResult.bytes(values(node));
            values.write(row, 0, row.length);
        }
        return values.toByteArray();
    }

    private float[] values(String node) throws DeploymentException, InterruptedException {
        if (!node.isEmpty()) {
            return engine.fetch(tensor, node);
        }
        engine.classify(tensor, probabilities);
        return probabilities;
    }

    private static byte[] text(Throwable error) {
        String message = error instanceof DeploymentException ? error.getMessage() : error.toString();
        return message.getBytes(StandardCharsets.UTF_8);
    }

    private static void write(DataOutputStream answers, int kind, byte[] content) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(1 + Long.BYTES + content.length);
        frame.put((byte) kind).putLong(content.length).put(content);
        answers.write(frame.array());
        answers.flush();
    }
}
