"""What an APK is made with: what is missing is said in one line, and Gradle builds the same as Maven.

The tests here need no Java and none of Android's tools: programs of the same names take their place. One is marked,
since it has Maven fetch the runtimes.
"""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from helpers.apk import poms, steps, tools
from helpers.apk.build import DEFAULT_MODELS, checked_abis, made_once
from helpers.apk.elf import PageSizes, library_page_sizes
from helpers.apk.poms import pom_dependency, pom_property
from helpers.apk.signing import KEY_ALIAS, KEY_PASSWORD
from helpers.apk.steps import ABIS, APP, DESKTOP, MIN_SDK, Compiled, make_dex
from helpers.apk.tools import apk_missing, apk_tools
from helpers.errors import LaneError
from helpers.files import PROJECT, build_dir
from helpers.lanes.java import run_maven
from helpers.lanes.known import LANES
from helpers.zoo import model_names

ANDROID_APP = PROJECT / "android_app"
ANDROID = "{http://schemas.android.com/apk/res/android}"
TOOLS = "{http://schemas.android.com/tools}"
PERMISSION = "android.permission."
PROGRAMS = ("mvn", "keytool", "aapt", "zipalign", "apksigner")


# What is missing


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with programs of the right names, which is all of PATH, and a build folder of its own."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in PROGRAMS:
        (folder / name).write_text("#!/bin/sh\nexit 0\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "build"))
    monkeypatch.setattr(tools, "find_java", lambda: (folder / "java", "17"))
    monkeypatch.setattr(tools, "run_maven", fetched)
    return folder


def fetched(*arguments: str, purpose: str) -> None:
    """A Maven that has every jar."""
    told = dict(re.findall(r"-D(\w+)=(.*)", "\n".join(arguments)))
    _, artifact, version = told["artifact"].split(":")
    (Path(told["outputDirectory"]) / f"{artifact}-{version}.jar").touch()


def test_what_is_there_is_found(programs: Path) -> None:
    found = apk_tools()
    assert found.aapt == programs / "aapt"
    assert [path.name for path in (found.dexer, found.gson, found.android)] == [
        "dalvik-dx-9.0.0_r3.jar",
        "gson-2.11.0.jar",
        "android-all-8.1.0-robolectric-4611349.jar",
    ]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_missing_program_is_named_with_its_package(programs: Path, name: str) -> None:
    (programs / name).unlink()
    package = {"mvn": "maven", "keytool": "default-jdk-headless"}.get(name, name)
    with pytest.raises(LaneError, match=rf"received no {name} on PATH; .*apt-get install {package}$"):
        apk_tools()


def test_several_are_named_at_once(programs: Path) -> None:
    for name in ("aapt", "zipalign"):
        (programs / name).unlink()
    with pytest.raises(LaneError, match=r"received no aapt and no zipalign on PATH; .*apt-get install aapt zipalign$"):
        apk_tools()


def test_the_debian_packages_are_in_apt_txt() -> None:
    listed = (PROJECT / "apt.txt").read_text().split()
    # dexdump is what the tests read the APK's code with.
    assert {"maven", "default-jdk-headless", "aapt", "zipalign", "apksigner", "dexdump"} <= set(listed)
    assert listed == sorted(listed)


def test_a_maven_that_leaves_nothing(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "run_maven", lambda *_, **__: None)
    with pytest.raises(LaneError, match=r"expected Maven to leave dalvik-dx-9\.0\.0_r3\.jar in .*; received nothing"):
        apk_tools()


def test_it_is_a_lane_whose_reason_is_one_line(programs: Path) -> None:
    apk_missing.cache_clear()
    assert LANES["apk"].missing() is None
    (programs / "apksigner").unlink()
    apk_missing.cache_clear()
    reason = LANES["apk"].missing()
    apk_missing.cache_clear()
    assert reason is not None
    assert "no apksigner" in reason
    assert "\n" not in reason


def test_the_lanes_key_follows_the_apps_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "android_app"
    from helpers.lanes import java

    java.copy_sources(copy, tools.SOURCES)
    before = LANES["apk"].key()
    monkeypatch.setattr(java, "PROJECT", tmp_path)
    assert LANES["apk"].key() == before
    texts = copy / "app/src/main/res/values/strings.xml"
    texts.write_text(texts.read_text() + "\n")
    assert LANES["apk"].key() != before


def test_another_program_makes_another_apk(programs: Path) -> None:
    before = apk_tools().key()
    assert apk_tools().key() == before
    (programs / "aapt").write_text("#!/bin/sh\nexit 1\n")
    assert apk_tools().key() != before


# Maven's files


def test_versions_come_from_mavens_files() -> None:
    assert pom_dependency("core/pom.xml", "gson") == "com.google.code.gson:gson:2.11.0"
    assert pom_dependency("app/pom.xml", "android-all").startswith("org.robolectric:android-all:8.1.0-")
    assert pom_property("engines/runtimes/pom.xml", "tensorflow.version") == "1.13.1"


def test_what_mavens_files_do_not_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LaneError, match=r"expected a dependency guava in android_app/core/pom\.xml; received none"):
        pom_dependency("core/pom.xml", "guava")
    with pytest.raises(LaneError, match=r"expected a property x in android_app/core/pom\.xml; received none"):
        pom_property("core/pom.xml", "x")
    monkeypatch.setattr(poms, "PROJECT", tmp_path)
    with pytest.raises(LaneError, match=r"expected Maven's file .*core/pom\.xml; received .*No such file"):
        pom_property("core/pom.xml", "x")


