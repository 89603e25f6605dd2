"""The APK: what it holds, that it is signed and aligned, and that the same input gives the same bytes.

The tools that look at it (apksigner, aapt, dexdump, zipalign) are Android's own, and none of the package's code.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from helpers.apk import build as apk_build
from helpers.apk.__main__ import main
from helpers.apk.assets import FORMATS, app_models, gather_assets
from helpers.apk.build import build_apk
from helpers.apk.contents import apk_sizes, page_sizes
from helpers.apk.elf import library_page_sizes
from helpers.apk.signing import debug_key
from helpers.apk.steps import APP, DESKTOP, MIN_SDK, Compiled, compile_app, make_dex, pack, package_resources
from helpers.apk.tools import Tools, apk_folder, apk_tools
from helpers.errors import ArtifactWriteError, LaneError
from helpers.files import DATA, PROJECT, sha256_bytes, sha256_file
from helpers.lanes.java import run_maven
from helpers.manifest import Manifest, load_manifest
from helpers.quiet import quiet_native_stderr

pytestmark = pytest.mark.apk

PACKAGE = "io.github.realtimeclassifier"
ANDROID = "{http://schemas.android.com/apk/res/android}"


@dataclass(frozen=True)
class Built:
    """LeNet's APK, and what is left in the folder it was built in."""

    apk: Path
    tools: Tools
    compiled: Compiled
    dex: Path

    def entries(self) -> dict[str, zipfile.ZipInfo]:
        with zipfile.ZipFile(self.apk) as content:
            return {entry.filename: entry for entry in content.infolist()}

    def read(self, name: str) -> bytes:
        with zipfile.ZipFile(self.apk) as content:
            return content.read(name)


@pytest.fixture(scope="module")
def built(lenet: tuple[Manifest, Path]) -> Iterator[Built]:
    missing = [name for name in ("dexdump", "readelf") if shutil.which(name) is None]
    assert not missing, f"the tests look at the APK with {missing[0]}: apt-get install dexdump binutils"
    with pytest.MonkeyPatch.context() as patch:
        # LeNet is there already.
        patch.setenv("BUILD_DIR", str(lenet[1].parent.parent))
        apk = build_apk(["lenet"])
        yield Built(apk, apk_tools(), Compiled(apk_folder() / "compiled"), apk_folder() / "classes.dex")


@pytest.fixture(scope="module")
def badging(built: Built) -> list[str]:
    return said("aapt", "dump", "badging", built.apk).splitlines()


@pytest.fixture(scope="module")
def disassembled(built: Built) -> str:
    return said("dexdump", "-d", built.dex)


def said(*command: object, fails: bool = False) -> str:
    """What a program says to the end, on both its streams."""
    done = subprocess.run(tuple(map(str, command)), capture_output=True, text=True, errors="replace", check=False)
    assert bool(done.returncode) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def descriptors(disassembled: str) -> set[str]:
    return set(re.findall(r"^ *Class descriptor *: 'L(.*);'$", disassembled, re.MULTILINE))


# The signature


def test_it_is_signed_for_what_it_runs_on(built: Built) -> None:
    """Android 7.0 knows scheme 2, Android 9 scheme 3; scheme 1 is for those before, on which it does not run."""
    told = said("apksigner", "verify", "--verbose", "--print-certs", "--min-sdk-version", MIN_SDK, built.apk)
    assert told.splitlines()[0] == "Verifies"
    schemes = dict(re.findall(r"Verified using v(\d) scheme .*: (true|false)", told))
    assert schemes == {"1": "false", "2": "true", "3": "true", "4": "false"}
    assert "Number of signers: 1" in told
    assert "CN=Debug key of the real-time classifier, OU=made on this machine, O=not for publication" in told
    assert "WARNING" not in told


def test_a_changed_byte_is_noticed(built: Built, tmp_path: Path) -> None:
    content = bytearray(built.apk.read_bytes())
    content[content.index(b"TFL3")] ^= 1
    changed = tmp_path / "changed.apk"
    changed.write_bytes(content)
    assert "DOES NOT VERIFY" in said("apksigner", "verify", "--min-sdk-version", MIN_SDK, changed, fails=True)


