"""The operations of an ML program against NumPy, with 32 and 16 bits; whatever is not known is refused by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.coreml.library import coreml_module
from helpers.coreml.network import CoreMLNetwork
from helpers.coreml.operations import OPERATIONS
from helpers.errors import ModelFileError
from tests.coreml_models import (
    ProgramMaker,
    convolved,
    counts,
    largest,
    mean_with_padding,
    mean_without_padding,
    normal,
    pooled,
    same_pads,
)

PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))
FLOATS = st.sampled_from([np.float32, np.float16])
IMAGE = normal(2, 4, 6, 5, seed=3).astype(np.float16).astype(np.float32)


@pytest.fixture(scope="module", autouse=True)
def _coremltools() -> None:
    """Imported before hypothesis looks: it raises Python's recursion limit."""
    coreml_module("coremltools")


def close(received: Any, expected: Any, dtype: Any = np.float32, tolerance: float = 1e-4) -> None:
    """Equal but for rounding; a result of 16 bits is one of their numbers, at most one step away."""
    assert received.shape == expected.shape
    if dtype == np.float16:
        assert (received == received.astype(np.float16)).all()
        tolerance = 2e-3
    np.testing.assert_allclose(received, expected, tolerance, tolerance)


def operation(kind: str, expected: Any, x: Any = IMAGE, dtype: Any = np.float32, **given: Any) -> Any:
    """Compute one operation of `x` for several inputs, and compare."""
    maker = ProgramMaker((1, *x.shape[1:]), dtype)
    maker.operation(kind, (1, *expected.shape[1:]), dtype, x="x", **given)
    received = maker.run(x)
    close(received, expected, dtype)
    return received


def refused(message: str, kind: str, shape: Any = IMAGE.shape[1:], /, **given: Any) -> None:
    """One operation is refused, and the message names it."""
    maker = ProgramMaker((1, *IMAGE.shape[1:]))
    maker.operation(kind, (1, *shape), **{"x": "x", **given})
    with pytest.raises(ModelFileError, match=rf"^operation 'y' \({kind}\) of made.mlpackage: .*{message}"):
        CoreMLNetwork(maker.file())


def pads_of(kind: str, sizes: Any, kernel: Any, strides: Any, dilations: Any, custom: Any) -> Any:
    if kind == "valid":
        return [(0, 0), (0, 0)]
    if kind == "custom":
        return custom
    return [
        same_pads(size, stride, (k - 1) * d + 1, kind == "same_lower")
        for size, stride, k, d in zip(sizes, strides, kernel, dilations, strict=True)
    ]


PAD_TYPES = st.sampled_from(["valid", "same", "same_lower", "custom"])
AMOUNTS = st.tuples(st.integers(0, 2), st.integers(0, 2))


