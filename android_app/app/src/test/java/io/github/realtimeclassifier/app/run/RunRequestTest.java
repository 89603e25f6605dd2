package io.github.realtimeclassifier.app.run;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import android.app.Activity;
import android.app.Application;
import android.content.Intent;
import android.graphics.Rect;
import android.net.Uri;
import android.os.Bundle;
import android.os.Parcel;
import android.os.Parcelable;
import io.github.realtimeclassifier.app.StubProvider;
import io.github.realtimeclassifier.app.model.Choice;
import io.github.realtimeclassifier.app.model.Engines;
import io.github.realtimeclassifier.app.model.InstalledModel;
import io.github.realtimeclassifier.app.model.InstalledModels;
import io.github.realtimeclassifier.core.DeploymentException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;

@RunWith(RobolectricTestRunner.class)
@Config(sdk = 27)
public final class RunRequestTest {
    private static final String TREE = "content://com.android.externalstorage.documents/tree/primary%3Aphotos";

    private final Application context = RuntimeEnvironment.getApplication();
    private final Engines engines = Engines.of(StubProvider.tfMobile(), StubProvider.tflite());

    /** Extras that stand for a class which the reader's app does not have. */
    private static final class Foreign implements Parcelable {
        @Override
        public int describeContents() {
            return 0;
        }

        @Override
        public void writeToParcel(Parcel parcel, int flags) {
            parcel.writeInt(1);
        }
    }