def test_the_key_is_kept(built: Built, tmp_path: Path) -> None:
    assert debug_key(built.tools, apk_folder()).parent == apk_folder()
    first = debug_key(built.tools, tmp_path)
    content = first.read_bytes()
    assert debug_key(built.tools, tmp_path).read_bytes() == content
    assert {path.name for path in tmp_path.iterdir()} == {first.name, f".{first.name}.lock"}


# What the system is told


def test_the_badging(badging: list[str]) -> None:
    assert badging[0].startswith(f"package: name='{PACKAGE}' versionCode='1' versionName='0.1.0'")
    assert f"sdkVersion:'{MIN_SDK}'" in badging
    assert "targetSdkVersion:'34'" in badging
    assert "application-label:'Real-time classifier'" in badging
    assert "native-code: 'arm64-v8a'" in badging
    assert not [line for line in badging if "debuggable" in line or "testOnly" in line]
    [launchable] = [line for line in badging if line.startswith("launchable-activity:")]
    assert f"name='{PACKAGE}.app.screen.LiveActivity'  label='Real-time classifier'" in launchable


def test_the_camera_is_all_it_asks_for(built: Built, badging: list[str]) -> None:
    asked = [line for line in badging if line.startswith("uses-permission")]
    assert asked == ["uses-permission: name='android.permission.CAMERA'"]
    told = said("aapt", "dump", "permissions", built.apk).splitlines()
    assert told == [f"package: {PACKAGE}", *asked]


def test_a_phone_without_a_camera_may_have_it(badging: list[str]) -> None:
    assert "  uses-feature-not-required: name='android.hardware.camera'" in badging


def test_there_is_an_icon_for_every_android(built: Built, badging: list[str]) -> None:
    """Icons of layers are known from Android 8 on: the two versions before need another."""
    icons = {icon for line in badging for icon in re.findall(r"^application-icon-\d+:'(.*)'$", line)}
    assert icons
    assert icons <= set(built.entries())
    table = said("aapt", "dump", "resources", built.apk)
    configurations = re.findall(r"config (\S+):\n(?:(?!config |type ).*\n)*?.*mipmap/ic_launcher\b", table)
    assert [each for each in configurations if not re.search(r"v(2[5-9]|[3-9]\d)", each)], configurations


def test_every_class_that_the_manifest_names_is_there(built: Built, disassembled: str) -> None:
    told = said("aapt", "dump", "xmltree", built.apk, "AndroidManifest.xml")
    elements = re.findall(r"E: (application|activity|provider|service|receiver) .*\n((?: *A: .*\n)*)", told)
    names = {re.search(r'A: android:name\(.*?\)="(.*?)"', attributes)[1] for _, attributes in elements}
    assert len(names) > 4
    assert {name.replace(".", "/") for name in names} <= descriptors(disassembled)


def test_only_the_two_screens_that_adb_starts_are_open_to_others(built: Built) -> None:
    application = ElementTree.parse(APP / "AndroidManifest.xml").getroot().find("application")
    parts = [part for part in application if part.tag in ("activity", "provider", "service", "receiver")]
    exported = {part.get(f"{ANDROID}name") for part in parts if part.get(f"{ANDROID}exported") != "false"}
    assert exported == {f"{PACKAGE}.app.screen.LiveActivity", f"{PACKAGE}.app.screen.MeasureActivity"}
    assert application.get(f"{ANDROID}allowBackup") == "false"


# The code


def test_the_dex_holds_the_apps_classes_and_no_others(built: Built, disassembled: str) -> None:
    found = descriptors(disassembled)
    own = {name for name in found if name.startswith("io/github/realtimeclassifier/")}
    sources = [PROJECT / "android_app" / part / "src" / "main" / "java" for part in ("core", "engines", "app")]
    files = [(root, file) for root in sources for file in root.rglob("*.java")]
    named = {file.relative_to(root).with_suffix("").as_posix() for root, file in files}
    expected = {name for name in named if not name.endswith("/package-info") and not name.startswith(DESKTOP)}
    assert len(expected) > 80
    assert expected <= own
    # Inner classes, and R, which aapt makes, are not named as files are.
    assert {name.partition("$")[0] for name in own} == expected | {"io/github/realtimeclassifier/R"}
    others = {"com/google/gson/Gson", "org/tensorflow/lite/Interpreter", "org/tensorflow/lite/InterpreterApi"}
    assert others | {"org/tensorflow/contrib/android/TensorFlowInferenceInterface"} <= found
    assert {name for name in found - own if not name.startswith(("com/google/gson/", "org/tensorflow/"))} == set()