# The steps' own errors


def test_a_class_from_two_places_is_named(tmp_path: Path, programs: Path) -> None:
    compiled = Compiled(tmp_path / "compiled")
    for folder in compiled.classes:
        (folder / "a").mkdir(parents=True)
        (folder / "a" / "Same.class").touch()
    with pytest.raises(LaneError, match=r"expected each class once; received a/Same\.class again, from .*engines"):
        make_dex(apk_tools(), compiled, tmp_path / "classes.dex")
    assert {path.name for path in tmp_path.iterdir()} == {"build", "compiled", "programs"}


@pytest.mark.parametrize(
    ("abis", "received"), [(["mips"], "mips"), (["arm64-v8a", "armeabi"], "armeabi"), ([], "none")]
)
def test_unknown_processors(abis: list[str], received: str) -> None:
    with pytest.raises(LaneError, match=rf"expected ABIs .*arm64-v8a, .*; received '{received}'; most phones"):
        checked_abis(abis)


def test_processors_count_once() -> None:
    assert checked_abis(["x86", "arm64-v8a", "x86"]) == ("x86", "arm64-v8a")


def test_made_once(tmp_path: Path) -> None:
    target, made = tmp_path / "file", list[str]()

    def make(path: Path) -> None:
        made.append(path.name)
        path.write_text("content")

    for _ in range(2):
        assert made_once(target, "key", make) == target
    assert len(made) == 1
    made_once(target, "another key", make)
    target.write_text("damaged")
    made_once(target, "another key", make)
    target.unlink()
    made_once(target, "another key", make)
    assert len(made) == 4


def test_what_was_made_in_half_is_made_again(tmp_path: Path) -> None:
    def stop(path: Path) -> None:
        path.write_text("half")
        raise KeyboardInterrupt

    target = tmp_path / "file"
    with pytest.raises(KeyboardInterrupt):
        made_once(target, "key", stop)
    made_once(target, "key", lambda path: path.write_text("whole"))
    assert target.read_text() == "whole"


# Native libraries


RELRO = 0x6474E552


def library(segments: list[tuple[int, int, int]], wide: bool = True) -> bytes:
    """An ELF file of nothing but segments, each of a kind, a last address and an alignment.

    Every field is written, as the format's description has them.
    """
    head = struct.pack("<4sBB10x", b"\x7fELF", 2 if wide else 1, 1)
    if wide:
        head += struct.pack("<HHIQQQIHHHHHH", 3, 183, 1, 0, 64, 0, 0, 64, 56, len(segments), 0, 0, 0)
        rows = [struct.pack("<IIQQQQQQ", kind, 5, 9, end - 16, 7, 3, 16, align) for kind, end, align in segments]
    else:
        head += struct.pack("<HHIIIIIHHHHHH", 3, 40, 1, 0, 52, 0, 0, 52, 32, len(segments), 0, 0, 0)
        rows = [struct.pack("<IIIIIIII", kind, 9, end - 16, 7, 3, 16, 5, align) for kind, end, align in segments]
    return head + b"".join(rows)