class TestConvolution:
    @settings(deadline=None, max_examples=60, derandomize=True)
    @given(
        kernel=PAIRS,
        strides=PAIRS,
        dilations=PAIRS,
        groups=st.sampled_from([1, 2, 4]),
        multiple=st.integers(1, 2),
        kind=PAD_TYPES,
        custom=st.tuples(AMOUNTS, AMOUNTS),
        dtype=FLOATS,
    )
    def test_any_window(
        self,
        kernel: Any,
        strides: Any,
        dilations: Any,
        groups: int,
        multiple: int,
        kind: str,
        custom: Any,
        dtype: Any,
    ) -> None:
        x = normal(2, 4, 8, 9, seed=1).astype(dtype).astype(np.float32)
        weights = normal(4 * multiple, 4 // groups, *kernel, seed=2).astype(dtype)
        bias = normal(4 * multiple, seed=3).astype(dtype)
        pads = pads_of(kind, (8, 9), kernel, strides, dilations, custom)
        operation(
            "conv",
            convolved(x, weights, pads, strides, dilations, groups)
            + bias[:, np.newaxis, np.newaxis].astype(np.float32),
            x,
            dtype,
            weight=weights,
            bias=bias,
            strides=strides,
            dilations=dilations,
            groups=groups,
            pad_type=kind,
            pad=[amount for pad in custom for amount in pad],
        )

    def test_what_is_left_out_has_its_default(self) -> None:
        weights = normal(3, 4, 3, 3)
        operation("conv", convolved(IMAGE, weights, [(0, 0), (0, 0)], (1, 1), (1, 1), 1), weight=weights)

    def test_the_comparison_sees_mirrored_padding_and_other_groups(self) -> None:
        weights = normal(4, 2, 2, 2)
        pads = ((1, 0), (0, 1))
        received = operation(
            "conv",
            convolved(IMAGE, weights, pads, (1, 1), (1, 1), 2),
            weight=weights,
            groups=2,
            pad_type="custom",
            pad=[1, 0, 0, 1],
        )
        mirrored = convolved(IMAGE, weights, ((0, 1), (1, 0)), (1, 1), (1, 1), 2)
        swapped = convolved(IMAGE, np.concatenate([weights[2:], weights[:2]]), pads, (1, 1), (1, 1), 2)
        assert abs(received - mirrored).max() > 0.1 < abs(received - swapped).max()

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"groups": 3}, "divided into 3 groups"),
            ({"groups": 0}, "divided into 0 groups"),
            ({"groups": -4}, "divided into -4 groups"),
            ({"strides": [0, 1]}, "strides"),
            ({"strides": [-1, 1]}, "strides"),
            ({"strides": [1]}, "strides"),
            ({"strides": 2}, "'strides' to have 1 axes"),
            ({"strides": np.ones(2, np.float32)}, "kind i"),
            ({"dilations": [9, 1]}, "window within the padded image"),
            ({"pad": [-1, 0, 0, 0], "pad_type": "custom"}, "pad"),
            ({"pad": [2**30, 0, 0, 0], "pad_type": "custom"}, "pad"),
            ({"pad": [30_000, 0, 30_000, 0], "pad_type": "custom"}, "numbers with at most"),
            ({"pad_type": "SAME"}, "pad_type valid, same, same_lower or custom; received 'SAME'"),
            ({"bias": normal(4)}, "one bias for each of 3"),
            ({"weight": normal(3, 5, 2, 2)}, "filters of 4 channels"),
            ({"weight": normal(3, 4, 2)}, "'weight' to have 4 axes"),
            ({"weight": "x"}, "'weight' to be a constant"),
            ({"weights": normal(3)}, "'weights', which is not known"),
        ],
    )
    def test_nonsense(self, changes: dict[str, Any], message: str) -> None:
        refused(message, "conv", (3, 5, 4), **{"weight": normal(3, 4, 2, 2), **changes})

    def test_another_size_than_declared(self) -> None:
        refused(
            "declared type FLOAT32 and shape \\(1, 3, 5, 5\\); .* shape \\(1, 3, 5, 4\\)",
            "conv",
            (3, 5, 5),
            weight=normal(3, 4, 2, 2),
        )


