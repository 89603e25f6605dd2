package io.github.realtimeclassifier.app.device;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import android.app.Application;
import android.content.Context;
import android.os.Build;
import io.github.realtimeclassifier.app.Await;
import io.github.realtimeclassifier.app.ClassifierApplication;
import io.github.realtimeclassifier.app.Folders;
import io.github.realtimeclassifier.app.KeptLogs;
import io.github.realtimeclassifier.app.StubProvider;
import io.github.realtimeclassifier.app.model.Engines;
import io.github.realtimeclassifier.app.run.Measure;
import io.github.realtimeclassifier.app.run.Run;
import io.github.realtimeclassifier.app.run.RunRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.shadow.api.Shadow;
import org.robolectric.shadows.ShadowPowerManager;
import org.robolectric.util.ReflectionHelpers;

/** What only newer Androids tell, by methods that the app is not compiled with. Maven's profile android-14 runs it. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 34)
public final class AndroidSystemOnAndroid14Test {
    private final Application context = RuntimeEnvironment.getApplication();

    @Test
    public void tellsTheHeat() {
        AndroidSystem system = new AndroidSystem(context);
        assertEquals("none", system.thermalState());
        ShadowPowerManager power = Shadow.extract(context.getSystemService(Context.POWER_SERVICE));
        power.setCurrentThermalStatus(2);
        assertEquals("moderate", system.thermalState());
        power.setCurrentThermalStatus(6);
        assertEquals("shutdown", system.thermalState());
    }

    @Test
    public void aRunLogNamesTheChip() throws Exception {
        ReflectionHelpers.setStaticField(Build.class, "SOC_MODEL", "SM8350");
        ClassifierApplication app = ClassifierApplication.of(context);
        app.use(Engines.of(StubProvider.tflite()));
        // Robolectric lists the package's assets in another way than this Android does.
        Folders.push("colours", "pushed");
        Run run = app.runs().start(RunRequest.of(Measure.BENCHMARK).count(2));
        Await.until("the run's end", () -> run.state() != Run.State.RUNNING);
        assertEquals(run.message(), Run.State.DONE, run.state());
        String log = new String(Files.readAllBytes(run.log().toPath()), StandardCharsets.UTF_8);
        assertTrue(log, log.contains("\"soc\":\"SM8350\"") && log.contains("\"thermal_state\":\"none\""));
        KeptLogs.keep(run.log(), "benchmark_android_14");
    }
}
