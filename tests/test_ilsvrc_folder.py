"""A folder of validation images: both layouts, the label files, and labels in another order than they should be."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.errors import DataError
from helpers.ilsvrc.convert_devkit import check_sources, read_devkit
from helpers.ilsvrc.folder import given_ilsvrc, open_ilsvrc
from helpers.ilsvrc.label_files import GROUND_TRUTH, read_label_file
from helpers.ilsvrc.label_orders import (
    CLASSES,
    ORDERS,
    Order,
    check_known_images,
    classes_of,
    devkit_classes,
    known_classes,
    numbers_of,
)
from helpers.ilsvrc.order_check import OrderCheck
from helpers.ilsvrc.synthetic import make_synthetic_ilsvrc
from helpers.labels import load_imagenet_labels

WNIDS = [label.wnid for label in load_imagenet_labels()]


def _name(number: int) -> str:
    return f"ILSVRC2012_val_{number:08d}.JPEG"


def _flat(folder: Path, numbers: list[int] | None = None, count: int = 8) -> Path:
    """A flat folder of empty files: no picture is opened for the index."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        (folder / _name(number)).touch()
    if numbers is not None:
        (folder / GROUND_TRUTH).write_text("".join(f"{number}\n" for number in numbers))
    return folder


def _val_txt(folder: Path, lines: list[str]) -> None:
    (folder / "val.txt").write_text("".join(f"{line}\n" for line in lines))


def test_the_orders_are_those_of_the_challenge() -> None:
    # Facts that are published in many places: the kit begins with the kit fox and ends with the dumbbell; the first
    # validation images are the kit's 490, 361, 171, 822, 297, and Caffe's 65, 970, 230, 809, 516.
    devkit = [WNIDS[each] for each in devkit_classes()]
    assert devkit[:3] == ["n02119789", "n02100735", "n02110185"]
    assert devkit[-1] == "n03255030"
    assert sorted(devkit) == WNIDS
    assert classes_of(np.array([490, 361, 171, 822, 297]), "devkit").tolist() == [65, 970, 230, 809, 516]
    assert known_classes()[:8].tolist() == [65, 970, 230, 809, 516, 57, 334, 415]
    assert not (devkit_classes() == np.arange(CLASSES)).any()


def test_two_sources_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    devkit = [WNIDS[each] for each in devkit_classes()]
    truth = np.random.default_rng(2).integers(1, CLASSES + 1, size=50_000).tolist()
    wnids = [devkit[number - 1] for number in truth]
    check_sources(devkit, truth, wnids)
    with pytest.raises(DataError, match="50,000 and 50,000 images that agree on 49,999"):
        check_sources(devkit, truth, [WNIDS[0] if wnids[0] != WNIDS[0] else WNIDS[1], *wnids[1:]])
    with pytest.raises(DataError, match="50,000 and 49,999 images"):
        check_sources(devkit, truth, wnids[:-1])
    (tmp_path / "kit.whl").write_bytes(b"no archive")
    with pytest.raises(DataError, match=r"expected kit\.whl to hold the kit"):
        read_devkit(tmp_path / "kit.whl")


@pytest.mark.parametrize("order", ORDERS)
def test_numbers_and_classes_are_each_others_reverse(order: Order) -> None:
    numbers = numbers_of(np.arange(CLASSES), order)
    assert classes_of(numbers, order).tolist() == list(range(CLASSES))
    assert classes_of(np.array([numbers.min() - 1, numbers.max() + 1, -5, 10**6]), order).tolist() == [-1] * 4


