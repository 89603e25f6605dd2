package io.github.realtimeclassifier.app.model;

import io.github.realtimeclassifier.core.DeploymentException;
import io.github.realtimeclassifier.core.ManifestException;
import io.github.realtimeclassifier.core.engine.EngineProvider;
import io.github.realtimeclassifier.core.model.Manifest;
import java.io.File;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A model that is on this phone, whether it can be used or not. Immutable; safe to use from any thread. */
public final class InstalledModel {
    private final String name;
    private final ModelPlace place;
    private final List<String> engines = new ArrayList<>();
    private final Manifest manifest;
    private final String problem;

    /**
     * Looks at a model; nothing is thrown, since the screen says what is wrong with it.
     *
     * @param name its folder's.
     */
    InstalledModel(String name, ModelPlace place, Engines offered) {
        this.name = name;
        this.place = place;
        Manifest read = null;
        String trouble = null;
        try {
            read = place.manifest();
            listEngines(read, offered);
            if (engines.isEmpty()) {
                trouble = "expected a file of the model " + name + " for one of the engines " + offered.names()
                        + ", received none in " + place.description() + "; put the whole folder of the model there";
            }
        } catch (DeploymentException error) {
            trouble = error.getMessage();
        }
        manifest = read;
        problem = trouble;
    }

    private void listEngines(Manifest read, Engines offered) throws DeploymentException {
        for (String engine : offered.names()) {
            EngineProvider provider = offered.provider(engine);
            String format = provider.fileFormat();
            if (format.isEmpty() || (read.has(format) && place.has(read.file(format).path()))) {
                engines.add(engine);
            }
        }
    }

    /** The name by which it is chosen, its folder's. */
    public String name() {
        return name;
    }

    /** The name to show, such as MobileNet; of a model whose manifest cannot be read, its folder's. */
    public String title() {
        return manifest == null ? name : manifest.title();
    }

    /** Why it cannot be used; null if it can. */
    public String problem() {
        return problem;
    }

    /** What describes it; null where it cannot be read, as {@link #problem} says. */
    public Manifest manifest() {
        return manifest;
    }

    /** The short names of the engines whose file is there. */
    public List<String> engines() {
        return Collections.unmodifiableList(engines);
    }

    /** Whether it was put on the phone by itself, and not with the app. */
    public boolean isPushed() {
        return place.isPushed();
    }

    /** Whether its answers mean nothing; whatever is shown of it must say so. */
    public boolean isUntrained() {
        return manifest != null && manifest.weights().isUntrained();
    }

    /**
     * The folder of its files. Those of a model in the app's package are copied out of it first, which is done once and
     * takes seconds: not for the main thread.
     *
     * @throws DeploymentException it cannot be used, or there is no room for the copy.
     * @throws InterruptedException the thread was interrupted while it copied.
     */
    public File folder() throws DeploymentException, InterruptedException {
        if (problem != null) {
            throw new ManifestException(problem);
        }
        return place.folder(manifest);
    }
}