@pytest.mark.parametrize("wide", [True, False])
def test_the_smallest_alignment_of_what_is_loaded_counts(wide: bool) -> None:
    loads = [(6, 100, 8), (1, 100, 65536), (1, 100, 16384), (2, 100, 4)]
    assert library_page_sizes(library(loads, wide)) == PageSizes(16384, 16384)


@pytest.mark.parametrize("wide", [True, False])
def test_the_end_of_the_read_only_part_counts(wide: bool) -> None:
    sizes = library_page_sizes(library([(1, 0x20000, 65536), (RELRO, 0x1F15000, 1)], wide))
    assert sizes == PageSizes(65536, 4096)
    assert sizes.largest == 4096


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected a whole native library; received 0 bytes"),
        (b"PK\x03\x04 and more", r"received a file that begins b'PK"),
        (library([(1, 100, 4096)])[:-1], "expected a whole native library; received 119 bytes"),
        (library([(1, 100, 4096)]).replace(b"\x02\x01", b"\x02\x02", 1), "little-endian"),
        (library([(2, 100, 8)]), "with segments to load; received none among 1"),
        (library([]), "with segments to load; received none among 0"),
    ],
)
def test_what_is_no_native_library(content: bytes, message: str) -> None:
    with pytest.raises(LaneError, match=message):
        library_page_sizes(content)


# Gradle, which cannot run here: Google's repository has its Android plugin.


def gradle(name: str) -> str:
    return (ANDROID_APP / name).read_text()


def test_gradle_names_the_versions_that_maven_names() -> None:
    runtimes = "engines/runtimes/pom.xml"
    assert set(re.findall(r"^ +(?:api|implementation) '(.*)'$", gradle("app/build.gradle"), re.MULTILINE)) == {
        f"org.tensorflow:tensorflow-android:{pom_property(runtimes, 'tensorflow.version')}",
        f"org.tensorflow:tensorflow-lite:{pom_property(runtimes, 'tflite.version')}",
    }
    libraries = re.findall(r"^ +(?:api|implementation) '(.*)'$", gradle("core/build.gradle"), re.MULTILINE)
    assert libraries == [pom_dependency("core/pom.xml", "gson")]


def test_gradle_says_of_the_app_what_its_manifest_says() -> None:
    manifest = ElementTree.parse(APP / "AndroidManifest.xml").getroot()
    sdk = manifest.find("uses-sdk")
    said = dict(re.findall(r"^ +(\w+) = '?([\w.]+)'?$", gradle("app/build.gradle"), re.MULTILINE))
    # The package is where both builds make R.
    assert said["namespace"] == said["applicationId"] == manifest.get("package")
    assert said["versionCode"] == manifest.get(f"{ANDROID}versionCode")
    assert said["versionName"] == manifest.get(f"{ANDROID}versionName")
    assert said["minSdk"] == sdk.get(f"{ANDROID}minSdkVersion") == str(MIN_SDK)
    assert said["targetSdk"] == sdk.get(f"{ANDROID}targetSdkVersion")
    # An app is compiled against an Android at least as new as the one it says it was tested with.
    assert int(said["compileSdk"]) >= int(said["targetSdk"])
    # Gradle's Android plugin sets it itself, and refuses a manifest that does.
    assert manifest.find("application").get(f"{ANDROID}extractNativeLibs") is None
    assert "useLegacyPackaging = true" in gradle("app/build.gradle")


def test_gradle_builds_the_sources_that_maven_builds() -> None:
    included = re.findall(r"':(\w+)'", gradle("settings.gradle").partition("include")[2])
    assert included == ["core", "app"]
    app = gradle("app/build.gradle")
    folders = re.findall(r"'(.*?)'", re.search(r"java\.srcDirs = \[(.+)\]", app)[1])
    assert [(ANDROID_APP / "app" / folder).resolve() for folder in folders] == [
        ANDROID_APP / "app/src/main/java",
        ANDROID_APP / "engines/src/main/java",
    ]
    assert "implementation project(':core')" in app
    left_out = re.search(r"java\.exclude '(.*)\*\*'", gradle("core/build.gradle"))[1]
    assert left_out == DESKTOP
    assert (ANDROID_APP / "core/src/main/java" / left_out).is_dir()
    # Resources of Java would need a line of their own.
    assert not [part for part in ("core", "engines", "app") if (ANDROID_APP / part / "src/main/resources").exists()]