@pytest.mark.parametrize("layout", ["ground truth", "val.txt", "class folders"])
def test_each_layout_gives_the_same_classes_in_the_same_order(layout: str, tmp_path: Path) -> None:
    classes = make_synthetic_ilsvrc(tmp_path, 12, layout, seed=3)  # type: ignore[arg-type]
    folder = open_ilsvrc(tmp_path)
    assert [name.rpartition("/")[2] for name in folder.names] == [_name(number) for number in range(1, 13)]
    assert folder.classes.tolist() == classes.tolist()
    assert folder.layout == ("class folders" if layout == "class folders" else "flat")
    assert folder.order == ("devkit" if layout == "ground truth" else "sorted")
    assert len(folder) == 12
    assert folder.missing == 0
    assert (folder.files[:, 0] == [(tmp_path / name).stat().st_size for name in folder.names]).all()


def test_synthetic_folders_repeat_and_differ_by_their_seed(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        make_synthetic_ilsvrc(tmp_path / name, 5, seed=seed)
    contents = {name: [path.read_bytes() for path in sorted((tmp_path / name).iterdir())] for name in "abc"}
    assert contents["a"] == contents["b"] != contents["c"]
    assert len(set(contents["a"])) == 6
    with pytest.raises(DataError, match="1 to 50,000 images; received 0"):
        make_synthetic_ilsvrc(tmp_path, 0)
    with pytest.raises(DataError, match="2 classes from 0 to 999"):
        make_synthetic_ilsvrc(tmp_path, 2, classes=[1, 1000])


def test_the_label_file_may_lie_beside_the_folder_or_in_the_kit(tmp_path: Path) -> None:
    folder = _flat(tmp_path / "val")
    with pytest.raises(DataError, match=r"ground_truth\.txt .* received neither"):
        open_ilsvrc(folder)
    kit = tmp_path / "ILSVRC2012_devkit_t12" / "data"
    kit.mkdir(parents=True)
    (kit / GROUND_TRUTH).write_text("1\n2\n3\n4\n5\n6\n7\n8\n")
    assert open_ilsvrc(folder).label_file == kit / GROUND_TRUTH
    (tmp_path / GROUND_TRUTH).write_text("8\n7\n6\n5\n4\n3\n2\n1\n")
    assert open_ilsvrc(folder).labels.tolist() == [8, 7, 6, 5, 4, 3, 2, 1]
    elsewhere = tmp_path / "mine.txt"
    elsewhere.write_text("9\n" * 8)
    assert open_ilsvrc(folder, labels=elsewhere).labels.tolist() == [9] * 8
    assert open_ilsvrc(folder, "sorted_from_1", elsewhere).classes.tolist() == [8] * 8


def test_a_part_of_the_set_is_found_in_the_full_label_file(tmp_path: Path) -> None:
    folder = _flat(tmp_path, [number % 1000 + 1 for number in range(1, 50_001)], count=3)
    (folder / _name(49_999)).touch()
    index = open_ilsvrc(folder)
    assert index.labels.tolist() == [2, 3, 4, 1000]
    assert index.missing == 49_996


def test_val_txt_may_have_folders_another_case_and_more_images(tmp_path: Path) -> None:
    for name in ("ILSVRC2012_val_00000001.jpeg", "ILSVRC2012_val_00000002.JPG", "mine.PNG"):
        (tmp_path / name).touch()
    lines = [f"./val/{_name(2)} 970", f"{_name(1)}\t65\r", "mine.png   999", f"{_name(3)} 5"]
    _val_txt(tmp_path, lines)
    index = open_ilsvrc(tmp_path)
    assert index.classes.tolist() == [65, 970, 999]
    assert index.missing == 1


def test_hidden_files_and_files_of_other_kinds_are_left_out(tmp_path: Path) -> None:
    folder = _flat(tmp_path, [1] * 8)
    for name in ("._" + _name(1), ".DS_Store", ".hidden.jpeg", "readme.md", _name(1) + ".txt"):
        (folder / name).touch()
    (folder / "thumbnails").mkdir()
    (folder / "folder.jpeg").mkdir()
    assert len(open_ilsvrc(folder)) == 8


def test_images_that_cannot_be_told_of_are_left_to_the_reader(tmp_path: Path) -> None:
    folder = _flat(tmp_path, [1] * 8)
    (folder / _name(3)).unlink()
    (folder / _name(3)).symlink_to(_name(3))
    (folder / _name(4)).unlink()
    os.mkfifo(folder / _name(4))
    assert open_ilsvrc(folder).files[2:4].tolist() == [[-1, -1, -1]] * 2


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([1, 2, 3], r"a label for each image in .*, which has 3; received none for .*00000004.JPEG' and 4 others"),
        ([1] * 9, r"a line for each image: 8, .*, or 50,000; received 9 lines"),
        ([0] * 8, r"numbers 1 to 1000; received 0 to 0; .*give order='sorted' .* or order='devkit_from_0'"),
        ([1, 2, 3, 4, 5, 6, 7, 1001], r"received 1 to 1001, which no order of 1000 classes has"),
        ([0, 2, 3, 4, 5, 6, 7, 1000], r"received 0 to 1000, which no order of 1000 classes has"),
    ],
)
def test_labels_that_cannot_be_the_kits_are_refused(numbers: list[int], message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        open_ilsvrc(_flat(tmp_path, numbers))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ILSVRC2012_val_00000001.JPEG 7", r"each image once .* again in line 9"),
        ("other.JPEG -1", r"a name and a number in each line .*'other.JPEG -1' in line 9"),
        ("other.JPEG 1.0", "in line 9"),
        ("other.JPEG ٣", "in line 9"),
        ("42", "in line 9"),
        ("other.JPEG 99999999999999999999", "in line 9"),
        ("other.JPEG 1000", r"numbers 0 to 999; received 1 to 1000; .*order='devkit' .* or order='sorted_from_1'"),
    ],
)
def test_lines_of_val_txt_that_are_no_labels_are_refused(line: str, message: str, tmp_path: Path) -> None:
    folder = _flat(tmp_path)
    _val_txt(folder, [*(f"{_name(number)} {number}" for number in range(1, 9)), line])
    with pytest.raises(DataError, match=message):
        open_ilsvrc(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty first line"),
        (b"\n1\n2\n", "empty first line"),
        (b"1\n\n2\n", "received '' in line 2"),
        (b"1\n\xff\n", "UTF-8; received other bytes at 2"),
        (b"\x00" * 100, "in line 1"),
        (b"image,class\n1\n", "received 'image,class' in line 1"),
        (b"1\n" * 100_001, "at most 100,000 lines; received 100,001"),
        (b"1\n" * 10_000_001, r"at most 20,000,000 bytes; received 20,000,002"),
    ],
    ids=["empty", "blank first", "blank", "not utf-8", "zeros", "header", "too many", "huge"],
)
def test_files_that_are_no_label_files_are_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_label_file(path)


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes(b"\xef\xbb\xbf490\r\n361\r\n")
    assert list(read_label_file(path).by_image.values()) == [490, 361]


