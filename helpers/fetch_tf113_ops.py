"""The operations that TensorFlow 1.13.1 knows: from the runtime itself to `data/tf113/ops.pb`.

    python -m helpers.fetch_tf113_ops

Run once, and kept so that the committed file can be made again, byte for byte. Needs Maven, Java 11 or later, and an
x86-64 Linux: Maven fetches the runtime for desktop Java (100 MB), and a small Java program asks it for its registry.
"""

from __future__ import annotations

import os
import platform
import subprocess
import tempfile
from pathlib import Path

import tensorflow as tf
from tensorflow.core.framework import op_def_pb2

from helpers.convert.tf113 import OPS_FILE, PRODUCER, VERSION
from helpers.errors import DataError, LaneError
from helpers.files import build_dir, ensure_folder, sha256_file, write_bytes

# The runtime's Java classes and its native library: Maven's coordinates and the SHA-256 of each file.
_ARTIFACTS = {
    "libtensorflow": "d467bd22eb952f37872c27fac5ffedfdaf0fff6012c33cee67146013e4b49bc5",
    "libtensorflow_jni": "8705ce2ecc638523461282d2c38d71c6b51b99da10ab75767e5127f2910b0480",
}
_TIMEOUT_S = 600

_PROGRAM = """\
import java.nio.file.Files;
import java.nio.file.Paths;
import org.tensorflow.Graph;
import org.tensorflow.TensorFlow;

class RegisteredOps {
    public static void main(String[] files) throws Exception {
        Files.write(Paths.get(files[0]), TensorFlow.registeredOpList());
        try (Graph empty = new Graph()) {
            Files.write(Paths.get(files[1]), empty.toGraphDef());
        }
    }
}
"""


def fetch_ops() -> tuple[bytes, int]:
    """Ask TensorFlow 1.13.1 which operations it knows.

    Returns:
        The serialized OpList, and the graph format's version (the "producer") that this runtime writes.

    Raises:
        LaneError: Maven, Java or the machine cannot do it.
        DataError: Maven gives other files than it gave at first.
    """
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise LaneError(
            "expected Linux on x86-64, where the committed registry comes from; received "
            f"{platform.system()} on {platform.machine()}; run this there"
        )
    jars = [_fetch(name, sha256) for name, sha256 in _ARTIFACTS.items()]
    with tempfile.TemporaryDirectory(prefix="tf113-") as name:
        source, ops, empty = (Path(name) / file for file in ("RegisteredOps.java", "ops.pb", "empty.pb"))
        source.write_text(_PROGRAM, encoding="utf-8")
        _run("java", "-cp", os.pathsep.join(map(str, jars)), str(source), str(ops), str(empty))
        producer = tf.compat.v1.GraphDef.FromString(empty.read_bytes()).versions.producer
        return ops.read_bytes(), int(producer)


def _fetch(name: str, sha256: str) -> Path:
    """One of the runtime's files, from Maven or where an earlier call left it."""
    folder = ensure_folder(build_dir() / "downloads")
    target = folder / f"{name}-{VERSION}.jar"
    if not target.is_file() or sha256_file(target) != sha256:
        artifact, output = f"-Dartifact=org.tensorflow:{name}:{VERSION}", f"-DoutputDirectory={folder}"
        _run("mvn", "--batch-mode", "--quiet", "dependency:copy", artifact, output, "-Dmdep.overWriteReleases=true")
    received = sha256_file(target) if target.is_file() else "no file"
    if received != sha256:
        raise DataError(
            f"expected Maven to give {target.name} with SHA-256 {sha256}; received {received}; empty Maven's own "
            "copy of org/tensorflow and run this again"
        )
    return target


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LaneError(
            f"expected the program {command[0]} to run within {_TIMEOUT_S} s: {error}; install Maven and Java 11 or "
            "later, and check the connection"
        ) from error
    if done.returncode:
        said = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()] or ["nothing"]
        raise LaneError(
            f"expected {command[0]} to end well; it ended with {done.returncode} and said: {' | '.join(said[:3])}; "
            "check its version and the connection to Maven's repository"
        )


def main() -> None:
    """Fetch, check, write, and say what was written."""
    content, producer = fetch_ops()
    if producer != PRODUCER:
        raise DataError(f"expected TensorFlow {VERSION} to write graphs of version {PRODUCER}; received {producer}")
    count = len(op_def_pb2.OpList.FromString(content).op)
    write_bytes(OPS_FILE, content)
    print(f"{OPS_FILE}: {count:,} operations, {len(content):,} bytes, SHA-256 {sha256_file(OPS_FILE)}")


if __name__ == "__main__":
    main()