    private static Intent intent(Object... namesAndValues) {
        Intent intent = new Intent();
        Bundle extras = new Bundle();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String name = (String) namesAndValues[i];
            Object value = namesAndValues[i + 1];
            if (value instanceof String) {
                extras.putString(name, (String) value);
            } else if (value instanceof Integer) {
                extras.putInt(name, (Integer) value);
            } else if (value instanceof Long) {
                extras.putLong(name, (Long) value);
            } else if (value instanceof Boolean) {
                extras.putBoolean(name, (Boolean) value);
            } else if (value instanceof Float) {
                extras.putFloat(name, (Float) value);
            } else if (value instanceof Double) {
                extras.putDouble(name, (Double) value);
            } else if (value instanceof int[]) {
                extras.putIntArray(name, (int[]) value);
            } else if (value instanceof byte[]) {
                extras.putByteArray(name, (byte[]) value);
            } else if (value instanceof String[]) {
                extras.putStringArray(name, (String[]) value);
            } else if (value instanceof Bundle) {
                extras.putBundle(name, (Bundle) value);
            } else if (value instanceof Parcelable) {
                extras.putParcelable(name, (Parcelable) value);
            } else if (value instanceof Character) {
                extras.putChar(name, (Character) value);
            } else {
                extras.putSerializable(name, (java.io.Serializable) value);
            }
        }
        return intent.putExtras(extras);
    }

    private RunRequest read(Object... namesAndValues) throws RequestException {
        return RunRequest.fromIntent(intent(namesAndValues), engines);
    }

    private String refused(Object... namesAndValues) {
        String all = Arrays.deepToString(namesAndValues);
        RequestException error = assertThrows(all, RequestException.class, () -> read(namesAndValues));
        String message = error.getMessage();
        assertTrue(message, message.contains("expected ") && message.contains("received "));
        return message;
    }

    @Test
    public void readsWhatAdbSends() throws Exception {
        RunRequest request = read(
                "measure", "benchmark", "model", "colours", "engine", "tflite", "threads", 1, "count", 100, "warm_up",
                0, "seconds", "30");
        assertEquals(Measure.BENCHMARK, request.measure());
        assertEquals(100, request.count());
        assertEquals(0, request.warmUp());
        assertEquals(30, request.seconds());
        RunRequest live = read("measure", "live", "mode", "single", "seconds", 7L, "record", "false");
        assertEquals(7, live.seconds());
        assertFalse(live.isRecorded());
        assertEquals(5, read("measure", "digits", "limit", "5").limit());
        assertEquals("val50", read("measure", "accuracy", "images", "val50").images());
        assertEquals(Uri.parse(TREE), read("measure", "accuracy", "tree", TREE).tree());
    }

    @Test
    public void whatIsNotSaidIsUsual() throws Exception {
        RunRequest benchmark = read("measure", "benchmark");
        assertEquals(50, benchmark.count());
        assertEquals(5, benchmark.warmUp());
        assertEquals(60, benchmark.seconds());
        RunRequest live = read("measure", "live");
        assertEquals(0, live.seconds());
        assertTrue(live.isRecorded());
        assertNull(live.tree());
        assertEquals("", live.images());
        assertEquals(200_000, live.limit());
    }

    @Test
    public void anIntentGivesTheSameRequestAgain() throws Exception {
        RunRequest request = read(
                "measure", "accuracy", "model", "colours", "engine", "tf_mobile", "threads", 1, "limit", 12, "tree",
                TREE);
        Intent intent = request.toIntent(context, Activity.class);
        RunRequest again = RunRequest.fromIntent(intent, engines);
        assertEquals(12, again.limit());
        assertEquals(request.tree(), again.tree());
        assertEquals(intent.getExtras().size(), again.toIntent(context, Activity.class).getExtras().size());
        RunRequest live = RunRequest.of(Measure.LIVE).record(false).seconds(3);
        again = RunRequest.fromIntent(live.toIntent(context, Activity.class), engines);
        assertFalse(again.isRecorded());
        assertEquals(3, again.seconds());
        assertNull(RunRequest.fromIntent(new Intent(), engines));
    }

    @Test
    public void extrasOfThisAppNeedAMeasure() throws Exception {
        for (String name : new String[] {
            "model", "engine", "threads", "mode", "seconds", "record", "images", "tree", "limit", "count", "warm_up"
        }) {
            String message = refused(name, "x");
            assertTrue(message, message.startsWith("measure: ") && message.contains(name));
        }
        assertTrue(refused("mesure", "live", "model", "nosuch").contains("the extra model"));
        // A launcher may give extras of its own, which are none of this app's business.
        assertNull(read("mesure", "live", "profile", 0));
        assertNull(read());
    }

    @Test
    public void whatWasCarriedOutIsNotAskedForByTheListOfRecentApps() throws Exception {
        Intent intent = intent("measure", "live").addFlags(Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY);
        assertNull(RunRequest.fromIntent(intent, engines));
    }

    @Test
    public void rubbishIsRefusedByName() {
        int tooMany = Choice.cores() + 1;
        String longText = new String(new char[5_000]).replace('\0', 'x');
        Object[][] cases = {
            {"measure", "everything"},
            {"measure", "LIVE"},
            {"measure", ""},
            {"measure", " live"},
            {"measure", longText},
            {"measure", 1},
            {"measure", true},
            {"measure", new Bundle()},
            {"measure", new String[] {"live"}},
            {"model", ""},
            {"model", 3},
            {"model", new int[] {1}},
            {"engine", "opencv"},
            {"engine", "TFLITE"},
            {"engine", ""},
            {"engine", 1},
            {"engine", longText},
            {"threads", 0},
            {"threads", -1},
            {"threads", tooMany},
            {"threads", Integer.MAX_VALUE},
            {"threads", Integer.MIN_VALUE},
            {"threads", Long.MAX_VALUE},
            {"threads", "four"},
            {"threads", ""},
            {"threads", " 1"},
            {"threads", "1.0"},
            {"threads", "1e0"},
            {"threads", "0x1"},
            {"threads", "99999999999999999999"},
            {"threads", "\u0661"},
            {"threads", 1.0f},
            {"threads", 1.0d},
            {"threads", true},
            {"threads", '1'},
            {"threads", new int[] {1}},
            {"threads", new Rect()},
            {"count", 0},
            {"count", -5},
            {"count", 100_001},
            {"count", "many"},
            {"count", Double.NaN},
            {"warm_up", -1},
            {"warm_up", 100_001},
            {"warm_up", new byte[100]},
            {"seconds", 0},
            {"seconds", 86_401},
            {"seconds", "1 hour"},
            {"seconds", new ArrayList<>(Arrays.asList(1, 2))},
            {"unheard_of", 1},
            {"count ", 1},
            {"", 1},
            {"COUNT", 1},
            {"a\nb\u001b[31m", "x"},
            {"images", "val50"},
            {"tree", TREE},
            {"limit", 5},
            {"mode", "multi"},
            {"record", true},
        };
        for (Object[] extra : cases) {
            String name = (String) extra[0];
            String message = name.equals("measure")
                    ? refused(extra)
                    : refused("measure", "benchmark", name, extra[1]);
            String shown = name.replaceAll("\\p{Cntrl}", "?");
            assertTrue(message, message.contains(shown));
            assertTrue(message, message.length() < 700);
            assertFalse(message, message.matches("(?s).*\\p{Cntrl}.*"));
        }
    }

    @Test
    public void extrasOfOtherMeasurementsAreChecked() {
        Object[][] cases = {
            {"live", "mode", "both"},
            {"live", "mode", true},
            {"live", "record", "yes"},
            {"live", "record", 1},
            {"live", "record", ""},
            {"live", "count", 3},
            {"live", "images", "a"},
            {"accuracy", "images", ".."},
            {"accuracy", "images", "."},
            {"accuracy", "images", "a/b"},
            {"accuracy", "images", "../models"},
            {"accuracy", "images", "a\\b"},
            {"accuracy", "images", "a\u0000b"},
            {"accuracy", "images", ""},
            {"accuracy", "images", 5},
            {"accuracy", "tree", "/sdcard/DCIM"},
            {"accuracy", "tree", "file:///sdcard/DCIM"},
            {"accuracy", "tree", "content://authority/document/1"},
            {"accuracy", "tree", "http://example.org/tree/1"},
            {"accuracy", "tree", ""},
            {"accuracy", "tree", Uri.parse(TREE)},
            {"accuracy", "limit", 0},
            {"accuracy", "limit", 200_001},
            {"accuracy", "seconds", 5},
            {"digits", "images", "a"},
            {"digits", "limit", "all"},
            {"digits", "tree", TREE},
        };
        for (Object[] extra : cases) {
            String message = refused("measure", extra[0], extra[1], extra[2]);
            assertTrue(message, message.contains((String) extra[1]));
        }
        assertTrue(refused("measure", "accuracy", "images", "a", "tree", TREE).contains("received both"));
    }

    @Test
    public void extrasThatCannotBeReadAreRefused() {
        Intent foreign = received(intent("measure", "live", "thing", new Foreign()));
        RequestException error = assertThrows(RequestException.class, () -> RunRequest.fromIntent(foreign, engines));
        assertTrue(error.getMessage(), error.getMessage().contains("cannot be read"));
    }

    @Test
    public void randomExtrasNeverCrash() {
        Random random = new Random(1);
        int refused = 0;
        int unreadable = 0;
        for (int i = 0; i < 500; i++) {
            try {
                RunRequest.fromIntent(rubbish(random), engines);
            } catch (RequestException error) {
                refused++;
                unreadable += error.getMessage().contains("cannot be read") ? 1 : 0;
            }
        }
        assertTrue("refused " + refused, refused > 200);
        assertTrue("unreadable " + unreadable, unreadable > 20);
    }

    /** As another process sends it: read from a parcel, by a class loader without the sender's classes. */
    private static Intent received(Intent intent) {
        Parcel parcel = Parcel.obtain();
        parcel.writeBundle(intent.getExtras());
        parcel.setDataPosition(0);
        Intent received = new Intent();
        received.replaceExtras(parcel.readBundle(ClassLoader.getPlatformClassLoader()));
        parcel.recycle();
        return received;
    }

    /** Random kinds of values under random names, here and there with one of an unknown class. */
    private static Intent rubbish(Random random) {
        String[] names = {"measure", "model", "engine", "threads", "count", "seconds", "limit", "images", "other"};
        Object[] values = {
            "live", "accuracy", "benchmark", "digits", "tflite", "colours", "12", "", "\ud800", 0, 1, -1, 1L << 40,
            1.5f, Double.NaN, true, new int[3], new byte[70], new String[] {"a"}, new Bundle(), new Rect(), 'x',
            new ArrayList<>(Arrays.asList("a", "b")), new Foreign()
        };
        List<Object> extras = new ArrayList<>();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            extras.add(names[random.nextInt(names.length)]);
            extras.add(values[random.nextInt(values.length)]);
        }
        if (random.nextBoolean()) {
            extras.add("measure");
            extras.add(values[random.nextInt(4)]);
        }
        Intent intent = intent(extras.toArray());
        return random.nextBoolean() ? intent : received(intent);
    }

    @Test
    public void theScreensEntriesAreCheckedAsExtrasAre() {
        RunRequest benchmark = RunRequest.of(Measure.BENCHMARK);
        assertThrows(RequestException.class, () -> benchmark.count(0));
        assertThrows(RequestException.class, () -> benchmark.warmUp(-1));
        assertThrows(RequestException.class, () -> benchmark.seconds(0));
        assertThrows(RequestException.class, () -> RunRequest.of(Measure.ACCURACY).images("../x"));
        assertThrows(RequestException.class, () -> RunRequest.of(Measure.ACCURACY).tree(Uri.parse("file:///x")));
        assertThrows(RequestException.class, () -> RunRequest.of(Measure.DIGITS).limit(0));
        // The screen's own mistake, not the user's.
        assertThrows(IllegalArgumentException.class, () -> benchmark.limit(3));
    }

    @Test
    public void whatIsAskedForIsChosenFromWhatIsThere() throws Exception {
        List<InstalledModel> models = new InstalledModels(context, engines).list();
        Choice choice = read("measure", "live", "model", "digits", "mode", "single", "threads", 1)
                .choice(context, models);
        assertEquals("digits", choice.model().name());
        assertEquals("tflite", choice.engine());
        assertEquals(1, choice.threads());
        assertFalse(choice.isMultithreaded());
        Choice saved = choice.withMultithreaded(true);
        saved.save(context);
        assertEquals("digits", read("measure", "benchmark").choice(context, models).model().name());
        RunRequest same = RunRequest.of(Measure.LIVE).choice(saved);
        assertTrue(same.choice(context, models).isMultithreaded());

        DeploymentException error = assertThrows(
                DeploymentException.class,
                () -> read("measure", "live", "model", "vgg16").choice(context, models));
        assertTrue(error.getMessage(), error.getMessage().contains("received 'vgg16'"));
        error = assertThrows(
                DeploymentException.class,
                () -> read("measure", "live", "model", "digits", "engine", "tf_mobile").choice(context, models));
        assertTrue(error.getMessage(), error.getMessage().contains("expected one of [tflite] for the model digits"));
    }
}
