"""The operations that TensorFlow 1.13.1 knows: from the runtime itself to `data/tf113/ops.pb`.

    python -m helpers.fetch_tf113_ops

Run once, and kept so that the committed file can be made again, byte for byte. Needs what the Java lane needs
(helpers/lanes/java.py): Maven fetches the runtime for desktop Java (100 MB), and a small Java program asks it for its
registry.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import tensorflow as tf
from tensorflow.core.framework import op_def_pb2

from helpers.convert.tf113 import OPS_FILE, PRODUCER, VERSION
from helpers.errors import DataError
from helpers.files import build_dir, ensure_folder, sha256_file, write_bytes
from helpers.lanes.java import find_java, run_maven
from helpers.lanes.programs import run_program

# The runtime's Java classes and its native library: Maven's coordinates and the SHA-256 of each file.
_ARTIFACTS = {
    "libtensorflow": "d467bd22eb952f37872c27fac5ffedfdaf0fff6012c33cee67146013e4b49bc5",
    "libtensorflow_jni": "8705ce2ecc638523461282d2c38d71c6b51b99da10ab75767e5127f2910b0480",
}

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
        LaneError: Maven, Java or the machine cannot do it; see `helpers.lanes.java.find_java`.
        DataError: Maven gives other files than it gave at first.
    """
    java, _ = find_java()
    jars = [_fetch(name, sha256) for name, sha256 in _ARTIFACTS.items()]
    with tempfile.TemporaryDirectory(prefix="tf113-") as name:
        source, ops, empty = (Path(name) / file for file in ("RegisteredOps.java", "ops.pb", "empty.pb"))
        source.write_text(_PROGRAM, encoding="utf-8")
        run_program(
            (str(java), "-cp", os.pathsep.join(map(str, jars)), str(source), str(ops), str(empty)),
            f"ask TensorFlow {VERSION} for its operations",
        )
        producer = tf.compat.v1.GraphDef.FromString(empty.read_bytes()).versions.producer
        return ops.read_bytes(), int(producer)


def _fetch(name: str, sha256: str) -> Path:
    """One of the runtime's files, from Maven or where an earlier call left it."""
    folder = ensure_folder(build_dir() / "downloads")
    target = folder / f"{name}-{VERSION}.jar"
    if not target.is_file() or sha256_file(target) != sha256:
        artifact, output = f"-Dartifact=org.tensorflow:{name}:{VERSION}", f"-DoutputDirectory={folder}"
        overwrite = "-Dmdep.overWriteReleases=true"
        run_maven("dependency:copy", artifact, output, overwrite, purpose=f"fetch {target.name}")
    received = sha256_file(target) if target.is_file() else "no file"
    if received != sha256:
        raise DataError(
            f"expected Maven to give {target.name} with SHA-256 {sha256}; received {received}; empty Maven's own "
            "copy of org/tensorflow and run this again"
        )
    return target


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
