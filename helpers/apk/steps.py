"""The steps that make an APK, one function each; every one leaves a file or a folder that can be looked at.

Sources -> classes (Maven) -> `classes.dex` (dalvik-dx), and resources -> binary XML (aapt); both with the native
libraries and the assets into one ZIP file, aligned (zipalign) and signed (apksigner). The same input gives the same
bytes, up to the signature's key. Taught in notebook 05_build_the_android_app.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from helpers.apk.poms import pom_property
from helpers.apk.signing import KEY_ALIAS, KEY_PASSWORD
from helpers.apk.tools import SOURCES, Tools
from helpers.errors import LaneError
from helpers.files import PROJECT, ensure_folder, whole_folder
from helpers.lanes.java import copy_sources, run_maven
from helpers.lanes.programs import run_program

APP = PROJECT / "android_app" / "app" / "src" / "main"
# Android 7.0, the oldest that the app runs on: TensorFlow Lite 2.16.1 has methods in interfaces, which it introduced.
MIN_SDK = 24
# The processors for which both runtimes have a native library.
ABIS = ("arm64-v8a", "armeabi-v7a", "x86_64", "x86")
# What the desktop alone uses: it calls Java's own image library, which Android does not have.
DESKTOP = "io/github/realtimeclassifier/core/desktop/"

# The parts of the app, and in the order of its Maven modules the folders of their classes.
_PARTS = ("core", "engines", "app")
# The runtimes' archives: their names on Maven Central, and the property of runtimes/pom.xml that has the version.
_RUNTIMES = {
    "tensorflow-android": "tensorflow.version",
    "tensorflow-lite": "tflite.version",
    "tensorflow-lite-api": "tflite.version",
}
# Compressed they would be hardly smaller: trained weights and pictures.
_STORED = (".pb", ".tflite", ".png", ".webp", ".arsc")
# A ZIP file's entries carry a time: always the same one, or two builds would differ.
_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Compiled:
    """What Maven made of the sources, and the runtimes it fetched.

    Attributes:
        folder: holds `classes/core`, `classes/engines` and `classes/app`, and the runtimes in `aar`.
    """

    folder: Path

    @property
    def classes(self) -> tuple[Path, ...]:
        """The folders of class files."""
        return tuple(self.folder / "classes" / part for part in _PARTS)

    @property
    def runtimes(self) -> tuple[Path, ...]:
        """The Android archives (AAR) of TensorFlow for Mobile and TensorFlow Lite."""
        return tuple(self.folder / "aar" / f"{name}.aar" for name in _RUNTIMES)


def compile_app(folder: Path) -> Compiled:
    """Compile core, engines and app with Maven, in a copy of the sources.

    Args:
        folder: is made, whole or not at all; what was in it is removed.

    Raises:
        LaneError: Maven failed; the message has the end of what it said.
        ArtifactWriteError: the folder cannot be written.
    """
    # A newer JDK than the project's own may warn of what is no fault.
    settings = ("--projects", "app", "--also-make", "-Dmaven.compiler.failOnWarning=false")
    ensure_folder(folder.parent)
    with whole_folder(folder) as whole, tempfile.TemporaryDirectory(dir=folder.parent) as name:
        project, compiled = Path(name), Compiled(whole)
        copy_sources(project / "android_app", SOURCES)
        pom = project / "android_app" / "pom.xml"
        run_maven("-f", str(pom), *settings, "compile", purpose="compile the app")
        made = project / "build" / "android"
        (whole / "classes").mkdir()
        for part, classes in zip(_PARTS, compiled.classes, strict=True):
            (made / part / "classes").rename(classes)
        (whole / "aar").mkdir()
        for (runtime, version), target in zip(_RUNTIMES.items(), compiled.runtimes, strict=True):
            archive = f"{runtime}-{pom_property('engines/runtimes/pom.xml', version)}.aar"
            (made / "engines" / "aar" / archive).rename(target)
    return Compiled(folder)


def make_dex(tools: Tools, compiled: Compiled, target: Path) -> Path:
    """Turn the class files of the app, of Gson and of the runtimes into one file in Android's own format.

    Args:
        tools: of them the dexer.
        compiled: the class files, and the runtimes.
        target: the file to write, `classes.dex`.

    Raises:
        LaneError: the dexer refuses a class, or a class comes from two places.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as staged:
        for origin, name, content in _class_files(tools, compiled):
            path = Path(staged) / name
            if path.exists():
                raise LaneError(f"expected each class once; received {name} again, from {origin}; drop one of them")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        dexer = (str(tools.java), "-cp", str(tools.dexer), "com.android.dx.command.Main", "--dex")
        run_program((*dexer, f"--min-sdk-version={MIN_SDK}", f"--output={target}", staged), "make classes.dex")
    return target