def test_the_dex_holds_nothing_of_the_desktop_and_no_lambdas(built: Built, disassembled: str) -> None:
    assert not [name for name in descriptors(disassembled) if "/desktop/" in name or "$$Lambda" in name]
    assert not re.search(r"invoke-custom|invoke-polymorphic|LambdaMetafactory|StringConcatFactory", disassembled)
    assert not re.search(r"Ljavax/imageio|Ljava/awt|Ljava/lang/management", disassembled)
    # The desktop's classes were there to be left out.
    assert (built.compiled.classes[0] / DESKTOP / "CommandLine.class").is_file()


@pytest.mark.parametrize(
    ("engine", "runtime"),
    [
        ("TfLiteEngine", "lite/Interpreter"),
        ("TensorFlowMobileEngine", "contrib/android/TensorFlowInferenceInterface"),
    ],
)
def test_the_engines_call_the_runtimes(disassembled: str, engine: str, runtime: str) -> None:
    """A class's code, as Android's own disassembler reads it."""
    name = re.escape(f"{PACKAGE}.engines.{engine}")
    methods = re.findall(rf"\|\[\w+\] {name}\.\S+\n((?:\w+: .*\n)+)", disassembled)
    assert len(methods) > 5
    [calling] = [code for code in methods if f"Lorg/tensorflow/{runtime};.run:" in code]
    assert re.search(rf"invoke-virtual {{v\d+, v\d+.*}}, Lorg/tensorflow/{runtime};\.run:", calling)


def test_it_is_made_for_the_oldest_android(built: Built, disassembled: str) -> None:
    # Format 037 came with Android 7.0: it has methods in interfaces.
    assert built.dex.read_bytes()[:8] == b"dex\n037\0"
    assert "DEX version '037'" in disassembled
    assert built.read("classes.dex") == built.dex.read_bytes()


# Animal Sniffer compares classes with a list of what a version of Android has to offer to apps.
SNIFFER = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
    <modelVersion>4.0.0</modelVersion>
    <groupId>io.github.realtimeclassifier</groupId>
    <artifactId>api-check</artifactId>
    <version>0.1.0</version>
    <build>
        <outputDirectory>{classes}</outputDirectory>
        <plugins>
            <plugin>
                <groupId>org.codehaus.mojo</groupId>
                <artifactId>animal-sniffer-maven-plugin</artifactId>
                <version>1.24</version>
                <configuration>
                    <signature>
                        <groupId>net.sf.androidscents.signature</groupId>
                        <artifactId>android-api-level-{level}</artifactId>
                        <version>{version}</version>
                    </signature>
                    <ignores>
                        <ignore>com.google.gson.*</ignore>
                        <ignore>org.tensorflow.*</ignore>
                    </ignores>
                </configuration>
            </plugin>
        </plugins>
    </build>
</project>
"""


def newer_than(built: Built, folder: Path, level: int, version: str) -> set[str]:
    """What the app's classes use that this version of Android does not have; of many, the last."""
    classes = folder / "classes"
    for origin in built.compiled.classes:
        shutil.copytree(origin, classes, dirs_exist_ok=True)
    shutil.rmtree(classes / DESKTOP)
    pom = folder / "pom.xml"
    pom.write_text(SNIFFER.format(classes=classes, level=level, version=version))
    with pytest.raises(LaneError) as raised:
        run_maven("-f", str(pom), "org.codehaus.mojo:animal-sniffer-maven-plugin:1.24:check", purpose="compare")
    return set(re.findall(r"Undefined reference: (.*?) \|", str(raised.value)))


def test_the_code_uses_what_the_oldest_android_has(built: Built, tmp_path: Path) -> None:
    """All but one method, which it calls behind a look at the version of Android."""
    found = newer_than(built, tmp_path, MIN_SDK, "7.0_r2")
    assert found == {"android.graphics.Canvas android.view.SurfaceHolder.lockHardwareCanvas()"}
    preview = (APP / "java" / PACKAGE.replace(".", "/") / "app" / "screen" / "PreviewView.java").read_text()
    assert "SDK_INT >= Build.VERSION_CODES.O ? holder.lockHardwareCanvas() : holder.lockCanvas()" in preview