def permissions(manifest: ElementTree.Element) -> set[str]:
    return {str(asked.get(f"{ANDROID}name")) for asked in manifest.iter("uses-permission")}


def brought_permissions(library: ElementTree.Element) -> set[str]:
    """What Android's manifest merger adds to an app's permissions for a library: also those that its SDK level implies.

    Before API 4 every app had the first two. Who may write the storage may read it.
    """
    sdk = library.find("uses-sdk")
    least = "1" if sdk is None else sdk.get(f"{ANDROID}minSdkVersion", "1")
    target = least if sdk is None else sdk.get(f"{ANDROID}targetSdkVersion", least)
    brought = permissions(library)
    if int(target) < 4:
        brought |= {f"{PERMISSION}WRITE_EXTERNAL_STORAGE", f"{PERMISSION}READ_PHONE_STATE"}
    if f"{PERMISSION}WRITE_EXTERNAL_STORAGE" in brought:
        brought.add(f"{PERMISSION}READ_EXTERNAL_STORAGE")
    return brought


def test_gradle_lays_its_own_manifest_over_the_shared_one() -> None:
    kinds = re.findall(r"^ +(\w+) \{\n +manifest\.srcFile '(.*)'$", gradle("app/build.gradle"), re.MULTILINE)
    assert kinds == [(kind, "src/gradle/AndroidManifest.xml") for kind in ("debug", "release")]
    own = ElementTree.parse(ANDROID_APP / "app/src/gradle/AndroidManifest.xml").getroot()
    # It removes, and does nothing else.
    assert {(child.tag, child.get(f"{TOOLS}node")) for child in own} == {("uses-permission", "remove")}
    shared = ElementTree.parse(APP / "AndroidManifest.xml").getroot()
    # aapt does not know the instruction, and would ask for what is to be removed.
    assert permissions(shared) == {f"{PERMISSION}CAMERA"}
    assert permissions(own).isdisjoint(permissions(shared))


@pytest.mark.apk
def test_gradle_removes_the_permissions_that_the_runtimes_bring(tmp_path: Path) -> None:
    brought = set[str]()
    for name, version in steps._RUNTIMES.items():
        artifact = f"org.tensorflow:{name}:{pom_property('engines/runtimes/pom.xml', version)}:aar"
        run_maven(tools._COPY, f"-Dartifact={artifact}", f"-DoutputDirectory={tmp_path}", purpose=f"fetch {name}")
    archives = list(tmp_path.glob("*.aar"))
    assert len(archives) == len(steps._RUNTIMES)
    for path in archives:
        with zipfile.ZipFile(path) as archive:
            brought |= brought_permissions(ElementTree.fromstring(archive.read("AndroidManifest.xml")))
    assert brought == permissions(ElementTree.parse(ANDROID_APP / "app/src/gradle/AndroidManifest.xml").getroot())


def test_the_app_tells_the_runtimes_versions() -> None:
    texts = ElementTree.parse(APP / "res/values/strings.xml").getroot()
    told = {text.get("name"): text.text for text in texts.iter("string")}
    assert told["tf_mobile_version"] == pom_property("engines/runtimes/pom.xml", "tensorflow.version")
    assert told["tflite_version"] == pom_property("engines/runtimes/pom.xml", "tflite.version")


def test_gradle_finds_what_make_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUILD_DIR", raising=False)
    app = gradle("app/build.gradle")
    paths = {
        name: (ANDROID_APP / "app" / path).resolve() for name, path in re.findall(r"def (\w+) = file\('(.*)'\)", app)
    }
    assert paths == {
        "assetsFolder": build_dir() / "android/assets",
        "debugKey": tools.apk_folder() / "debug.keystore",
    }
    assert f"storePassword = '{KEY_PASSWORD}'" in app
    assert f"keyAlias = '{KEY_ALIAS}'" in app
    out = re.search(r'buildDirectory\.set\(file\("\$\{rootDir\}/(.*?)/\$\{name\}"\)\)', gradle("build.gradle"))[1]
    assert (ANDROID_APP / out).resolve() == build_dir() / "android/gradle"
    assert set(re.findall(r"'(\w+)'", re.search(r"noCompress\.addAll\((.*)\)", app)[1])) == {"pb", "tflite"}
    assert {".pb", ".tflite"} <= set(steps._STORED)