def package_resources(tools: Tools, target: Path) -> Path:
    """Pack the manifest, the layouts, texts and icons: XML becomes binary, and each resource gets its number.

    Args:
        tools: of them aapt and Android's own resources, to which the app's refer.
        target: the file to write: a ZIP file with `AndroidManifest.xml`, `resources.arsc` and `res/`.

    Raises:
        LaneError: aapt refuses one of them.
    """
    manifest, resources = APP / "AndroidManifest.xml", APP / "res"
    aapt = (str(tools.aapt), "package", "-f", "-M", str(manifest), "-S", str(resources), "-I", str(tools.android))
    run_program((*aapt, "-F", str(target)), "pack the app's resources")
    return target


def pack(compiled: Compiled, dex: Path, resources: Path, assets: Path, abis: Sequence[str], target: Path) -> Path:
    """Put everything into one ZIP file: the APK, still without a signature.

    Native libraries are compressed, so that an APK takes a third of the room; Android unpacks them when it installs.
    Weights and pictures are stored as they are, and so is the table of resources: Android 11 and later insist on it.

    Args:
        compiled: has the runtimes, whose native libraries go in.
        dex: from `make_dex`.
        resources: from `package_resources`.
        assets: the folder of what the app reads itself: models, pictures, digits.
        abis: the processors for which native libraries go in; see `ABIS`.
        target: the file to write.
    """
    with zipfile.ZipFile(target, "w") as apk:
        with zipfile.ZipFile(resources) as packed:
            for name in packed.namelist():
                _add(apk, name, packed.read(name))
        _add(apk, "classes.dex", dex.read_bytes())
        for abi in abis:
            for runtime in compiled.runtimes:
                for name, content in _native_libraries(runtime, abi):
                    _add(apk, f"lib/{abi}/{name}", content)
        for file in sorted(path for path in assets.rglob("*") if path.is_file()):
            _add(apk, f"assets/{file.relative_to(assets).as_posix()}", file.read_bytes())
    return target


def align(tools: Tools, unsigned: Path, target: Path) -> Path:
    """Move what is not compressed to multiples of 4 bytes, so that Android can map it into memory.

    Raises:
        LaneError: zipalign failed.
    """
    run_program((str(tools.zipalign), "-f", "-p", "4", str(unsigned), str(target)), "align the APK")
    return target


def sign(tools: Tools, aligned: Path, key_store: Path, target: Path) -> Path:
    """Sign, by the schemes 2 (Android 7) and 3 (Android 9).

    Scheme 1, a list of hashes inside the ZIP file, is what Android 6 and older know; the app does not run on those.

    Args:
        tools: of them apksigner.
        aligned: from `align`.
        key_store: from `helpers.apk.signing.debug_key`.
        target: the file to write.

    Raises:
        LaneError: apksigner failed; of another password, for example.
    """
    schemes = [f"--v{scheme}-signing-enabled={str(scheme in (2, 3)).lower()}" for scheme in (1, 2, 3, 4)]
    key = ("--ks", str(key_store), "--ks-key-alias", KEY_ALIAS, "--ks-pass", f"pass:{KEY_PASSWORD}")
    command = (str(tools.apksigner), "sign", "--min-sdk-version", str(MIN_SDK), *schemes, *key)
    run_program((*command, "--out", str(target), str(aligned)), "sign the APK")
    return target


def _class_files(tools: Tools, compiled: Compiled) -> Iterator[tuple[Path, str, bytes]]:
    """Where each class file comes from, its path, and its content."""
    for folder in compiled.classes:
        for file in sorted(folder.rglob("*.class")):
            name = file.relative_to(folder).as_posix()
            # Of a package-info.java, only its comment is of use.
            if not name.startswith(DESKTOP) and file.name != "package-info.class":
                yield folder, name, file.read_bytes()
    yield from _classes_in_jar(tools.gson, tools.gson)
    for runtime in compiled.runtimes:
        with zipfile.ZipFile(runtime) as archive, archive.open("classes.jar") as jar:
            yield from _classes_in_jar(runtime, jar)


def _classes_in_jar(origin: Path, jar: Path | IO[bytes]) -> Iterator[tuple[Path, str, bytes]]:
    with zipfile.ZipFile(jar) as classes:
        for name in sorted(classes.namelist()):
            # In META-INF there is what describes modules of newer Java, which the dexer does not know.
            if name.endswith(".class") and not name.startswith("META-INF/"):
                yield origin, name, classes.read(name)


def _native_libraries(runtime: Path, abi: str) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(runtime) as archive:
        for name in sorted(archive.namelist()):
            if name.startswith(f"jni/{abi}/") and name.endswith(".so"):
                yield name.rpartition("/")[2], archive.read(name)


def _add(apk: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
    apk.writestr(entry, content)