@settings(deadline=None, max_examples=150, derandomize=True)
@given(st.binary(max_size=200) | st.text("0123456789 \n\r\t.-_aJ\u0663", max_size=60).map(str.encode))
@example(b"1 2 3")
@example(b"a 1\nb  2\n")
def test_any_bytes_are_labels_or_one_clear_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(content)
    try:
        file = read_label_file(path)
    except DataError as error:
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert all(0 <= number <= 1000 for number in file.by_image.values())


def test_both_files_must_say_the_same(tmp_path: Path) -> None:
    folder = _flat(tmp_path, numbers_of(np.arange(8), "devkit").tolist())
    _val_txt(folder, [f"{_name(number + 1)} {number}" for number in range(8)])
    assert open_ilsvrc(folder).label_file == folder / GROUND_TRUTH
    with pytest.raises(DataError, match="received two in"):
        open_ilsvrc(folder, "sorted")
    _val_txt(folder, [f"{_name(number + 1)} {number if number != 4 else 900}" for number in range(8)])
    with pytest.raises(DataError, match=r"the same classes; received 4 and 900 for .*00000005"):
        open_ilsvrc(folder)
    assert open_ilsvrc(folder, labels=folder / "val.txt").classes[4] == 900


def test_folders_that_are_not_the_set_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "empty").mkdir()
    (tmp_path / "parent" / "val").mkdir(parents=True)
    (tmp_path / "other" / "n00000001").mkdir(parents=True)
    (tmp_path / "no images" / WNIDS[0]).mkdir(parents=True)
    mixed = _flat(tmp_path / "mixed")
    (mixed / WNIDS[0]).mkdir()
    for path, message in [
        (file, "is no folder"),
        (tmp_path / "missing", "is no folder"),
        (tmp_path / "loop", "loop"),
        (tmp_path / "empty", "without images and class folders; correct"),
        (tmp_path / "parent", "whose folder 'val' may be meant"),
        (tmp_path / "other", "received 'n00000001' and 0 others"),
        (tmp_path / "no images", "1 class folders and no image in them"),
        (mixed, "8 images beside 1 class folders"),
        ("nul\0byte", "null"),
        ("~nobody-has-this-name/val", "home"),
        (None, "NoneType"),
    ]:
        with pytest.raises(DataError, match=message) as caught:
            open_ilsvrc(path)  # type: ignore[arg-type]
        assert "\n" not in str(caught.value)
    with pytest.raises(DataError, match=r"one of the orders devkit, .*; received 'caffe'"):
        open_ilsvrc(tmp_path, "caffe")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="received nothing, a folder or a device"):
        open_ilsvrc(_flat(tmp_path / "val"), labels=tmp_path)


