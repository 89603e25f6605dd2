"""An evaluation over a folder of images: the same predictions however it is computed, interrupted and resumed."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from stub_models import stub_model

from helpers import scheduling
from helpers.engines import open_engine
from helpers.engines.base import Engine
from helpers.errors import ArtifactWriteError, DataError, DeploymentError, LaneError, ModelFileError
from helpers.files import PROJECT
from helpers.ilsvrc import evaluation, shards
from helpers.ilsvrc.__main__ import main
from helpers.ilsvrc.evaluation import TABLE_COLUMNS, Evaluation, evaluate
from helpers.ilsvrc.folder import open_ilsvrc
from helpers.ilsvrc.label_files import GROUND_TRUTH
from helpers.ilsvrc.label_orders import numbers_of
from helpers.ilsvrc.synthetic import answered_classes, make_synthetic_ilsvrc
from helpers.manifest import load_manifest

COUNT = 300
SHARE = 0.6


class _Reference:
    """SqueezeNet in a build folder of its own, a synthetic set, and its evaluation in one process."""

    def __init__(self, root: Path) -> None:
        self.build = root / "build"
        os.environ["BUILD_DIR"] = str(self.build)
        with open_engine("litert", "squeezenet") as engine:
            self.classes = answered_classes(engine, COUNT, SHARE, seed=1)
        self.folder = root / "val"
        make_synthetic_ilsvrc(self.folder, COUNT, seed=1, classes=self.classes)
        self.done = evaluate(open_ilsvrc(self.folder))
        self.files = self.stored()
        self.forget()

    def stored(self) -> dict[str, bytes]:
        """All that evaluations have stored: shards and tables, by name."""
        found = [path for path in (self.build / "ilsvrc").rglob("*") if path.suffix in (".json", ".csv")]
        return {path.name: path.read_bytes() for path in found}

    def shards(self) -> list[Path]:
        return [path for path in self.build.glob("ilsvrc/*/shards/*.json") if not path.name.startswith(".")]

    def forget(self) -> None:
        shutil.rmtree(self.build / "ilsvrc", ignore_errors=True)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Reference]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUILD_DIR", "")
        yield _Reference(tmp_path_factory.mktemp("ilsvrc"))


def test_one_process_gives_the_accuracy_that_was_built_in(reference: _Reference) -> None:
    done = reference.done
    assert (done.top1.correct, done.top1.total) == (round(SHARE * COUNT), COUNT)
    # Where it is wrong, the class is none of the five best.
    assert done.top5 == done.top1
    assert (done.computed, done.failures, done.where) == (COUNT, (), "pc")
    assert len(reference.files) == COUNT // shards.SHARD_IMAGES + 1
    table = list(csv.DictReader(reference.files[done.table.name].decode().splitlines()))
    assert tuple(table[0]) == TABLE_COLUMNS
    assert [row["image"] for row in table] == [f"ILSVRC2012_val_{number:08d}.JPEG" for number in range(1, COUNT + 1)]
    assert [int(row["class"]) for row in table] == reference.classes.tolist()
    assert sum(row["class"] == row["answer_1"] for row in table) == done.top1.correct
    for row in table:
        probabilities = [float(row[f"probability_{place}"]) for place in range(1, 6)]
        assert probabilities == sorted(probabilities, reverse=True)
        assert 0 < sum(probabilities) <= 1 + 1e-6
        assert len({row[f"answer_{place}"] for place in range(1, 6)}) == 5


def _start(reference: _Reference) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "helpers.ilsvrc", str(reference.folder)],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "SCHEDULER": ""},
    )


def test_killed_twice_and_resumed_it_gives_the_same(reference: _Reference) -> None:
    reference.forget()
    kept: dict[str, int] = {}
    for _ in range(2):
        process = _start(reference)
        while len(reference.shards()) <= len(kept):
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        times = {path.name: path.stat().st_mtime_ns for path in reference.shards()}
        assert kept.items() < times.items()
        kept = times
    assert len(kept) < COUNT // shards.SHARD_IMAGES, "it was done before it was killed"
    # What a kill in the middle of writing leaves behind.
    store = reference.shards()[0].parent
    (store / ".half-written.json").write_text("[")
    (store.parent / ".predictions-half.csv").write_text("image")
    done = evaluate(open_ilsvrc(reference.folder))
    assert done.computed == COUNT - shards.SHARD_IMAGES * len(kept)
    assert (done.top1, done.top5) == (reference.done.top1, reference.done.top5)
    assert reference.stored() == reference.files
    assert kept.items() <= {path.name: path.stat().st_mtime_ns for path in reference.shards()}.items()
    assert evaluate(open_ilsvrc(reference.folder)).computed == 0


def test_workers_give_the_same_even_if_one_dies(reference: _Reference, monkeypatch: pytest.MonkeyPatch) -> None:
    reference.forget()
    killed = []

    def write_and_kill(shard: shards.Shard, answers: Any) -> None:
        shards.write_shard(shard, answers)
        if not killed:
            workers = [each for each in psutil.Process().children() if "spawn_main" in " ".join(each.cmdline())]
            assert len(workers) == 2
            killed.append(workers[0])
            workers[0].kill()

    monkeypatch.setattr(evaluation, "write_shard", write_and_kill)
    done = evaluate(open_ilsvrc(reference.folder), scheduler="local", workers=2)
    assert killed
    assert done == Evaluation(**{**vars(reference.done), "table": done.table})
    assert reference.stored() == reference.files


def test_a_wrong_order_is_named_and_not_scored(reference: _Reference, capsys: pytest.CaptureFixture[str]) -> None:
    path = reference.folder.parent / "labels.txt"
    path.write_text("".join(f"{number}\n" for number in numbers_of(reference.classes, "sorted_from_1")))
    arguments = [str(reference.folder), "--labels", str(path), "--scheduler", ""]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    error = capsys.readouterr().err.rpartition("\r")[2].strip().splitlines()[-1]
    assert error.startswith("error: expected the labels of ")
    assert "received labels in the order of the sorted WordNet ids, counted from 1" in error
    # What was predicted is not lost with the labels that were wrong.
    before = len(reference.shards())
    main([*arguments, "--order", "sorted_from_1", "--limit", "100"])
    told = capsys.readouterr().out.splitlines()
    assert f"{round(100 * np.mean(_right(reference)[:100]))}.00 % " in told[2]
    assert before >= 1
    assert told[2].startswith("top-1: ")
    assert told[3].startswith("top-5: ")
    assert Path(told[-1]).is_file()


def _right(reference: _Reference) -> list[bool]:
    table = csv.DictReader(reference.files[reference.done.table.name].decode().splitlines())
    return [row["class"] == row["answer_1"] for row in table]


class _Stub(Engine):
    """Answers by the images' mean colour, so that a test needs no runtime; counts what it is asked."""

    name: ClassVar[str] = "stub"
    title: ClassVar[str] = "a stub"
    file_format: ClassVar[str] = "tflite"
    asked: ClassVar[int] = 0
    version: ClassVar[str] = "1"

    def invoke(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        type(self).asked += len(tensor)
        seeds = np.abs(tensor.mean(axis=(1, 2, 3)) * 1000).astype(np.int64)
        logits = np.stack([np.random.default_rng(seed).normal(0, 3, 1000) for seed in seeds])
        exponentials = np.exp(logits)
        return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True), np.float32)

    def versions(self) -> dict[str, str]:
        return {"stub": self.version}


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[_Stub]:
    (tmp_path / "model").mkdir()
    folder = stub_model(tmp_path / "model", "squeezenet", "tflite")

    def opened(_: str, model: str, weights: str) -> Engine:
        return _Stub(load_manifest(folder), folder)

    monkeypatch.setattr(evaluation, "open_engine", opened)
    monkeypatch.setattr(_Stub, "asked", 0)
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "build"))
    return _Stub