def test_code_that_is_too_new_would_be_noticed(built: Built, tmp_path: Path) -> None:
    assert len(newer_than(built, tmp_path, 19, "4.4.2_r4")) > 3


def test_the_numbers_of_resources_are_those_that_the_code_uses(built: Built) -> None:
    """Maven's aapt gave them to the code, the APK's aapt to the resources."""
    packed = dict(
        re.findall(rf"spec resource 0x(\w+) {PACKAGE}:(\w+/[\w.]+)", said("aapt", "d", "resources", built.apk))
    )
    fields = said("dexdump", "-a", "-f", built.dex)
    used = {}
    for kind, body in re.findall(
        r"Class descriptor *: 'Lio/github/realtimeclassifier/R\$(\w+);'(.*?)Direct methods", fields, re.DOTALL
    ):
        for name, value in re.findall(r"name *: '(\w+)'\n *type *: 'I'\n *access.*\n *value *: (\d+)", body):
            used[f"{int(value):08x}"] = f"{kind}/{name}"
    assert len(used) > 20
    # In Java's names an underscore takes the place of a dot.
    assert {number: packed.get(number, "").replace(".", "_") for number in used} == used


# The contents


def test_it_holds_what_it_should_and_nothing_else(built: Built) -> None:
    names = set(built.entries())
    assets = {name for name in names if name.startswith("assets/")}
    golden = {f"assets/golden/{path.name}" for path in (DATA / "golden").glob("*.png")}
    models = {f"assets/models/lenet/{name}" for name in ("manifest.json", "lenet_tf_mobile.pb", "lenet.tflite")}
    digits = {f"assets/mnist/t10k-{what}-ubyte" for what in ("images-idx3", "labels-idx1")}
    assert assets == golden | models | digits
    libraries = {f"lib/arm64-v8a/lib{name}.so" for name in ("tensorflow_inference", "tensorflowlite_jni")}
    rest = {name for name in names - assets - libraries if not name.startswith("res/")}
    assert libraries <= names
    assert rest == {"AndroidManifest.xml", "classes.dex", "resources.arsc"}


def test_the_models_are_the_stores(built: Built, lenet: tuple[Manifest, Path], tmp_path: Path) -> None:
    folder = tmp_path / "lenet"
    folder.mkdir()
    for name in built.entries():
        if name.startswith("assets/models/lenet/"):
            (folder / Path(name).name).write_bytes(built.read(name))
    manifest = load_manifest(folder)
    assert [file.format for file in manifest.files] == list(FORMATS)
    for file in manifest.files:
        assert sha256_file(folder / file.path) == file.sha256 == sha256_file(lenet[1] / file.path)
    # All that it says of the model, it says as the store does.
    assert manifest == load_manifest(lenet[1]).model_copy(update={"files": manifest.files})


def test_pictures_and_digits_are_the_projects(built: Built) -> None:
    for picture in (DATA / "golden").glob("*.png"):
        assert built.read(f"assets/golden/{picture.name}") == picture.read_bytes()
    for name in ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
        assert built.read(f"assets/mnist/{name}") == gzip.decompress((DATA / "mnist" / f"{name}.gz").read_bytes())


def test_the_native_libraries_are_the_runtimes(built: Built) -> None:
    archives = [zipfile.ZipFile(runtime) for runtime in built.compiled.runtimes]
    for name in built.entries():
        if name.startswith("lib/"):
            [origin] = [each for each in archives if name.replace("lib/", "jni/", 1) in each.namelist()]
            assert built.read(name) == origin.read(name.replace("lib/", "jni/", 1))


