"""Is a log of the model that it names? Its hashes against the manifests at hand.

A manifest at hand is one in `build/models`, or one that was put beside the logs: the app carries the manifest that it
was built with. A log whose weights no manifest here names cannot be checked, and is flagged. One that names known
weights but another file of that format is refused: either it is not that model, or the file was converted by other
versions of the tools, and then the app's own manifest, put beside the logs, explains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from helpers.device_logs.flags import Flag
from helpers.errors import DataError, ManifestError
from helpers.manifest import MANIFEST_NAME, Manifest, load_manifest
from helpers.runs.run_log import RunLog
from helpers.runs.run_log_parts import ModelUsed
from helpers.zoo import model_names, model_record

_WAY_OUT = "the log is of another model than it says: run it again, or take it away"


def manifests_at_hand(models: Path) -> tuple[list[Manifest], list[str]]:
    """The manifests of the folders in a folder, sorted by the folders' names.

    Args:
        models: such as `build/models`; it need not be there.

    Returns:
        The manifests; and a line for each that is damaged.
    """
    manifests, lines = [], []
    for path in sorted(models.glob(f"*/{MANIFEST_NAME}")):
        try:
            manifests.append(load_manifest(path.parent))
        except ManifestError as error:
            lines.append(" ".join(str(error).split()))
    return manifests, lines


def check_model(log: RunLog, built: Sequence[Manifest], beside: Sequence[Manifest] = ()) -> list[Flag]:
    """Hold what a log says of its model to the manifests at hand.

    Args:
        log: the log.
        built: the manifests of the models that are built here.
        beside: those that were put beside the logs.

    Returns:
        What could not be checked, or is explained only by a manifest beside the logs.

    Raises:
        DataError: what the log says of its model contradicts a manifest, or the project's own list of models.
    """
    used = log.model
    if used.name in model_names():
        _hold(used, "number of classes", len(model_record(used.name).labels), used.classes)
    mine = []
    for manifest in (*built, *beside):
        same_weights = manifest.weights.sha256 == used.weights_sha256
        if same_weights or used.file_sha256 in {file.sha256 for file in manifest.files}:
            _hold(used, "model", manifest.model, used.name)
            _hold(used, "number of classes", len(manifest.labels), used.classes)
            _hold(used, "kind of weights", manifest.weights.kind, used.weights_kind)
            _hold(used, "weights", manifest.weights.sha256, used.weights_sha256)
            mine.append(manifest)
    return _check_file(used, mine, [manifest for manifest in mine if manifest not in beside])


def _hold(used: ModelUsed, what: str, expected: object, received: object) -> None:
    if expected != received:
        raise DataError(f"expected the {what} {expected} of {used.name}; received {received}; {_WAY_OUT}")


def _check_file(used: ModelUsed, mine: Sequence[Manifest], built: Sequence[Manifest]) -> list[Flag]:
    """The file against the manifests of its weights; `built` are those of them that are built here."""
    if used.file_format is None:
        return [Flag("no_model_file", "no model file was read: a stub stood in for the network", {})]
    if not mine:
        sentence = f"no model here has the weights {used.weights_sha256[:12]}..., so the hashes could not be checked"
        return [Flag("unknown_weights", sentence, {})]
    files = {file.sha256: manifest for manifest in mine for file in manifest.files if file.format == used.file_format}
    if not files:
        sentence = f"{used.name} was not built as {used.file_format} here, so the file's hash could not be checked"
        return [Flag("unknown_file", sentence, {})]
    source = files.get(used.file_sha256 or "")
    if source is None:
        expected = " or ".join(sha256[:12] + "..." for sha256 in files)
        raise DataError(
            f"expected the {used.file_format} file {expected} of {used.name}; received {(used.file_sha256 or '')[:12]}"
            "...; if the app was built with other versions of the tools, put its manifest beside the logs, as "
            f"manifests/NAME/{MANIFEST_NAME}; else {_WAY_OUT}"
        )
    if not built or source in built:
        return []
    ours, theirs = built[0].tools, source.tools
    other = [f"{tool} {theirs.get(tool)}" for tool in sorted(ours | theirs) if ours.get(tool) != theirs.get(tool)]
    made = f"by {', '.join(other)}" if other else "by another version of the project"
    return [Flag("other_file", f"the file is not the one that is built here: it was made {made}", {})]