@pytest.fixture
def images(tmp_path: Path) -> Path:
    make_synthetic_ilsvrc(tmp_path / "val", 120, seed=7)
    return tmp_path / "val"


def test_what_has_changed_is_predicted_anew_and_nothing_else(
    stub: type[_Stub], images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> int:
        before = stub.asked
        evaluate(open_ilsvrc(images))
        return stub.asked - before

    assert asked() == 120
    assert asked() == 0
    # Other labels change the table, not the predictions.
    labels = images / GROUND_TRUTH
    first, *others = labels.read_text().splitlines(keepends=True)
    labels.write_text("".join([*others, first]))
    assert asked() == 0
    # Another picture of the same size, with the time of the old one.
    picture = images / "ILSVRC2012_val_00000003.JPEG"
    status = picture.stat()
    content = bytearray(picture.read_bytes())
    content[-40] ^= 1
    picture.write_bytes(content)
    os.utime(picture, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert asked() == 50
    (images / "ILSVRC2012_val_00000120.JPEG").unlink()
    (images / GROUND_TRUTH).write_text("".join((images / GROUND_TRUTH).read_text().splitlines(keepends=True)[:119]))
    assert asked() == 19
    monkeypatch.setattr(_Stub, "version", "2")
    assert asked() == 119
    monkeypatch.setattr(shards, "source_hash", lambda _: "other")
    assert asked() == 119


def test_stored_shards_that_are_not_whole_are_predicted_anew(stub: type[_Stub], images: Path, tmp_path: Path) -> None:
    expected = evaluate(open_ilsvrc(images)).table.read_bytes()
    for number, damage in enumerate(
        [
            lambda text: text[: len(text) // 2],
            lambda text: "",
            lambda text: "[" * 100_000,
            lambda text: "null",
            lambda text: json.dumps(json.loads(text)[::-1]),
            lambda text: json.dumps(json.loads(text)[1:]),
            lambda text: json.dumps([{**row, "probabilities": [1e400] * 5} for row in json.loads(text)]),
            lambda text: json.dumps([{**row, "classes": [1, 1, 1, 1, 1]} for row in json.loads(text)]),
            lambda text: json.dumps([{**row, "classes": ["1", "2", "3", "4", "5"]} for row in json.loads(text)]),
            lambda text: json.dumps([{**row, "classes": [1001, 2, 3, 4, 5]} for row in json.loads(text)]),
            lambda text: text + " " * 2_000_000,
        ]
    ):
        before = stub.asked
        shard = min((tmp_path / "build").glob("ilsvrc/*/shards/*.json"))
        shard.write_text(damage(shard.read_text()))
        assert evaluate(open_ilsvrc(images)).table.read_bytes() == expected, number
        assert stub.asked - before in (20, 50), number


def test_images_that_cannot_be_read_are_listed_and_not_scored(stub: type[_Stub], images: Path) -> None:
    whole = evaluate(open_ilsvrc(images))
    broken = {3: b"", 60: b"<html>", 61: None, 62: "folder link", 119: "cut"}
    for number, content in broken.items():
        path = images / f"ILSVRC2012_val_{number:08d}.JPEG"
        old = path.read_bytes()
        path.unlink()
        if content is None:
            os.mkfifo(path)
        elif content == "folder link":
            path.symlink_to(path.name)
        else:
            path.write_bytes(old[: len(old) // 2] if content == "cut" else content)  # type: ignore[arg-type]
    done = evaluate(open_ilsvrc(images))
    assert [int(name[15:23]) for name, _ in done.failures] == list(broken)
    assert "received an empty file" in done.failures[0][1]
    assert (done.top1.total, done.top5.total) == (115, 115)
    old_rows, new_rows = (list(csv.DictReader(each.table.read_text().splitlines())) for each in (whole, done))
    for number, (old_row, row) in enumerate(zip(old_rows, new_rows, strict=True), start=1):
        if number in broken:
            assert row["answer_1"] == row["probability_5"] == ""
            assert row["failure"].startswith("expected ")
        else:
            assert row == old_row
    # A shard with failures is tried again; the trouble may be over.
    before = stub.asked
    assert evaluate(open_ilsvrc(images)).failures == done.failures
    assert stub.asked - before == 115
    for number in range(20, 30):
        (images / f"ILSVRC2012_val_{number:08d}.JPEG").write_bytes(b"")
    with pytest.raises(
        DataError, match=r"received 1\d of \d+ that cannot, the first ILSVRC2012_val_00000003.JPEG: exp"
    ):
        evaluate(open_ilsvrc(images))


def test_a_set_of_nothing_but_broken_images_has_no_accuracy(stub: type[_Stub], tmp_path: Path) -> None:
    make_synthetic_ilsvrc(tmp_path / "few", 2)
    for path in (tmp_path / "few").glob("*.JPEG"):
        path.write_bytes(b"no picture")
    with pytest.raises(DataError, match="received 2 of 2 that cannot"):
        evaluate(open_ilsvrc(tmp_path / "few"))


def test_the_limit_takes_the_first_images(stub: type[_Stub], images: Path) -> None:
    folder = open_ilsvrc(images)
    rows = evaluate(folder).table.read_text().splitlines()
    for limit, again in ((70, 20), (100, 0), (5000, 0), (1, 1)):
        before = stub.asked
        done = evaluate(folder, limit=limit)
        assert done.table.read_text().splitlines() == rows[: limit + 1]
        assert stub.asked - before == again
        assert done.top1.total == min(limit, 120)
    for wrong in (0, -1, 1.5, True):
        with pytest.raises(DataError, match="a limit of at least 1 image"):
            evaluate(folder, limit=wrong)  # type: ignore[arg-type]


def test_a_build_folder_that_cannot_be_written_is_one_clear_error(
    stub: type[_Stub], images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "ilsvrc").write_text("in the way")
    with pytest.raises(ArtifactWriteError, match=r"could not make the folder .*ilsvrc"):
        evaluate(open_ilsvrc(images))
    (tmp_path / "build" / "ilsvrc").unlink()
    evaluate(open_ilsvrc(images), limit=50)
    (lock,) = (tmp_path / "build").glob("ilsvrc/*/.lock")
    lock.unlink(missing_ok=True)
    lock.mkdir()
    with pytest.raises(ArtifactWriteError, match="could not lock"):
        evaluate(open_ilsvrc(images))


def test_models_with_other_classes_are_refused(stub: type[_Stub], images: Path, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "model")
    (tmp_path / "model").mkdir()
    stub_model(tmp_path / "model", "lenet", "tflite")
    with pytest.raises(ModelFileError, match=r"ImageNet's 1000 classes; received LeNet with 10 others"):
        evaluate(open_ilsvrc(images))


def test_a_scheduler_that_is_not_there_is_one_clear_error(
    stub: type[_Stub], images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "_CONNECT_SECONDS", 0.5)
    with pytest.raises(LaneError, match="no Dask scheduler"):
        evaluate(open_ilsvrc(images), scheduler="tcp://127.0.0.1:9")


@pytest.mark.parametrize(
    "arguments",
    [
        ["/nowhere"],
        [],
        ["{images}", "--model", "vgg"],
        ["{images}", "--engine", "onnx"],
        ["{images}", "--limit", "0"],
        ["{images}", "--order", "sorted"],
        ["{images}", "--weights", "/nowhere.keras"],
    ],
)
def test_errors_of_the_command_line_are_one_line(
    arguments: list[str], images: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IMAGENET_VAL", raising=False)
    monkeypatch.delenv("SCHEDULER", raising=False)
    with pytest.raises(SystemExit) as ended:
        main([argument.format(images=images) for argument in arguments])
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: expected ")


def test_errors_travel_from_workers_as_they_are() -> None:
    import pickle

    for kind in DeploymentError.__subclasses__():
        error = pickle.loads(pickle.dumps(kind("what; why; what to do")))
        assert type(error) is kind
        assert str(error) == "what; why; what to do"