def test_it_is_aligned(built: Built) -> None:
    assert "Verification successful" in said("zipalign", "-c", "-v", "-p", "4", built.apk)
    entries = built.entries()
    # Android 11 and later install no app whose table of resources is compressed.
    stored = ("resources.arsc", "assets/models/lenet/lenet.tflite", "assets/models/lenet/lenet_tf_mobile.pb")
    assert {entries[name].compress_type for name in stored} == {zipfile.ZIP_STORED}
    compressed = ("classes.dex", "lib/arm64-v8a/libtensorflow_inference.so", "AndroidManifest.xml")
    assert {entries[name].compress_type for name in compressed} == {zipfile.ZIP_DEFLATED}


def test_no_path_of_this_machine_is_in_it(built: Built) -> None:
    """In what was made here; the native libraries are Google's."""
    paths = {str(path).encode() for path in (PROJECT, Path.home(), built.apk.parent, Path("/tmp"))} | {b"/home/"}
    utf16 = {path.decode().encode("utf-16-le") for path in paths}
    for name in built.entries():
        if not name.startswith(("lib/", "assets/golden/")):
            content = built.read(name)
            assert not [path for path in paths | utf16 if path in content], name


# The size


def test_without_models_it_is_small(built: Built) -> None:
    """Both runtimes for one processor; what the phone unpacks is larger, and is in the table, too."""
    apk = build_apk([])
    sizes = apk_sizes(apk).set_index("part")
    assert apk.stat().st_size < 40e6
    told = re.search(r"without models, for arm64-v8a: ([\d.]+) MB", (PROJECT / "android_app" / "README.md").read_text())
    assert apk.stat().st_size / 1e6 == pytest.approx(float(told[1]), abs=0.3)
    assert not [part for part in sizes.index if part.startswith(("model", "MNIST"))]
    assert sizes.loc["TensorFlow for Mobile, arm64-v8a", "bytes"] > 30e6
    assert sizes.loc["TensorFlow Lite, arm64-v8a", "files"] == 1
    assert sizes.loc["the APK", "bytes in the APK"] == apk.stat().st_size
    with zipfile.ZipFile(apk) as content:
        assert sizes.loc["the APK", "files"] == sizes["files"][:-1].sum() == len(content.namelist())


def test_other_processors(built: Built) -> None:
    apk = build_apk([], ["x86_64", "armeabi-v7a", "x86_64"])
    with zipfile.ZipFile(apk) as content:
        libraries = {name for name in content.namelist() if name.startswith("lib/")}
    files = ("libtensorflow_inference.so", "libtensorflowlite_jni.so")
    assert libraries == {f"lib/{abi}/{file}" for abi in ("x86_64", "armeabi-v7a") for file in files}
    said("apksigner", "verify", "--min-sdk-version", MIN_SDK, apk)
    assert "native-code: 'armeabi-v7a' 'x86_64'" in said("aapt", "dump", "badging", apk)


def test_the_page_sizes_that_the_readme_tells(built: Built) -> None:
    readme = (PROJECT / "android_app" / "README.md").read_text()
    abis = ["arm64-v8a", "armeabi-v7a", "x86_64", "x86"]
    table = page_sizes(build_apk([], abis))
    assert len(table) == 2 * len(abis)
    for row in table.itertuples(index=False):
        name, abi, load, relro, largest = row
        kilobytes = " | ".join(f"{size // 1024} KB" for size in (load, relro, largest))
        shown = f"| `{name}` | {abi} | {kilobytes} |"
        assert shown in readme, shown


def test_binutils_reads_the_same_page_sizes(built: Built, tmp_path: Path) -> None:
    for name in built.entries():
        if name.startswith("lib/"):
            library = tmp_path / Path(name).name
            library.write_bytes(built.read(name))
            told = said("readelf", "--segments", "--wide", library)
            loads = [int(align, 16) for align in re.findall(r"^ +LOAD .* (0x[0-9a-f]+)$", told, re.MULTILINE)]
            [(address, size)] = re.findall(r"^ +GNU_RELRO +\S+ (\S+) \S+ \S+ (\S+) ", told, re.MULTILINE)
            end = int(address, 16) + int(size, 16)
            assert library_page_sizes(library.read_bytes()).load == min(loads)
            assert end % library_page_sizes(library.read_bytes()).relro == 0
            assert end % (2 * library_page_sizes(library.read_bytes()).relro) != 0


# Once, and the same each time


