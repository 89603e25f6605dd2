"""Bring your own model: a Keras file of the reader's becomes a model of the project, by parameters alone.

Registered once, it goes through the same summary, conversions, checks and pipelines as the paper's six (section II),
and into both apps under its name. What the file cannot say must be told: how pixels become its input, and what its
classes are called.

    python -m helpers.own_model flowers.keras --name flowers --preprocessing tf --labels labels.txt

Taught in notebook 09_choose_a_model.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from filelock import FileLock
from tqdm import tqdm

from helpers.artifacts import build_model
from helpers.convert.conversions import tensorflow_formats
from helpers.engines import open_engine
from helpers.errors import DeploymentError, LaneError, ModelFileError
from helpers.files import ensure_folder, sha256_file, user_path, whole_folder, write_text
from helpers.lanes.java import java_missing
from helpers.manifest import Weights
from helpers.own_network import load_own_network
from helpers.own_record import RECORD_NAME, OwnModel, find_own_model, own_file, own_folder
from helpers.own_settings import PREPROCESSING_NAMES, Preprocessing, own_input, own_title, read_labels
from helpers.parity import ParityCheck, check_parity, parity_table, sample_images
from helpers.predictions import cached_predictions
from helpers.summary import Summary, model_summary
from helpers.zoo import ModelRecord, model_record

_COREML_FORMATS = ("mlmodel", "mlpackage_fp32", "mlpackage_fp16")
# What runs each format. The app's own engines need a JDK.
_ENGINES = {
    "frozen_pb": ("frozen",),
    "tf_mobile_pb": ("tf_mobile", "jvm_tf_mobile"),
    "tflite": ("litert", "jvm_tflite"),
    **{file_format: (file_format,) for file_format in _COREML_FORMATS},
}
# The formats that the apps read; any one of them will do.
_ANDROID, _IOS = {"tf_mobile_pb", "tflite"}, {"mlmodel"}

_LARGEST_MODEL = 1_000_000_000


def register_model(
    name: str,
    path: str | Path,
    preprocessing: Preprocessing,
    labels: str | Path | Sequence[str] | None = None,
    shorter_side: int | None = None,
    replace: bool = False,
) -> ModelRecord:
    """Make a Keras file a model of the project, known by its name wherever a model's name is asked for.

    Args:
        name: 1 to 60 of the characters a-z, 0-9 and _; none of the paper's six.
        path: a `.keras` or `.h5` file with a whole classifier of images: one input (height, width, 1 or 3), and
            probabilities as its one output. A copy is kept.
        preprocessing: how a pixel, 0 to 255, becomes the network's input, as in its training: `tf` (-1 to 1), `caffe`,
            `torch`, `0-1`, `0-255` (as it is, for a network that scales by itself); or a mapping, or JSON of one, with
            `scale` and `bias` (a number, or one for each channel) and `channel_order` (`gray`, `rgb` or `bgr`).
        labels: the names of the classes in the order of the outputs: a text file, one a line, or a list. Without, or
            with an empty text, they are numbered from 0.
        shorter_side: a photo's shorter side is resized to this before the centre is cut out; by default to the larger
            side of the network's input. 0: there is no resizing, images come at the network's size.
        replace: take the place of another model that was registered under this name.

    Returns:
        The model's record. Registering the same again changes nothing.

    Raises:
        ModelFileError: the file holds no such classifier, or an argument is not usable; the message says what to do.
        DataError: the labels cannot be read, or do not fit the network.
        ArtifactWriteError: the copy cannot be written.
    """
    title = own_title(name)
    source = _checked_path(path)
    shown = "".join(sign if sign.isprintable() else "?" for sign in source.name)[:100]
    place = own_folder(name)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, FileLock(ensure_folder(place.parent) / ".lock"):
        copy = Path(folder) / source.name
        _copy(source, copy)
        network = load_own_network(copy, name)
        height, width, channels = network.inputs[0].shape[1:]
        own = OwnModel(
            model=name,
            title=title,
            citation=f"a network of the user's own, given as {shown}",
            input=own_input(height, width, channels, preprocessing, shorter_side),
            labels=read_labels(labels, network.outputs[0].shape[-1]),
            weights=Weights(
                kind="given",
                source=f"given by the user: {shown}",
                licence="not known here: that of the file they were given in",
                sha256=sha256_file(copy),
            ),
            file="model.keras" if copy.suffix == ".keras" else "model.h5",
        )
        if not _is_registered(own, replace):
            with whole_folder(place) as new:
                shutil.copyfile(copy, new / own.file)
                write_text(new / RECORD_NAME, own.model_dump_json(indent=1) + "\n")
    return model_record(name)


def convert_model(name: str, formats: Sequence[str] | None = None, progress: bool = False) -> pd.DataFrame:
    """Convert a model to each format that can be made of it; one that cannot does not stop the others.

    Args:
        name: the model.
        formats: by default all that Android's runtimes and Core ML read.
        progress: show a progress bar over the formats.

    Returns:
        A row for each format: format, file (its name, empty if there is none), megabytes (10^6 bytes; NaN if there is
        none), problem (why there is none, empty if there is one).

    Raises:
        ModelFileError: there is no such model or format.
        ArtifactWriteError: a file could not be written.
    """
    build_model(name, formats=())
    wanted = (*tensorflow_formats(name), *_COREML_FORMATS) if formats is None else formats
    rows = []
    for each in tqdm(wanted, desc=f"{model_record(name).title} files", unit="file", disable=not progress):
        try:
            manifest, _ = build_model(name, formats=[each])
            file = manifest.file(each)
            rows.append((each, file.path, file.bytes / 1e6, ""))
        except (ModelFileError, LaneError) as error:
            rows.append((each, "", float("nan"), str(error)))
    return pd.DataFrame(rows, columns=["format", "file", "megabytes", "problem"])


def check_model(name: str, formats: Sequence[str], progress: bool = False) -> tuple[list[ParityCheck], dict[str, str]]:
    """Compare each file of a model with Keras in every engine that there is for it here.

    Args:
        name: the model.
        formats: of the files; those that `convert_model` could make.
        progress: show a progress bar over the comparisons.

    Returns:
        The checks of `helpers.parity.check_parity`; and for each engine that refused its file the reason.

    Raises:
        DeploymentError: whatever building the model and running Keras raises.
    """
    images = sample_images(model_record(name).input)
    without_java = java_missing() is not None
    refused: dict[str, str] = {}
    accepted = []
    for engine in (engine for each in formats for engine in _ENGINES.get(each, ())):
        if without_java and engine.startswith("jvm_"):
            continue
        try:
            options: dict[str, Any] = {"progress": False} if engine.startswith("jvm_") else {}
            with open_engine(engine, name, **options) as opened:
                cached_predictions(opened, images)
            accepted.append(engine)
        except (ModelFileError, LaneError) as error:
            refused[engine] = str(error)
    return check_parity(name, progress=progress, engines=accepted), refused


@dataclass(frozen=True)
class OwnReport:
    """What became of a user's model.

    Attributes:
        record: the model.
        summary: its layers, size and cost.
        files: a row for each format, as `convert_model` gives them.
        checks: each file against Keras, and the negative controls.
        refused: the engines that refused their file, and why.
    """

    record: ModelRecord
    summary: Summary
    files: pd.DataFrame
    checks: list[ParityCheck]
    refused: dict[str, str]

    @property
    def agrees(self) -> bool:
        """Whether there is a file, and each agrees with Keras; and the check has refused a network that is wrong."""
        files = [check.as_expected for check in self.checks if check.kind == "file"]
        return bool(files) and all(files) and any(each.as_expected for each in self.checks if each.kind == "control")

    @property
    def next_steps(self) -> list[str]:
        """The commands that bring the model into the apps, as far as it has the files for them."""
        made = set(self.files.loc[self.files["problem"] == "", "format"])
        apps = (("apk", _ANDROID), ("ios", _IOS))
        return [f'make {target} MODELS="{self.record.name}"' for target, read in apps if read & made]

    def summary_table(self) -> pd.DataFrame:
        """The summary as a table of two columns, what and value."""
        height, width, channels = self.summary.input_size
        rows = {
            "input": f"{height} x {width} x {channels}",
            "classes": f"{len(self.record.labels):,}",
            "convolution layers": f"{self.summary.conv_layers:,}",
            "depth": f"{self.summary.depth:,}",
            "fully connected layers": f"{len(self.summary.fc_filters):,}",
            "parameters": f"{self.summary.parameters:,}",
            "FLOPs": f"{self.summary.flops:,}",
        }
        return pd.DataFrame(rows.items(), columns=["what", "value"])


def try_model(name: str, progress: bool = False) -> OwnReport:
    """Summarize, convert and check a registered model.

    Raises:
        DeploymentError: there is no such model, or what all formats start from cannot be made.
    """
    files = convert_model(name, progress=progress)
    made = files.loc[files["problem"] == "", "format"].tolist()
    checks, refused = check_model(name, made, progress)
    return OwnReport(model_record(name), model_summary(name), files, checks, refused)


def _checked_path(path: str | Path) -> Path:
    wanted = "expected the path of a Keras file, .keras or .h5"
    try:
        source = user_path(path) if isinstance(path, Path) or (isinstance(path, str) and path.strip()) else None
        if source is not None and source.is_file() and source.suffix in {".keras", ".h5"}:
            if source.stat().st_size > _LARGEST_MODEL:
                raise ModelFileError(
                    f"{wanted}, of at most {_LARGEST_MODEL:,} bytes; received {source.stat().st_size:,}"
                )
            return source
        kind = "a folder" if source is not None and source.is_dir() else "no such file"
    except (OSError, RuntimeError, ValueError) as error:  # a name too long, a `~` of nobody, a NUL in it
        kind = f"it cannot be looked up: {error}"
    raise ModelFileError(f"{wanted}; received {str(path)[:200]!r}, {kind}; save one with model.save('name.keras')")


def _copy(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise ModelFileError(
            f"expected {source.name} to be a Keras file that can be read; received '{error.strerror or error}'; "
            "correct its rights"
        ) from error


def _is_registered(own: OwnModel, replace: bool) -> bool:
    """Whether this very model is registered already.

    Raises:
        ModelFileError: another one is, and may not be replaced.
    """
    try:
        known = find_own_model(own.model)
        if known == own:
            own_file(known)
            return True
    except ModelFileError:
        # What is damaged may be replaced by what was registered, and by anything else where that is asked for.
        return False
    if known is not None and not replace:
        raise ModelFileError(
            f"expected a name that is free, or the same model again; received {own.model!r}, which is another file, "
            "preprocessing or labels; choose another name, or say that it may be replaced: replace=True, or --replace"
        )
    return False


def main(arguments: list[str] | None = None) -> None:
    """Register a Keras file as a model, convert and check it, and tell what can be done with it."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.own_model", description="Make a Keras file of your own a model of the project."
    )
    parser.add_argument("file", help="a .keras or .h5 file with a whole classifier of images")
    parser.add_argument("--name", required=True, help="what it is called from now on: a-z, 0-9 and _")
    parser.add_argument(
        "--preprocessing",
        required=True,
        help=f"what it was trained with: {', '.join(PREPROCESSING_NAMES)}, or JSON such as "
        '{"scale": 0.01, "bias": [-1, -1, -1], "channel_order": "bgr"}',
    )
    parser.add_argument("--labels", default="", help="a text file with a class a line; else they are numbered")
    parser.add_argument(
        "--shorter-side", type=int, help="to which a photo is resized; 0: images come at the network's size"
    )
    parser.add_argument("--replace", action="store_true", help="take the place of another model of that name")
    chosen = parser.parse_args(arguments)
    try:
        register_model(
            chosen.name, chosen.file, chosen.preprocessing, chosen.labels, chosen.shorter_side, chosen.replace
        )
        report = try_model(chosen.name, progress=True)
    except DeploymentError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted; run it again to go on, what is done is kept", file=sys.stderr)
        sys.exit(130)
    _print_report(report)
    if not report.agrees:
        sys.exit("error: not every file agrees with Keras, or the check has noticed no mistake; see the tables above")


def _print_report(report: OwnReport) -> None:
    checks = parity_table(report.checks).drop(columns=["model", "snr_db", "psnr_db", "same_top_five"])
    files = report.files.drop(columns="problem")
    for table in (report.summary_table(), files, checks):
        print(table.to_string(index=False, float_format="{:.3g}".format, na_rep="-"), end="\n\n")
    for row in report.files[report.files["problem"] != ""].itertuples():
        print(f"no {row.format}: {row.problem}")
    for engine, reason in report.refused.items():
        print(f"refused by {engine}: {reason}")
    print("Next:", " or ".join(report.next_steps) or "no app reads what could be made of it")


if __name__ == "__main__":
    main()
