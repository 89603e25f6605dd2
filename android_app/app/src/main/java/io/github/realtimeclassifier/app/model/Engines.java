package io.github.realtimeclassifier.app.model;

import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ModelFileException;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.engines.TensorFlowMobileProvider;
import io.github.realtimeclassifier.engines.TfLiteProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The engines that the app has. Immutable. */
public final class Engines {
    private final List<EngineProvider> providers;

    private Engines(List<EngineProvider> providers) {
        this.providers = Collections.unmodifiableList(new ArrayList<>(providers));
    }

    /** TensorFlow for Mobile, the paper's, and TensorFlow Lite, in the versions of the app's package. */
    public static Engines standard() {
        return of(new TensorFlowMobileProvider(""), new TfLiteProvider(""));
    }

    /** Others, in the order in which they are offered. */
    public static Engines of(EngineProvider... providers) {
        return new Engines(Arrays.asList(providers));
    }

    /** The short names, such as tf_mobile. */
    public List<String> names() {
        List<String> names = new ArrayList<>(providers.size());
        for (EngineProvider provider : providers) {
            names.add(provider.name());
        }
        return names;
    }

    /** The name to show; of an engine that has none, the short name. */
    public String title(String name) {
        switch (name) {
            case "tf_mobile":
                return "TensorFlow for Mobile";
            case "tflite":
                return "TensorFlow Lite";
            default:
                return name;
        }
    }

    /**
     * The engine of a name.
     *
     * @throws DeploymentException there is none.
     */
    public EngineProvider provider(String name) throws DeploymentException {
        for (EngineProvider provider : providers) {
            if (provider.name().equals(name)) {
                return provider;
            }
        }
        throw new ModelFileException(
                "expected one of the engines " + names() + ", received '" + name + "'; choose another engine");
    }
}