def test_nothing_is_done_again(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    before = built.apk.stat().st_mtime_ns
    for step in ("compile_app", "make_dex", "package_resources", "gather_assets", "pack", "align", "sign"):
        monkeypatch.setattr(apk_build, step, lambda *_: pytest.fail("a step was done again"))
    assert build_apk(["lenet"]) == built.apk
    assert built.apk.stat().st_mtime_ns == before


def test_a_damaged_apk_is_made_again_from_what_is_there(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = built.apk.read_bytes()
    built.apk.write_bytes(whole[:-100])
    for step in ("compile_app", "make_dex"):
        monkeypatch.setattr(apk_build, step, lambda *_: pytest.fail("a step was done again"))
    assert build_apk(["lenet"]).read_bytes() == whole
    assert not [path for path in apk_folder().iterdir() if path.is_dir() and path.name not in ("tools", "compiled")]


def test_a_build_that_fails_leaves_what_was_there(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise LaneError("no")

    whole = sha256_file(built.apk)
    built.apk.with_name(f"{built.apk.name}.key").unlink()
    monkeypatch.setattr(apk_build, "sign", failing)
    with pytest.raises(LaneError, match="no"):
        build_apk(["lenet"])
    assert sha256_file(built.apk) == whole
    monkeypatch.undo()
    assert sha256_file(build_apk(["lenet"])) == whole


def test_a_full_disk_is_one_clear_error(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    whole = sha256_file(built.apk)
    built.apk.with_name(f"{built.apk.name}.key").unlink()
    monkeypatch.setattr(apk_build, "pack", full)
    with pytest.raises(ArtifactWriteError, match=r"could not build real-time.*No space left on device'; correct that"):
        build_apk(["lenet"])
    assert sha256_file(built.apk) == whole


def test_two_builds_give_the_same_bytes(built: Built, tmp_path: Path) -> None:
    """From the sources on, in another folder, at another time."""
    compiled = compile_app(tmp_path / "elsewhere" / "and" / "deeper")
    dex = make_dex(built.tools, compiled, tmp_path / "classes.dex")
    assert sha256_file(dex) == sha256_file(built.dex)
    resources = package_resources(built.tools, tmp_path / "resources.apk")
    assets = gather_assets(app_models(["lenet"]), tmp_path / "assets")
    unsigned = pack(compiled, dex, resources, assets, ["arm64-v8a"], tmp_path / "unsigned.apk")
    with zipfile.ZipFile(unsigned) as content:
        entries = {entry.filename: (entry.CRC, entry.compress_size, entry.date_time) for entry in content.infolist()}
    signed = {name: (entry.CRC, entry.compress_size, entry.date_time) for name, entry in built.entries().items()}
    assert entries == signed
    again = pack(compiled, dex, package_resources(built.tools, resources), assets, ["arm64-v8a"], tmp_path / "b.apk")
    assert again.read_bytes() == unsigned.read_bytes()


# What is refused


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lenet5"], r"^error: .*lenet, .*received 'lenet5'"),
        (["lenet", "--abi", "mips"], r"^error: expected ABIs .*arm64-v8a, armeabi-v7a, x86_64, x86; received 'mips'"),
        (["lenet", "--weights", "nowhere.h5"], r"^error: .*nowhere\.h5"),
    ],
)
def test_what_is_unknown_is_one_clear_error(built: Built, arguments: list[str], message: str) -> None:
    with quiet_native_stderr(), pytest.raises(SystemExit, match=message) as raised:
        main(arguments)
    assert "\n" not in str(raised.value)


def test_the_command_line_tells_path_and_sizes(built: Built, capsys: pytest.CaptureFixture[str]) -> None:
    main(["lenet"])
    said_lines = capsys.readouterr().out.splitlines()
    assert said_lines[-1] == str(built.apk)
    assert any(re.search(r"model lenet +3 +[\d,]+ +[\d,]+$", line) for line in said_lines)
    main(["lenet", "--assets-only"])
    folder = Path(capsys.readouterr().out.strip())
    assert folder == apk_folder().parent / "assets"
    laid_out = {f"assets/{path.relative_to(folder).as_posix()}": path for path in folder.rglob("*") if path.is_file()}
    assert set(laid_out) == {name for name in built.entries() if name.startswith("assets/")}
    for name, path in laid_out.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256_bytes(built.read(name))
