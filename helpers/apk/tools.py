"""The programs that make an APK, and what is missing of them here.

Java, Maven and Debian's builds of Android's own tools are looked for on PATH; the dexer, and Android's classes to
compile against, come from Maven Central, where Google's SDK is not needed.
"""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path

from helpers.apk.poms import pom_dependency
from helpers.errors import LaneError
from helpers.files import build_dir, ensure_folder, sha256_bytes, sha256_file
from helpers.lanes.java import find_java, run_maven, sources_key

# What the app is made of. Tests, and what stands in for Android on a desktop, stay away.
SOURCES = (
    "pom.xml",
    "core/pom.xml",
    "core/src/main",
    "engines/pom.xml",
    "engines/runtimes/pom.xml",
    "engines/src/main",
    "app/pom.xml",
    "app/src/main",
)
# Each program, and the Debian package that has it.
_PROGRAMS = {
    "mvn": "maven",
    "keytool": "default-jdk-headless",
    "aapt": "aapt",
    "zipalign": "zipalign",
    "apksigner": "apksigner",
}
# Each file from Maven Central, and the app's Maven file that names its version.
_FETCHED = {"dalvik-dx": "core/pom.xml", "gson": "core/pom.xml", "android-all": "app/pom.xml"}
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"


@dataclass(frozen=True)
class Tools:
    """What an APK is made with.

    Attributes:
        java: the program that starts the JVM.
        jvm: the JVM's version.
        aapt: packs the resources and the manifest.
        zipalign: moves what is not compressed to where Android can map it into memory.
        apksigner: signs.
        keytool: makes the key.
        dexer: the jar of dalvik-dx, which turns Java's classes into Android's.
        android: Android's own classes and resources, as android.jar has them.
        gson: the one library that the app's Java code uses besides the runtimes.
    """

    java: Path
    jvm: str
    aapt: Path
    zipalign: Path
    apksigner: Path
    keytool: Path
    dexer: Path
    android: Path
    gson: Path

    def key(self) -> str:
        """The SHA-256 over all of them, on which what they make depends."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        # Of the JVM's programs the version stands for the content.
        told = [
            (name, value if name in ("java", "jvm", "keytool") else sha256_file(value.resolve()))
            for name, value in values
            if name not in ("java", "keytool")
        ]
        return sha256_bytes(repr(told).encode())


def apk_tools() -> Tools:
    """Find the programs, and fetch what comes from Maven Central (100 MB, done once).

    Raises:
        LaneError: something is missing; the message says what, and how to get it.
    """
    java, jvm = find_java()
    places = os.pathsep.join((str(java.parent), os.environ.get("PATH", os.defpath)))
    found = {name: shutil.which(name, path=places) for name in _PROGRAMS}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        packages = " ".join(dict.fromkeys(_PROGRAMS[name] for name in missing))
        raise LaneError(
            f"an APK is made with {', '.join(_PROGRAMS)}; received no {' and no '.join(missing)} on PATH; "
            f"on Debian or Ubuntu: apt-get install {packages}"
        )
    programs = {name: Path(path) for name, path in found.items() if path is not None}
    dexer, gson, android = (_fetched(pom, artifact) for artifact, pom in _FETCHED.items())
    return Tools(
        java=java,
        jvm=jvm,
        aapt=programs["aapt"],
        zipalign=programs["zipalign"],
        apksigner=programs["apksigner"],
        keytool=programs["keytool"],
        dexer=dexer,
        android=android,
        gson=gson,
    )


@functools.cache
def apk_missing() -> str | None:
    """None where an APK can be made, else the reason in one line; asked only once."""
    try:
        apk_key()
        apk_tools()
    except LaneError as error:
        return " ".join(str(error).split())
    return None


def apk_key() -> str:
    """The SHA-256 of the sources that an APK is made of, models apart.

    Raises:
        LaneError: the app's sources are not there.
    """
    return sources_key(SOURCES)


def apk_folder() -> Path:
    """The folder of the APKs and of what is kept between two builds; it need not exist yet."""
    return build_dir() / "android" / "apk"


def _fetched(pom: str, artifact: str) -> Path:
    """A jar from Maven Central in the version that the app's Maven file names."""
    coordinates = pom_dependency(pom, artifact)
    folder = ensure_folder(apk_folder() / "tools")
    target = folder / f"{artifact}-{coordinates.rpartition(':')[2]}.jar"
    if not target.is_file():
        # Whole or not at all: another process may look for it at this moment.
        with tempfile.TemporaryDirectory(dir=folder) as part:
            settings = (f"-Dartifact={coordinates}", f"-DoutputDirectory={part}")
            run_maven(_COPY, *settings, purpose=f"fetch {target.name}")
            made = Path(part) / target.name
            if not made.is_file():
                raise LaneError(f"expected Maven to leave {made.name} in {part}; received nothing; try it again")
            made.replace(target)
    return target