def test_names_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    folder = _flat(tmp_path, [1] * 8)
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.jpeg")).touch()
    with pytest.raises(DataError, match=r"names that can be printed; received '\\udcff.jpeg'"):
        open_ilsvrc(folder)


def test_an_image_may_be_there_once(tmp_path: Path) -> None:
    folder = _flat(tmp_path / "flat", [1] * 8)
    (folder / "ILSVRC2012_val_00000002.jpg").touch()
    with pytest.raises(DataError, match=r"each image once .*00000002.JPEG' and .*00000002.jpg'"):
        open_ilsvrc(folder)
    folders = tmp_path / "classes"
    for wnid in WNIDS[:2]:
        (folders / wnid).mkdir(parents=True)
        (folders / wnid / "own name.jpeg").touch()
    assert open_ilsvrc(folders).classes.tolist() == [0, 1]
    for wnid in WNIDS[:2]:
        (folders / wnid / _name(5)).touch()
    with pytest.raises(DataError, match="each image once"):
        open_ilsvrc(folders)


def test_class_folders_that_link_back_end(tmp_path: Path) -> None:
    make_synthetic_ilsvrc(tmp_path, 3, "class folders", classes=[1, 2, 3])
    (tmp_path / WNIDS[7]).symlink_to(tmp_path)
    assert len(open_ilsvrc(tmp_path)) == 3


def test_class_folders_have_no_label_file(tmp_path: Path) -> None:
    make_synthetic_ilsvrc(tmp_path, 3, "class folders")
    with pytest.raises(DataError, match="no order and no label file for class folders; received devkit"):
        open_ilsvrc(tmp_path, "devkit")


def test_the_variable_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IMAGENET_VAL", raising=False)
    assert given_ilsvrc() is None
    monkeypatch.setenv("IMAGENET_VAL", "")
    assert given_ilsvrc() is None
    monkeypatch.setenv("IMAGENET_VAL", str(tmp_path / "nothing"))
    with pytest.raises(DataError, match=r"^IMAGENET_VAL: expected a folder .* is no folder; correct the path$"):
        given_ilsvrc()
    monkeypatch.setenv("IMAGENET_VAL", str(_flat(tmp_path / "val", [1] * 8)))
    found = given_ilsvrc()
    assert found is not None
    assert len(found) == 8


