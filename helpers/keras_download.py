"""Keras Applications' ImageNet weights: fetched once, compared with a known hash, kept in the build folder.

The addresses and the MD5 hashes are those in Keras' own source (keras/src/applications). It has none for MobileNet:
that file's SHA-256 is recorded when it is first fetched, and later copies are held to it.
"""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from pathlib import Path

from tqdm import tqdm

from helpers.errors import DataError, ModelFileError
from helpers.files import build_dir, sha256_file, whole_file, write_text
from helpers.weights_file import load_weights_file
from helpers.zoo import model_record

_SERVER = "https://storage.googleapis.com/tensorflow/keras-applications"
_FILES: dict[str, tuple[str, str | None]] = {
    "resnet50": ("resnet/resnet50_weights_tf_dim_ordering_tf_kernels.h5", "md5:2cb95161c43110f7111970584f804107"),
    "inceptionv3": (
        "inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels.h5",
        "md5:9a0d58056eeedaa3f26cb7ebd46da564",
    ),
    "mobilenet": ("mobilenet/mobilenet_1_0_224_tf.h5", None),
    "densenet121": (
        "densenet/densenet121_weights_tf_dim_ordering_tf_kernels.h5",
        "md5:9d60b8095a5708f2dcce2bca79d332c7",
    ),
}
_TIMEOUT_S = 60


def fetch_keras_weights(model: str) -> Path:
    """Fetch a network's ImageNet weights, or find them where an earlier call left them.

    Args:
        model: `resnet50`, `inceptionv3`, `mobilenet` or `densenet121`.

    Returns:
        The path of the .h5 file, under `downloads` of the build folder.

    Raises:
        DataError: it cannot be fetched, or what came is another file. Nothing is left behind then.
        ArtifactWriteError: the build folder cannot be written.
    """
    address, known = _FILES[model]
    target = build_dir() / "downloads" / address.rpartition("/")[2]
    record = target.with_name(f"{target.name}.sha256.json")
    expected = known or _recorded(record)
    # A file for which no hash is known or recorded was never looked at to the end.
    if expected is not None and target.is_file() and _hash(target, expected) == expected:
        return target
    with whole_file(target) as partial:
        try:
            _download(f"{_SERVER}/{address}", partial)
            _check(partial, model, expected)
        except (ModelFileError, OSError, ValueError) as error:
            # The errors of requests are OSErrors without a number; those with one tell of the disk.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            reason = str(error).strip().partition("\n")[0]
            raise DataError(
                f"expected {target.name} from {_SERVER.split('/')[2]}{f' with {expected}' if expected else ''}; "
                f"received no such file: {reason}; run this again with a connection, give the file yourself by "
                "WEIGHTS = '<its path>', or stay with WEIGHTS = 'offline'"
            ) from error
        if expected is None:
            write_text(record, json.dumps({"sha256": sha256_file(partial)}) + "\n")
    return target


def _check(path: Path, model: str, expected: str | None) -> None:
    if expected is not None:
        received = _hash(path, expected)
        if received != expected:
            raise ModelFileError(f"a file with {received}")
        return
    record = model_record(model)
    try:
        load_weights_file(path, record)
    except ModelFileError as error:
        raise ModelFileError(f"{path.stat().st_size:,} bytes without {record.title}'s weights") from error


def _hash(path: Path, like: str) -> str:
    """A file's hash, of the kind and in the form of another."""
    kind = like.partition(":")[0]
    with path.open("rb") as stream:
        return f"{kind}:{hashlib.file_digest(stream, kind).hexdigest()}"


def _recorded(record: Path) -> str | None:
    """The hash written down at the first download; None where there was none."""
    try:
        sha256 = json.loads(record.read_text(encoding="utf-8"))["sha256"]
        if not re.fullmatch("[0-9a-f]{64}", sha256):
            raise ValueError(f"{sha256!r:.80}")
    except FileNotFoundError:
        return None
    except (OSError, RecursionError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"expected {record} to hold the SHA-256 of the first download; received {type(error).__name__} {error}; "
            "delete that file to take the next download as the first"
        ) from error
    return f"sha256:{sha256}"


def _download(url: str, target: Path) -> None:
    """Download with a progress bar, which appears only where something is downloaded."""
    with warnings.catch_warnings():
        # In a notebook pooch's import complains about a progress bar that is not used here.
        warnings.simplefilter("ignore")
        import pooch
    # pooch asks whether the bar is true, which tqdm is once it has a total; pooch sets the right one.
    with tqdm(total=1, desc=url.rpartition("/")[2], unit="B", unit_scale=True) as bar:
        pooch.HTTPDownloader(timeout=_TIMEOUT_S, progressbar=bar)(url, str(target), None)