def test_gradle_fits_its_android_plugin() -> None:
    plugin = re.search(r"id 'com\.android\.application' version '(.*)' apply false", gradle("build.gradle"))[1]
    wrapper = dict(line.split("=", 1) for line in gradle("gradle/wrapper/gradle-wrapper.properties").splitlines()[1:])
    # The plugin's release notes: 8.7 needs Gradle 8.9 or later, and knows Android up to API 35.
    assert plugin.startswith("8.7.")
    assert wrapper["distributionUrl"].endswith("/gradle-8.9-bin.zip")
    assert re.fullmatch(r"[0-9a-f]{64}", wrapper["distributionSha256Sum"])


def test_the_makefile_has_the_same_defaults() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    assert re.search(r"^MODELS \?= (.*)$", makefile, re.MULTILINE)[1].split() == list(DEFAULT_MODELS)
    assert set(DEFAULT_MODELS) <= set(model_names())
    assert re.search(r"^ABIS \?= (.*)$", makefile, re.MULTILINE)[1] == ABIS[0]


# The README


def test_the_readme_tells_every_extra_of_every_measurement() -> None:
    """Held to the class that reads them."""
    readme = (ANDROID_APP / "README.md").read_text()
    source = (APP / "java/io/github/realtimeclassifier/app/run/Measure.java").read_text()
    common = re.findall(r'"(\w+)"', re.search(r"Arrays\.asList\((.*?)\)", source)[1])
    measures = re.findall(r"^    ([A-Z]+)\((.*?)\)[,;]$", source, re.MULTILINE)
    assert len(measures) == 4
    rows = dict(re.findall(r"^\| `(\w+)` \| \w+Activity \| (.*?) \|", readme, re.MULTILINE))
    told = {name: re.findall(r"`(\w+)`", keys) for name, keys in rows.items()}
    assert told == {name.lower(): [*common, *re.findall(r'"(\w+)"', keys)] for name, keys in measures}
    described = re.findall(r"^\| `(\w+)` \| `--e[siz]` \|", readme, re.MULTILINE)
    assert set(described) == {key for keys in told.values() for key in keys}
    for line in re.findall(r"^adb shell am start .*--es measure.*$", readme, re.MULTILINE):
        used = dict(re.findall(r"--e[siz] (\w+) (\w+)", line))
        assert set(used) <= set(told[used["measure"]]), line


def test_the_readme_starts_screens_so_that_no_extra_is_lost() -> None:
    """Where another screen lies on top of the one that is named, Android drops the extras without this flag."""
    readme = (ANDROID_APP / "README.md").read_text()
    starts = re.findall(r"^adb shell am start .*$", readme, re.MULTILINE)
    assert len(starts) == readme.count("am start ") == 4
    assert [line for line in starts if " --activity-clear-top " not in line] == []


def test_the_readme_waits_for_each_measurement() -> None:
    """By the tag under which the app writes its line; the next request would be refused, or end this one."""
    readme = (ANDROID_APP / "README.md").read_text()
    tag = re.search(r'TAG = "(\w+)"', (APP / "java/io/github/realtimeclassifier/app/log/Logcat.java").read_text())[1]
    assert f"end() {{ adb logcat -m 1 -s {tag}; adb logcat -c; }}" in readme
    lines = readme.splitlines()
    measured = [number for number, line in enumerate(lines) if re.match("adb shell am start .*--es measure", line)]
    assert len(measured) == 3
    assert {lines[number + 1] for number in measured} == {"end"}
    # A live request finds the camera allowed.
    allowed = lines.index(
        next(line for line in lines if line.startswith("adb shell pm grant $P android.permission.CAMERA"))
    )
    assert allowed < measured[0]


def test_the_readme_names_what_is_there() -> None:
    readme = (ANDROID_APP / "README.md").read_text()
    for path in ("core", "engines", "app", "settings.gradle", "../helpers/apk"):
        assert f"`{path}" in readme
        assert (ANDROID_APP / path).exists()
    for version in re.findall(r"org\.tensorflow:tensorflow-android:([\d.]+)", readme):
        assert version == pom_property("engines/runtimes/pom.xml", "tensorflow.version")
    assert f"| oldest (`minSdkVersion`) | {MIN_SDK}," in readme
