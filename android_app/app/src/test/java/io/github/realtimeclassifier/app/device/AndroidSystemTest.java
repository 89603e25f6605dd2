package io.github.realtimeclassifier.app.device;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import android.app.Application;
import android.content.Context;
import android.os.BatteryManager;
import io.github.realtimeclassifier.core.log.Device;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.shadow.api.Shadow;
import org.robolectric.shadows.ShadowBatteryManager;
import org.robolectric.shadows.ShadowBuild;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27)
public final class AndroidSystemTest {
    private final Application context = RuntimeEnvironment.getApplication();
    private final AndroidSystem system = new AndroidSystem(context);

    @Test
    public void tellsOfThePhone() {
        ShadowBuild.setManufacturer("Google");
        ShadowBuild.setModel("Pixel 2");
        Device device = system.device();
        assertEquals(Runtime.getRuntime().availableProcessors(), device.cores());
        assertEquals("0.1.0", system.build());
        assertTrue(system.peakMemoryBytes() > 1_000_000);
        assertTrue(system.processCpuNanos() >= 0);
    }

    @Test
    public void tellsTheBatteryWhereItIsKnown() {
        ShadowBatteryManager battery = Shadow.extract(context.getSystemService(Context.BATTERY_SERVICE));
        battery.setIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY, 81);
        assertEquals(81, system.batteryPercent(), 0);
        battery.setIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY, Integer.MIN_VALUE);
        assertEquals(-1, system.batteryPercent(), 0);
    }

    @Test
    public void beforeAndroid10TheHeatIsNotTold() {
        assertEquals("", system.thermalState());
        assertFalse(system.cores() < 1);
    }
}