# The true labels of the first images, written in each order and read as each other.
@pytest.mark.parametrize("written", ORDERS)
@pytest.mark.parametrize("read", ORDERS)
def test_the_first_images_tell_the_order(written: Order, read: Order, tmp_path: Path) -> None:
    count = 40
    folder = _flat(tmp_path, count=count)
    # 40 numbers that fit into each range, so that only what they mean can tell.
    path = tmp_path / "labels.txt"
    path.write_text("".join(f"{number}\n" for number in numbers_of(known_classes()[:count], written)))
    if read == written:
        assert open_ilsvrc(folder, read, path).classes.tolist() == known_classes()[:count].tolist()
        return
    with pytest.raises(DataError, match=rf"40 of the 40 images .* read now [01]; give order='{written}'"):
        open_ilsvrc(folder, read, path)


def test_labels_with_a_few_corrections_are_still_the_true_ones() -> None:
    images, numbers = np.arange(1, 101), known_classes()[:100].copy()
    numbers[::20] = 7
    check_known_images(images, numbers, "sorted", "the labels")
    with pytest.raises(DataError, match="95 of the 100"):
        check_known_images(images, numbers, "devkit", "the labels")
    # Four images are no evidence, nor are labels that belong to other pictures.
    check_known_images(images[:4], numbers[:4], "devkit", "the labels")
    check_known_images(images, np.random.default_rng(1).integers(CLASSES, size=100), "devkit", "the labels")


def test_class_folders_sorted_by_the_wrong_list_are_named(tmp_path: Path) -> None:
    truth = known_classes()[:20]
    devkit = devkit_classes()
    mistakes = {
        "devkit_from_0": np.argsort(devkit)[truth],
        "looked up in the development kit's list": devkit[truth],
        "list, counted from 1": devkit[truth - 1],
        "sorted WordNet ids, counted from 1": truth + 1,
    }
    for place, (title, wrong) in enumerate(mistakes.items()):
        folder = tmp_path / str(place)
        make_synthetic_ilsvrc(folder, 20, "class folders", classes=wrong)
        wanted = "the development kit's order, counted from 0" if title == "devkit_from_0" else title
        with pytest.raises(DataError, match=rf"{wanted}.*: so read, 20 of the 20 .*; sort the images .* anew"):
            open_ilsvrc(folder)


def _check_answers(folder: Path, answers: np.ndarray, **options: str) -> None:
    check = OrderCheck(open_ilsvrc(folder, **options))  # type: ignore[arg-type]
    for index, answer in enumerate(answers):
        check.add(index, int(answer))
    check.check()


@pytest.mark.parametrize("written", ORDERS)
@pytest.mark.parametrize("read", ORDERS)
def test_a_trained_networks_answers_tell_the_order(written: Order, read: Order, tmp_path: Path) -> None:
    generator = np.random.default_rng(5)
    truth = generator.integers(1, 999, size=200)
    folder = _flat(tmp_path, count=200)
    path = tmp_path / "labels.txt"
    path.write_text("".join(f"{number}\n" for number in numbers_of(truth, written).clip(1, 999)))
    answers = np.where(generator.random(200) < 0.3, truth, generator.integers(CLASSES, size=200))
    options = {"order": read, "labels": str(path)}
    if read == written:
        _check_answers(folder, answers, **options)
        return
    with pytest.raises(DataError, match=rf"received labels in .*order='{written}'"):
        _check_answers(folder, answers, **options)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 5, 30, 1000]), st.booleans())
def test_an_untrained_network_is_never_taken_for_evidence(
    tmp_path_factory: pytest.TempPathFactory, seed: int, answered: int, sorted_by_class: bool
) -> None:
    folder = tmp_path_factory.getbasetemp() / "untrained"
    generator = np.random.default_rng(seed)
    labels = generator.integers(1, 1001, size=600)
    if sorted_by_class:
        labels = np.sort(labels % 12 + 1)
    _flat(folder, labels.tolist(), count=600)
    _check_answers(folder, generator.choice(generator.permutation(CLASSES)[:answered], size=600))