class TestPooling:
    @settings(deadline=None, max_examples=60, derandomize=True)
    @given(kernel=PAIRS, strides=PAIRS, kind=PAD_TYPES, pooling=st.integers(0, 2), dtype=FLOATS, data=st.data())
    def test_any_window(self, kernel: Any, strides: Any, kind: str, pooling: int, dtype: Any, data: Any) -> None:
        custom: Any = [data.draw(st.tuples(st.integers(0, k - 1), st.integers(0, k - 1))) for k in kernel]
        pads = pads_of(kind, (6, 5), kernel, strides, (1, 1), custom)
        function = [largest, mean_with_padding, mean_without_padding][pooling]
        more = {"exclude_padding_from_average": pooling == 2} if pooling else {}
        operation(
            "avg_pool" if pooling else "max_pool",
            pooled(IMAGE, kernel, pads, strides, function),
            dtype=dtype,
            kernel_sizes=kernel,
            strides=strides,
            pad_type=kind,
            pad=[amount for pad in custom for amount in pad],
            **more,
        )

    @pytest.mark.parametrize("kind", ["max_pool", "avg_pool"])
    @pytest.mark.parametrize("size", [5, 6, 7, 8])
    @pytest.mark.parametrize("amount", [0, 1])
    def test_ceil_mode(self, kind: str, size: int, amount: int) -> None:
        x = normal(2, 3, size, size)
        out = -(-(size + 2 * amount - 3) // 2) + 1
        if amount and (out - 1) * 2 >= size + amount:
            out -= 1
        pads = [(amount, max(amount, 2 * (out - 1) + 3 - size - amount))] * 2
        assert counts([size + sum(pads[0])] * 2, (3, 3), (2, 2)) == (out, out)
        exclude = {"exclude_padding_from_average": True} if kind == "avg_pool" else {}
        operation(
            kind,
            pooled(x, (3, 3), pads, (2, 2), mean_without_padding if exclude else largest),
            x,
            kernel_sizes=[3, 3],
            strides=[2, 2],
            pad_type="custom",
            pad=[amount] * 4,
            ceil_mode=True,
            **exclude,
        )

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"kernel_sizes": [0, 2]}, "kernel_sizes"),
            ({"kernel_sizes": [9, 9]}, "window within"),
            ({"pad": [2, 0, 0, 0], "pad_type": "custom"}, "padding smaller than the pooling window"),
            ({"ceil_mode": True, "pad_type": "same"}, "ceil_mode"),
            ({"ceil_mode": True, "strides": [3, 3]}, "exclude_padding_from_average"),
            ({"ceil_mode": True, "pad": [1, 0, 0, 0], "pad_type": "custom"}, "same padding before and after"),
        ],
    )
    def test_nonsense(self, changes: dict[str, Any], message: str) -> None:
        refused(message, "avg_pool", **{"kernel_sizes": [2, 2], **changes})


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs": abs,
    "exp": np.exp,
    "identity": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "sqrt": np.sqrt,
    "square": np.square,
    "tanh": np.tanh,
}
PAIRED: dict[str, Callable[[Any, Any], Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "real_div": np.divide,
    "maximum": np.maximum,
    "minimum": np.minimum,
}


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("kind", sorted(FUNCTIONS))
def test_functions(kind: str, dtype: Any) -> None:
    x = abs(IMAGE) if kind == "sqrt" else 3 * IMAGE
    x = x.astype(dtype).astype(np.float32)
    operation(kind, FUNCTIONS[kind](x), x, dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("shape", [(), (5,), (6, 1), (4, 1, 1), (1, 4, 1, 1), (1, 1, 6, 5)])
@pytest.mark.parametrize("kind", sorted(PAIRED))
def test_combinations(kind: str, shape: Any, dtype: Any) -> None:
    other = (normal(*shape, seed=5) + 4).astype(dtype)
    operation(kind, PAIRED[kind](IMAGE, other.astype(np.float32)), dtype=dtype, y=other)
    turned = ProgramMaker((1, 4, 6, 5), dtype)
    turned.operation(kind, (1, 4, 6, 5), dtype, x=other, y="x")
    close(turned.run(IMAGE), PAIRED[kind](other.astype(np.float32), IMAGE), dtype, 1e-3)


def test_shapes_that_do_not_fit() -> None:
    refused("combined number by number; received \\(1, 4, 6, 5\\), \\(4,\\)", "add", y=normal(4))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_functions_with_numbers(dtype: Any) -> None:
    operation("leaky_relu", np.where(IMAGE >= 0, IMAGE, 0.25 * IMAGE), dtype=dtype, alpha=dtype(0.25))
    operation("elu", np.where(IMAGE >= 0, IMAGE, 0.5 * np.expm1(IMAGE)), dtype=dtype, alpha=dtype(0.5))
    operation("clip", IMAGE.clip(-0.5, 1), dtype=dtype, alpha=dtype(-0.5), beta=dtype(1))
    if dtype == np.float32:
        refused("alpha to be at most beta", "clip", alpha=1.0, beta=0.5)
        refused("'alpha' to be a constant", "leaky_relu")


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate"])
@pytest.mark.parametrize("amounts", [[1, 2], [1, 0, 0, 2], [0, 0, 2, 1, 1, 1, 3, 0]])
def test_pad(mode: str, amounts: list[int]) -> None:
    pads = [(0, 0)] * (4 - len(amounts) // 2) + list(zip(amounts[::2], amounts[1::2], strict=True))
    how: Any = {"constant": "constant", "reflect": "reflect", "replicate": "edge"}[mode]
    more = {"constant_values": 1.5} if mode == "constant" else {}
    operation("pad", np.pad(IMAGE, pads, how, **more), pad=amounts, mode=mode, constant_val=1.5)


def test_pad_that_cannot_be() -> None:
    refused("two numbers", "pad", pad=[1, 2, 3], constant_val=0.0)
    refused("two numbers", "pad", pad=[0, -1], constant_val=0.0)
    refused("two numbers", "pad", pad=[1] * 10, constant_val=0.0)
    refused("mirrored padding", "pad", (4, 6, 15), pad=[5, 5], mode="reflect", constant_val=0.0)
    refused("'symmetric'", "pad", pad=[0, 1], mode="symmetric", constant_val=0.0)


REDUCTIONS = {"reduce_mean": np.mean, "reduce_sum": np.sum, "reduce_max": np.max, "reduce_min": np.min}


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("kind", sorted(REDUCTIONS))
def test_reductions(kind: str, dtype: Any) -> None:
    for axes in ([1], [2, -1], [1, 2, 3]):
        expected = REDUCTIONS[kind](IMAGE, axis=tuple(axes), keepdims=True)
        operation(kind, expected, dtype=dtype, axes=axes, keep_dims=True)
    operation(kind, REDUCTIONS[kind](IMAGE, axis=(1, 2)), dtype=dtype, axes=[1, 2])


def softmax(x: Any, axis: int) -> Any:
    powers = np.exp(x.astype(np.float64))
    return powers / powers.sum(axis=axis, keepdims=True)


def test_shapes_and_axes() -> None:
    operation("transpose", IMAGE.transpose(0, 2, 3, 1), perm=[0, 2, 3, 1])
    operation("reshape", IMAGE.reshape(2, 5, 24), shape=[1, 5, 24])
    operation("reshape", IMAGE.reshape(2, 5, 24), shape=[1, -1, 24])
    narrow = IMAGE[:, :1, :, :1]
    operation("squeeze", narrow[:, 0, :, 0], narrow, axes=[1, -1])
    operation("expand_dims", IMAGE[:, 0][:, np.newaxis], IMAGE[:, 0], axes=[1])
    refused("permutation", "transpose", perm=[0, 1, 1, 2])
    refused("numbers", "reshape", shape=[1, 121])
    refused("numbers", "reshape", shape=[1, -1, 7])
    refused("1 to", "reshape", shape=[-1, -1])
    refused("size 1", "squeeze", axes=[1])
    refused("axis from", "expand_dims", axes=[9])


def test_softmax() -> None:
    for axis in (1, 3, -1):
        operation("softmax", softmax(IMAGE, axis), axis=axis)
        operation("softmax", softmax(IMAGE, axis), dtype=np.float16, axis=axis)
    refused("axis from -4 to 3; received 4", "softmax", axis=4)


def test_concat() -> None:
    for axis in (1, 2, -1):
        expected = np.concatenate([IMAGE, np.maximum(IMAGE, 0)], axis)
        maker = ProgramMaker((1, 4, 6, 5))
        maker.operation("relu", (1, 4, 6, 5), np.float32, "a", x="x")
        maker.operation("concat", (1, *expected.shape[1:]), values=["x", "a"], axis=axis, interleave=False)
        close(maker.run(IMAGE), expected)
    maker = ProgramMaker((1, 4, 6, 5))
    maker.operation("concat", (1, 8, 6, 5), values=["x", "x"], axis=1, interleave=True)
    with pytest.raises(ModelFileError, match="interleave"):
        CoreMLNetwork(maker.file())


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_matrices(dtype: Any) -> None:
    x = normal(2, 3, 4).astype(dtype).astype(np.float32)
    weights, bias = normal(5, 4, seed=1).astype(dtype), normal(5, seed=2).astype(dtype)
    wide = weights.astype(np.float32)
    operation("linear", x @ wide.T + bias.astype(np.float32), x, dtype, weight=weights, bias=bias)
    operation("linear", x[:, 0] @ wide.T, x[:, 0], dtype, weight=weights)
    operation("matmul", x @ wide.T, x, dtype, y=weights, transpose_y=True)
    operation("matmul", x @ x.transpose(0, 2, 1), x, dtype, y="x", transpose_y=True)
    refused("matrix of", "linear", weight=normal(3, 4))
    refused("can be multiplied", "matmul", y=normal(4, 4))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_batch_norm(dtype: Any) -> None:
    gamma, beta, mean = (normal(4, seed=seed).astype(dtype) for seed in (4, 5, 6))
    variance = (abs(normal(4, seed=7)) + 0.5).astype(dtype)
    wide = [array.astype(np.float64).reshape(4, 1, 1) for array in (gamma, beta, mean, variance)]
    normalised = (IMAGE - wide[2]) / np.sqrt(wide[3] + 1e-3)
    numbers = {"mean": mean, "variance": variance, "epsilon": dtype(1e-3)}
    operation("batch_norm", wide[0] * normalised + wide[1], dtype=dtype, gamma=gamma, beta=beta, **numbers)
    operation("batch_norm", normalised, dtype=dtype, **numbers)
    refused("each of 4 channels", "batch_norm", mean=normal(3), variance=abs(normal(3)))


class TestSixteenBits:
    """Results are rounded once after each operation, which TensorFlow's optimiser must not take back."""

    def test_every_result_is_rounded(self) -> None:
        factor, offset = np.float16(1.001), np.float16(0.3333)
        maker = ProgramMaker((1, 300))
        maker.operation("cast", (1, 300), np.float16, "a", x="x", dtype="fp16")
        maker.operation("mul", (1, 300), np.float16, "b", x="a", y=factor)
        maker.operation("add", (1, 300), np.float16, "c", x="b", y=offset)
        maker.operation("cast", (1, 300), np.float32, x="c", dtype="fp32")
        x = normal(2, 300)
        half, wide = np.float16, np.float32
        a = x.astype(half).astype(wide)
        b = (a * wide(factor)).astype(half).astype(wide)
        expected = (b + wide(offset)).astype(half).astype(wide)
        assert (maker.run(x) == expected).all()
        once = (a * wide(factor) + wide(offset)).astype(half).astype(wide)
        never = x * wide(factor) + wide(offset)
        assert (expected != once).any()
        assert (expected != never).any()

    def test_a_convolution_before_an_activation_is_rounded_too(self) -> None:
        weights = np.full((1, 1, 1, 1), 1.001, np.float16)
        maker = ProgramMaker((1, 1, 8, 8), np.float16)
        maker.operation("conv", (1, 1, 8, 8), np.float16, "a", x="x", weight=weights)
        maker.operation("relu", (1, 1, 8, 8), np.float16, "b", x="a")
        maker.operation("cast", (1, 1, 8, 8), np.float32, x="b", dtype="fp32")
        x = normal(3, 1, 8, 8).astype(np.float16).astype(np.float32)
        expected = np.maximum((x * np.float32(weights)).astype(np.float16).astype(np.float32), 0)
        assert (maker.run(x) == expected).all()
        assert (expected != np.maximum(x * np.float32(weights), 0)).any()

    def test_the_input_is_rounded_where_it_is_declared_so(self) -> None:
        maker = ProgramMaker((1, 4), np.float16)
        maker.operation("identity", (1, 4), np.float16, x="x")
        x = np.array([[1.0001, 2.0, 1e-9, 1e5]], np.float32)
        assert maker.run(x).tolist() == [[1.0, 2.0, 0.0, np.inf]]

    def test_what_is_too_large_becomes_infinite(self) -> None:
        for dtype, expected in ((np.float16, np.inf), (np.float32, 90_000)):
            maker = ProgramMaker((1, 1), dtype)
            maker.operation("mul", (1, 1), dtype, "a", x="x", y=dtype(300))
            maker.operation("mul", (1, 1), dtype, x="a", y=dtype(1))
            assert maker.run(np.full((1, 1), 300, np.float32)).item() == expected

    def test_types_are_not_mixed(self) -> None:
        maker = ProgramMaker((1, 4), np.float16)
        maker.operation("mul", (1, 4), np.float16, x="x", y=np.float32(2))
        with pytest.raises(ModelFileError, match="FLOAT16, FLOAT32"):
            CoreMLNetwork(maker.file())
        maker = ProgramMaker((1, 4), np.float16)
        maker.operation("relu", (1, 4), np.float32, x="x")
        with pytest.raises(ModelFileError, match="declared type FLOAT32"):
            CoreMLNetwork(maker.file())
        maker = ProgramMaker((1, 4))
        maker.operation("cast", (1, 4), np.float16, x="x", dtype="int32")
        with pytest.raises(ModelFileError, match="fp16 or fp32"):
            CoreMLNetwork(maker.file())


def test_a_chain_of_axes() -> None:
    """What lies in memory is another order than what the file says, all the way through."""
    weights = normal(4, 4, 3, 3)
    maker = ProgramMaker((1, 4, 6, 5))
    maker.operation("conv", (1, 4, 6, 5), np.float32, "a", x="x", weight=weights, pad_type="same")
    maker.operation("transpose", (1, 5, 4, 6), np.float32, "b", x="a", perm=[0, 3, 1, 2])
    maker.operation("conv", (1, 4, 3, 4), np.float32, "c", x="b", weight=normal(4, 5, 2, 3))
    maker.operation("reshape", (1, 2, 24), np.float32, "d", x="c", shape=[1, 2, 24])
    maker.operation("reduce_sum", (1, 24), np.float32, "y", x="d", axes=[1], keep_dims=False)
    a = (
        tf.nn.conv2d(IMAGE.transpose(0, 2, 3, 1), weights.transpose(2, 3, 1, 0), 1, "SAME")
        .numpy()
        .transpose(0, 3, 1, 2)
    )
    c = convolved(a.transpose(0, 3, 1, 2), normal(4, 5, 2, 3), [(0, 0), (0, 0)], (1, 1), (1, 1), 1)
    close(maker.run(IMAGE), c.reshape(2, 2, 24).sum(axis=1), tolerance=1e-3)


class TestNonsense:
    """A program that is well formed and makes no sense."""

    def made(self) -> tuple[ProgramMaker, Any]:
        maker = ProgramMaker((1, 4))
        return maker, maker.operation("relu", (1, 4), x="x")

    def check(self, maker: ProgramMaker, message: str) -> None:
        with pytest.raises(ModelFileError, match=message) as caught:
            CoreMLNetwork(maker.file())
        assert "convert the model again" in str(caught.value)

    def test_it_is_good_before_it_is_damaged(self) -> None:
        assert CoreMLNetwork(self.made()[0].file()).run(np.ones((2, 4), np.float32))["y"].shape == (2, 4)

    def test_an_unknown_operation(self) -> None:
        maker, operation = self.made()
        operation.type = "lstm"
        self.check(maker, r"operation 'y' \(lstm\) of made.mlpackage: .*received 'lstm'")

    def test_an_unknown_name(self) -> None:
        maker, operation = self.made()
        operation.inputs["x"].arguments[0].name = "z"
        self.check(maker, "an operation before gives; received 'z'")

    def test_a_loop(self) -> None:
        maker, operation = self.made()
        operation.inputs["x"].arguments[0].name = "y"
        self.check(maker, "an operation before gives; received 'y'")

    def test_a_name_given_twice(self) -> None:
        maker, _ = self.made()
        maker.operation("relu", (1, 4), x="x")
        self.check(maker, "output with a new name; received 'y'")

    def test_an_attribute_or_a_block(self) -> None:
        maker, operation = self.made()
        operation.attributes["fast"].SetInParent()
        self.check(maker, "fast")
        maker, operation = self.made()
        operation.blocks.add()
        self.check(maker, "blocks of its own")

    def test_no_or_two_inputs(self) -> None:
        maker, operation = self.made()
        operation.inputs["x"].arguments.add(name="x")
        self.check(maker, "one tensor as the input 'x'; received 2")
        maker, operation = self.made()
        del operation.inputs["x"]
        self.check(maker, "'x' to be a tensor of numbers; received none")

    def test_two_outputs(self) -> None:
        maker, operation = self.made()
        operation.outputs.add(name="z")
        self.check(maker, "expected one output")

    def test_an_output_that_nothing_gives(self) -> None:
        maker, operation = self.made()
        operation.outputs[0].name = "z"
        self.check(maker, "to give the output 'y'; received none")

    def test_an_open_or_absurd_size(self) -> None:
        maker, operation = self.made()
        operation.outputs[0].type.tensorType.dimensions[1].unknown.variadic = False
        self.check(maker, "open dimension")
        maker, operation = self.made()
        operation.outputs[0].type.tensorType.dimensions[1].constant.size = 2**63
        self.check(maker, "numbers with at most")
        maker, operation = self.made()
        operation.outputs[0].type.tensorType.rank = 3
        self.check(maker, "rank")

    def test_another_input_than_described(self) -> None:
        maker, _ = self.made()
        maker.function.inputs[0].type.tensorType.dimensions[1].constant.size = 5
        self.check(maker, "the input of made.mlpackage: .*shape \\(1, 4\\)")
        maker, _ = self.made()
        maker.function.inputs[0].name = "z"
        self.check(maker, "received \\['z'\\]")

    def test_a_later_set_of_operations(self) -> None:
        maker, _ = self.made()
        maker.function.opset = "CoreML99"
        maker.function.block_specializations["CoreML99"].CopyFrom(maker.block)
        maker.block = maker.function.block_specializations["CoreML99"]
        self.check(maker, "CoreML99")

    def test_a_constant_of_another_size_or_type(self) -> None:
        for change, message in (
            (lambda value: value.immediateValue.tensor.floats.values.append(1.0), "expected 4 numbers"),
            (lambda value: value.immediateValue.tensor.ints.values.append(1), "numbers of type FLOAT32; received ints"),
            (lambda value: value.immediateValue.ClearField("tensor"), "constant tensor"),
            (lambda value: setattr(value.type.tensorType, "dataType", 24), "received INT64"),
            (lambda value: setattr(value.blobFileValue, "offset", 64), "in a file"),
        ):
            maker = ProgramMaker((1, 4))
            name = maker.constant(normal(4))
            maker.operation("add", (1, 4), x="x", y=name)
            change(maker.block.operations[0].attributes["val"])
            self.check(maker, rf"operation 'const_1' \(const\) of made.mlpackage: .*{message}")

    def test_bytes_that_are_no_numbers(self) -> None:
        maker = ProgramMaker((1, 4), np.float16)
        name = maker.constant(normal(4).astype(np.float16))
        maker.operation("add", (1, 4), np.float16, x="x", y=name)
        maker.block.operations[0].attributes["val"].immediateValue.tensor.bytes.values = b"\0\0\0"
        self.check(maker, "const")


def test_every_kind_of_operation_is_tested() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [kind for kind in OPERATIONS if f'"{kind}"' not in source] == []
