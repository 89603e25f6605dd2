"""The bytes of Core ML files: protobuf messages and blobs of weights, looked at before they are used."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from coreml_mutations import mutated
from coreml_samples import (
    WEIGHTS,
    conversions,
    declared_blobs,
    peak_bytes,
    write_samples,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers.convert.keras_file import load_h5
from helpers.coreml.file import read_coreml
from helpers.coreml.image import (
    ImageFeature,
    class_labels,
    input_feature,
)
from helpers.coreml.library import coreml_module
from helpers.coreml.weights_blob import WeightsBlob
from helpers.coreml.wire import check_wire
from helpers.errors import ModelFileError
from helpers.files import DATA


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small classifier in the three kinds of file."""
    return write_samples(tmp_path_factory.mktemp("coreml"))


@pytest.fixture
def network(files: Path) -> Any:
    """The message of the neural network, to be changed."""
    return read_coreml(files / "tiny.mlmodel").specification


def _refused(path: Path, message: str) -> None:
    with pytest.raises(ModelFileError, match=message) as caught:
        read_coreml(path)
    assert str(caught.value).startswith(f"expected {path.name} to be a Core ML model")
    assert len(str(caught.value)) < 700


class TestBytes:
    @pytest.mark.parametrize(
        "content",
        [b"{}", b"<!DOCTYPE html>", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\x00" * 100, b"\xff" * 100, b"\x08\x04\x00"],
    )
    def test_of_another_kind(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "other.mlmodel").write_bytes(content)
        _refused(tmp_path / "other.mlmodel", "the file is damaged, of another kind, or newer")

    def test_cut_anywhere(self, files: Path, tmp_path: Path) -> None:
        content = (files / "tiny.mlmodel").read_bytes()
        for end in range(1, len(content), 7):
            (tmp_path / "cut.mlmodel").write_bytes(content[:end])
            _refused(tmp_path / "cut.mlmodel", "cut short|says of no kind")

    def test_what_protobuf_would_skip(self, network: Any, tmp_path: Path) -> None:
        (tmp_path / "more.mlmodel").write_bytes(network.SerializeToString() + b"\xa0\x06\x01")
        _refused(tmp_path / "more.mlmodel", "field 100, written in way 0, in Model, which has no such field")

    def test_a_known_field_in_another_way(self, tmp_path: Path) -> None:
        (tmp_path / "way.mlmodel").write_bytes(b"\x0a\x01\x04")
        _refused(tmp_path / "way.mlmodel", "field 1, written in way 2, in Model")

    def test_text_that_is_not_utf_8(self, network: Any, tmp_path: Path) -> None:
        content = network.SerializeToString()
        assert content.count("dürüm".encode()) == 1
        (tmp_path / "text.mlmodel").write_bytes(content.replace("dürüm".encode(), b"d\xff\xfer\xc3m\xff"))
        _refused(tmp_path / "text.mlmodel", "protobuf cannot read it")

    def test_deep_nesting(self, tmp_path: Path) -> None:
        content = b""
        for _ in range(20_000):
            content = _field(1, content)  # Pipeline.models and Model.pipeline by turns
            content = _field(202, content)
        (tmp_path / "deep.mlmodel").write_bytes(content)
        _refused(tmp_path / "deep.mlmodel", "or 100 levels")

    @pytest.mark.parametrize("name", ["layers", "numbers", "texts"])
    def test_small_bytes_that_unfold_to_much(self, tmp_path: Path, name: str) -> None:
        """Each is 10 million bytes, which protobuf alone would make 80 to 500 million of."""
        content = {
            "layers": _field(500, b"\x0a\x00" * 5_000_000),
            "numbers": _field(2, _field(1, _field(3, _field(5, _field(1, b"\x01" * 10_000_000))))),
            "texts": _field(403, _field(100, b"\x0a\x00" * 5_000_000)),
        }[name]
        (tmp_path / "bomb.mlmodel").write_bytes(content)
        before = peak_bytes()
        _refused(tmp_path / "bomb.mlmodel", "more than 2,000,000 values")
        assert peak_bytes() - before < 60_000_000

    def test_packed_and_single_numbers_are_both_protobuf(self, network: Any) -> None:
        descriptor = network.description.input[0].type.multiArrayType.DESCRIPTOR
        for content in (b"\x0a\x02\x03\x04", b"\x08\x03\x08\x04"):
            check_wire(content, descriptor, "expected an array")
        with pytest.raises(ModelFileError, match="cut short"):
            check_wire(b"\x0a\x03\x03\x04", descriptor, "expected an array")

    @given(st.binary(max_size=60))
    @example(b"\x08\x04")
    @settings(deadline=None, max_examples=300, derandomize=True)
    def test_what_is_let_pass_is_whole(self, content: bytes) -> None:
        _let_pass_only_if_whole(content)

    def test_what_is_let_pass_of_damaged_files_is_whole(self, files: Path) -> None:
        passed = sum(
            _let_pass_only_if_whole(content)
            for _, content in mutated((files / "tiny.mlmodel").read_bytes(), 400, seed=3)
        )
        assert 10 < passed < 390


def _field(number: int, content: bytes) -> bytes:
    """A field that holds some bytes."""
    head = b""
    for value in (number << 3 | 2, len(content)):
        while value > 127:
            head += bytes([value & 127 | 128])
            value >>= 7
        head += bytes([value])
    return head + content


def _let_pass_only_if_whole(content: bytes) -> bool:
    """Whether the walk lets some bytes pass; if so, protobuf reads all of them, and skips nothing."""
    message = coreml_module("coremltools.proto.Model_pb2").Model()
    try:
        check_wire(content, message.DESCRIPTOR, "expected")
    except ModelFileError:
        return False
    try:
        message.ParseFromString(content)
    except Exception as error:
        if "utf-8" in str(error).lower():
            return False
        raise
    size = message.ByteSize()
    message.DiscardUnknownFields()
    assert message.ByteSize() == size, content
    return True


class TestWeights:
    def test_blobs(self) -> None:
        """The format as Apple's header describes it, byte by byte; two records may share their data."""
        numbers = np.arange(20, dtype="<f4")
        content = struct.pack("<II56x", 2, 2)
        content += struct.pack("<IIQQ40x", 0xDEADBEEF, 2, 80, 192) + struct.pack("<IIQQ40x", 0xDEADBEEF, 3, 7, 192)
        blob = WeightsBlob("weight.bin", content + numbers.tobytes())
        assert np.array_equal(blob.array(64, np.float32, 20), numbers)
        assert np.array_equal(blob.array(128, np.uint8, 7), numbers.view(np.uint8)[:7])
        for offset, dtype, count in [(64, "f2", 40), (64, "f4", 19), (64, "f4", 21), (64, "f4", -20), (128, "i1", 7)]:
            with pytest.raises(ModelFileError, match=r"expected -?\d+ numbers of type .*as the program declares; rec"):
                blob.array(offset, np.dtype(dtype), count)
        for offset in (-64, 0, 1, 63, 65, 96, 2**64 - 64, 256, 10**30):
            with pytest.raises(ModelFileError, match=r"expected a blob at offset .*; records lie at multiples of 64"):
                blob.check(offset)
        with pytest.raises(ModelFileError, match="received 0x0 and type 1065353216"):
            blob.check(192)

    @pytest.mark.parametrize(
        ("sentinel", "kind", "size", "start", "message"),
        [
            (0xDEADBEEE, 2, 64, 128, "received 0xdeadbeee and type 2"),
            (0xDEADBEEF, 0, 64, 128, "and type 0"),
            (0xDEADBEEF, 8, 64, 128, "and type 8; .*without compressing"),
            (0xDEADBEEF, 2, 65, 128, "received 65 bytes from 128 on, of 192"),
            (0xDEADBEEF, 2, 2**64 - 1, 128, "received 18,446,744,073,709,551,615 bytes from 128"),
            (0xDEADBEEF, 2, 4, 2**64 - 64, "from 18,446,744,073,709,551,552 on"),
            (0xDEADBEEF, 2, 64, 0, "from 0 on"),
            (0xDEADBEEF, 2, 4, 132, "from 132 on"),
            (0xDEADBEEF, 2, 64, 192, "from 192 on"),
        ],
    )
    def test_a_bad_record(self, sentinel: int, kind: int, size: int, start: int, message: str) -> None:
        record = struct.pack("<IIQQ40x", sentinel, kind, size, start)
        blob = WeightsBlob("weight.bin", struct.pack("<II56x", 1, 2) + record + bytes(64))
        with pytest.raises(ModelFileError, match=message):
            blob.check(64)

    @given(st.binary(max_size=200), st.integers(-1, 300), st.sampled_from(["f4", "f2", "u1"]), st.integers(-1, 50))
    @settings(deadline=None, max_examples=300, derandomize=True)
    def test_any_bytes(self, content: bytes, offset: int, dtype: str, count: int) -> None:
        """Such bytes with a record in front, which may say anything of what follows."""
        try:
            blob = WeightsBlob("weight.bin", struct.pack("<II56x", 1, 2) + b"\xef\xbe\xad\xde" + content)
            assert blob.array(offset, np.dtype(dtype), count).shape == (count,)
        except ModelFileError:
            pass

    @pytest.mark.parametrize("precision", ["32", "16"])
    def test_each_blob_of_lenet_is_what_coremltools_reads(self, tmp_path: Path, precision: str) -> None:
        ct = coreml_module("coremltools")
        gray = ct.ImageType("image", (1, 28, 28, 1), color_layout=ct.colorlayout.GRAYSCALE)
        model = ct.convert(
            load_h5(DATA / "lenet" / "lenet.h5"),
            source="tensorflow",
            inputs=[gray],
            **conversions()[f"{precision}.mlpackage"],
        )
        model.save(str(tmp_path / "lenet.mlpackage"))
        file = read_coreml(tmp_path / "lenet.mlpackage")
        assert (input_feature(file), class_labels(file)) == (ImageFeature("image", 28, 28, "gray"), ())
        reader = coreml_module("coremltools.libmilstoragepython")._BlobStorageReader(
            str(tmp_path / "lenet.mlpackage" / WEIGHTS)
        )
        read = {"float32": reader.read_float_data, "float16": reader.read_fp16_data}
        blobs = declared_blobs(file)
        assert len(blobs) == 10
        assert file.weights is not None
        for offset, (dtype, count) in blobs.items():
            ours, theirs = file.weights.array(offset, dtype, count), read[dtype](offset)
            assert ours.tobytes() == theirs.tobytes()
            assert np.isfinite(ours).all()
            assert ours.any()
