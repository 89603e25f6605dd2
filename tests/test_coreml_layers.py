"""The layers of a Core ML neural network, each against NumPy; and whatever is not known is refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.coreml.layer_functions import FUNCTION_LAYERS
from helpers.coreml.layers import FIVE_AXES_LAYERS, IMAGE_LAYERS
from helpers.coreml.layers_nd import ND_LAYERS
from helpers.coreml.library import coreml_module
from helpers.coreml.network import CoreMLNetwork
from helpers.errors import ModelFileError
from tests.coreml_models import (
    borders,
    convolved,
    counts,
    largest,
    mean_with_padding,
    mean_without_padding,
    network_file,
    normal,
    pooled,
    run_layer,
    same_pads,
)

PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))
AMOUNTS = st.tuples(st.integers(0, 2), st.integers(0, 2))
IMAGE = normal(2, 4, 6, 5, seed=3)


@pytest.fixture(scope="module", autouse=True)
def _coremltools() -> None:
    """Imported before hypothesis looks: it raises Python's recursion limit."""
    coreml_module("coremltools")


def close(received: Any, expected: Any, tolerance: float = 1e-5) -> None:
    assert received.shape == expected.shape
    np.testing.assert_allclose(received, expected, tolerance, tolerance)


def layer(kind: str, parameters: dict[str, Any], x: Any, five_axes: bool = False) -> Any:
    return run_layer(kind, parameters, x, five_axes)


def layers(steps: list[Any], x: Any, five_axes: bool = False) -> Any:
    """Compute several layers, for inputs along the first axis."""
    network = CoreMLNetwork(network_file(steps, x.shape[1:] if five_axes else (1, *x.shape[1:]), five_axes))
    return network.run(x)[steps[-1][3]]


def refused(message: str, kind: str, parameters: dict[str, Any], x: Any = IMAGE, five_axes: bool = False) -> None:
    """It is refused, and the message names the layer."""
    with pytest.raises(ModelFileError, match=rf"^layer '{kind}_0' \({kind}\) of made.mlmodel: .*{message}"):
        run_layer(kind, parameters, x, five_axes)


def convolution(weights: Any, padding: dict[str, Any], **more: Any) -> dict[str, Any]:
    kernel = {"outputChannels": len(weights), "kernelChannels": weights.shape[1], "kernelSize": list(weights.shape[2:])}
    return {**kernel, "weights": weights, **padding, **more}


VALID: dict[str, Any] = {"valid": {"paddingAmounts": borders(((0, 0), (0, 0)))}}


class TestConvolution:
    @settings(deadline=None, max_examples=60, derandomize=True)
    @given(
        kernel=PAIRS,
        strides=PAIRS,
        dilations=PAIRS,
        groups=st.sampled_from([1, 2, 4]),
        multiple=st.integers(1, 2),
        padding=st.sampled_from(["valid", "same", "same_lower"]),
        pads=st.tuples(AMOUNTS, AMOUNTS),
        five_axes=st.booleans(),
    )
    def test_any_window(
        self,
        kernel: Any,
        strides: Any,
        dilations: Any,
        groups: int,
        multiple: int,
        padding: str,
        pads: Any,
        five_axes: bool,
    ) -> None:
        x = normal(2, 4, 8, 9, seed=1)
        weights, bias = normal(4 * multiple, 4 // groups, *kernel, seed=2), normal(4 * multiple, seed=3)
        if padding == "valid":
            how: dict[str, Any] = {"valid": {"paddingAmounts": borders(pads)}}
        else:
            how = {"same": {"asymmetryMode": int(padding == "same_lower")}}
            pads = [
                same_pads(size, stride, (k - 1) * d + 1, padding == "same_lower")
                for size, stride, k, d in zip((8, 9), strides, kernel, dilations, strict=True)
            ]
        more = {"stride": list(strides), "dilationFactor": list(dilations), "nGroups": groups}
        received = layer(
            "convolution", convolution(weights, how, hasBias=True, bias=bias, **more), x, five_axes=five_axes
        )
        expected = convolved(x, weights, pads, strides, dilations, groups) + bias[:, np.newaxis, np.newaxis]
        close(received, expected, 1e-4)

    def test_what_is_left_out_has_the_formats_defaults(self) -> None:
        weights = normal(3, 4, 3, 3)
        received = layer(
            "convolution", {"outputChannels": 3, "kernelChannels": 4, "weights": weights, "valid": {}}, IMAGE
        )
        close(received, convolved(IMAGE, weights, ((0, 0), (0, 0)), (1, 1), (1, 1), 1), 1e-4)

    def test_numbers_of_16_bits(self) -> None:
        weights = normal(3, 4, 2, 2).astype(np.float16)
        close(
            layer("convolution", convolution(weights, VALID), IMAGE),
            convolved(IMAGE, weights, ((0, 0), (0, 0)), (1, 1), (1, 1), 1),
            1e-4,
        )

    def test_the_comparison_sees_mirrored_padding_and_other_groups(self) -> None:
        weights = normal(4, 2, 2, 2)
        pads = ((1, 0), (0, 1))
        received = layer(
            "convolution", convolution(weights, {"valid": {"paddingAmounts": borders(pads)}}, nGroups=2), IMAGE
        )
        close(received, convolved(IMAGE, weights, pads, (1, 1), (1, 1), 2), 1e-4)
        mirrored = convolved(IMAGE, weights, ((0, 1), (1, 0)), (1, 1), (1, 1), 2)
        swapped = convolved(IMAGE, np.concatenate([weights[2:], weights[:2]]), pads, (1, 1), (1, 1), 2)
        assert abs(received - mirrored).max() > 0.1 < abs(received - swapped).max()

    def test_tensorflow_agrees_about_same_padding(self) -> None:
        weights = normal(3, 4, 4, 3)
        received = layer("convolution", convolution(weights, {"same": {}}, stride=[2, 1]), IMAGE)
        expected = tf.nn.conv2d(IMAGE.transpose(0, 2, 3, 1), weights.transpose(2, 3, 1, 0), (2, 1), "SAME")
        close(received, expected.numpy().transpose(0, 3, 1, 2), 1e-4)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"isDeconvolution": True}, "isDeconvolution"),
            ({"outputShape": [4, 4]}, "deconvolution"),
            ({"nGroups": 3}, "divided into 3 groups"),
            ({"nGroups": 2**40}, "groups"),
            ({"kernelChannels": 3}, "weights of shape"),
            ({"outputChannels": 2**40}, "weights of shape"),
            ({"kernelSize": [2]}, "kernelSize"),
            ({"kernelSize": [0, 2]}, "kernelSize"),
            ({"stride": [2, 0]}, "stride"),
            ({"stride": [2**63, 1]}, "stride"),
            ({"dilationFactor": [1, 2**20]}, "dilationFactor"),
            ({"dilationFactor": [9, 1]}, "window within the padded image"),
            ({"hasBias": True}, "bias as floatValue or float16Value; received none"),
            ({"hasBias": True, "bias": normal(4)}, "bias of shape \\(3,\\); received 4"),
            ({"valid": {"paddingAmounts": borders(((2**20, 0), (0, 0)))}}, "borderAmounts"),
            ({"valid": {"paddingAmounts": borders(((30_000, 0), (30_000, 0)))}}, "numbers with at most"),
            ({"valid": {"paddingAmounts": {"borderAmounts": [{"startEdgeSize": 1}]}}}, "four numbers"),
            ({"same": {"asymmetryMode": 7}}, "asymmetryMode"),
        ],
    )
    def test_nonsense(self, changes: dict[str, Any], message: str) -> None:
        parameters = {**convolution(normal(3, 4, 2, 2), VALID), **changes}
        if "same" in changes:
            del parameters["valid"]
        refused(message, "convolution", parameters)

    def test_no_padding_chosen(self) -> None:
        refused("ConvolutionPaddingType", "convolution", convolution(normal(3, 4, 2, 2), {}))

    def test_quantized_weights_are_named(self) -> None:
        refused(
            "quantization",
            "convolution",
            {**convolution(normal(3, 4, 2, 2), VALID), "weights": {"quantization": {"numberOfBits": 8}}},
        )

    def test_an_input_that_is_no_image(self) -> None:
        refused("4 axes", "convolution", convolution(normal(3, 4, 2, 2), VALID), normal(2, 4, 6))

    def test_too_much_work(self) -> None:
        wide = {"valid": {"paddingAmounts": borders(((1500, 1500), (1500, 1500)))}}
        refused(
            "multiplications",
            "convolution",
            convolution(np.ones((1, 1, 200, 200), np.float32), wide),
            normal(1, 1, 5, 5),
        )

    def test_too_much_work_in_all(self) -> None:
        """Each layer alone would pass: a file of a few hundred bytes could keep a processor busy for days."""
        window = {"type": 0, "kernelSize": [40, 40], "stride": [1, 1], **VALID}
        x = np.zeros((1, 1, 4000, 4000), np.float32)
        CoreMLNetwork(network_file([("pooling", window, ["x"], "y")], (1, 1, 4000, 4000), False))
        with pytest.raises(ModelFileError, match=r"'pooling_1'.*network of at most 34,359,738,368 multiplications"):
            layers([("pooling", window, ["x"], "a"), ("pooling", window, ["a"], "y")], x)


class TestPooling:
    @settings(deadline=None, max_examples=60, derandomize=True)
    @given(
        kernel=PAIRS,
        strides=PAIRS,
        kind=st.sampled_from(["MAX", "AVERAGE", "AVERAGE without"]),
        padding=st.sampled_from(["valid", "same", "same_lower"]),
        data=st.data(),
    )
    def test_any_window(self, kernel: Any, strides: Any, kind: str, padding: str, data: Any) -> None:
        pads: Any = [data.draw(st.tuples(st.integers(0, k - 1), st.integers(0, k - 1))) for k in kernel]
        if padding == "valid":
            how: dict[str, Any] = {"valid": {"paddingAmounts": borders(pads)}}
        else:
            how = {"same": {"asymmetryMode": int(padding == "same_lower")}}
            pads = [
                same_pads(size, stride, k, padding == "same_lower")
                for size, stride, k in zip((6, 5), strides, kernel, strict=True)
            ]
        parameters = {"type": int(kind != "MAX"), "kernelSize": list(kernel), "stride": list(strides), **how}
        parameters["avgPoolExcludePadding"] = kind == "AVERAGE without"
        functions = {"MAX": largest, "AVERAGE": mean_with_padding, "AVERAGE without": mean_without_padding}
        close(layer("pooling", parameters, IMAGE), pooled(IMAGE, kernel, pads, strides, functions[kind]))

    @pytest.mark.parametrize(("kind", "function"), [(0, largest), (1, mean_without_padding)])
    @pytest.mark.parametrize("size", [5, 6, 7, 8])
    @pytest.mark.parametrize("amount", [0, 1])
    def test_include_last_pixel(self, kind: int, function: Any, size: int, amount: int) -> None:
        x = normal(2, 3, size, 6)
        parameters = {
            "type": kind,
            "stride": [2, 2],
            "includeLastPixel": {"paddingAmounts": [amount, amount]},
            "avgPoolExcludePadding": True,
        }
        outputs = [-(-(length + 2 * amount - 3) // 2) + 1 for length in (size, 6)]
        if amount:
            outputs = [n - ((n - 1) * 2 >= length + amount) for n, length in zip(outputs, (size, 6), strict=True)]
        pads = [(amount, 2 * (n - 1) + 3 - length - amount) for n, length in zip(outputs, (size, 6), strict=True)]
        assert counts(
            [length + sum(pad) for length, pad in zip((size, 6), pads, strict=True)], (3, 3), (2, 2)
        ) == tuple(outputs)
        close(layer("pooling", parameters, x), pooled(x, (3, 3), [(b, max(a, 0)) for b, a in pads], (2, 2), function))

    @pytest.mark.parametrize(("kind", "function"), [(0, np.max), (1, np.mean)])
    def test_global(self, kind: int, function: Any) -> None:
        received = layer("pooling", {"type": kind, "globalPooling": True, "valid": {}}, IMAGE)
        close(received, function(IMAGE, axis=(2, 3), keepdims=True))

    def test_padding_does_not_count_for_the_maximum(self) -> None:
        parameters = {"kernelSize": [2, 2], "valid": {"paddingAmounts": borders(((1, 1), (1, 1)))}}
        assert (layer("pooling", parameters, -1 - abs(IMAGE)) < -1).all()

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"type": 2}, "received type 2"),
            ({"kernelSize": [2, 0]}, "kernelSize"),
            ({"stride": [0, 2]}, "stride"),
            ({"valid": {"paddingAmounts": borders(((3, 0), (0, 0)))}}, "padding smaller than the pooling window"),
            ({"kernelSize": [9, 9]}, "window within the padded image"),
        ],
    )
    def test_nonsense(self, changes: dict[str, Any], message: str) -> None:
        refused(message, "pooling", {"valid": {}, **changes})

    def test_a_mean_over_more_than_the_padding(self) -> None:
        refused("includeLastPixel", "pooling", {"type": 1, "stride": [2, 2], "includeLastPixel": {}})


@pytest.mark.parametrize(
    ("kind", "parameters", "function"),
    [
        ("ReLU", {}, lambda x: np.maximum(x, 0)),
        ("ELU", {"alpha": 0.5}, lambda x: np.where(x >= 0, x, 0.5 * (np.exp(x) - 1))),
        ("leakyReLU", {"alpha": 0.25}, lambda x: np.where(x >= 0, x, 0.25 * x)),
        ("linear", {"alpha": -1.0}, lambda x: -x),
        ("linear", {"alpha": 2.0, "beta": 3.0}, lambda x: 2 * x + 3),
        ("scaledTanh", {"alpha": 2.0, "beta": 3.0}, lambda x: 2 * np.tanh(3 * x)),
        ("sigmoid", {}, lambda x: 1 / (1 + np.exp(-x))),
        ("sigmoidHard", {"alpha": 0.2, "beta": 0.5}, lambda x: np.clip(0.2 * x + 0.5, 0, 1)),
        ("softplus", {}, lambda x: np.log(1 + np.exp(x))),
        ("softsign", {}, lambda x: x / (1 + abs(x))),
        ("tanh", {}, np.tanh),
        ("thresholdedReLU", {"alpha": 0.5}, lambda x: np.where(x >= 0.5, x, 0)),
    ],
)
def test_activations(kind: str, parameters: dict[str, Any], function: Any) -> None:
    close(layer("activation", {kind: parameters}, IMAGE), function(IMAGE.astype(np.float64)))


@pytest.mark.parametrize("kind", ["PReLU", "parametricSoftplus"])
def test_other_activations_are_named(kind: str) -> None:
    refused(kind, "activation", {kind: {}})


@pytest.mark.parametrize(
    ("number", "parameters", "function"),
    [
        (0, {"scale": 2.0, "shift": 9.0}, lambda x: np.sqrt(2 * x + 9)),
        (1, {"shift": 9.0}, lambda x: 1 / np.sqrt(x + 9 + 1e-6)),
        (2, {"shift": 9.0, "epsilon": 0.5}, lambda x: 1 / (x + 9.5)),
        (3, {"alpha": 3.0}, lambda x: x**3),
        (4, {"scale": 0.5}, lambda x: np.exp(0.5 * x)),
        (5, {"shift": 9.0}, lambda x: np.log(x + 9)),
        (6, {"shift": 1.0}, lambda x: abs(x + 1)),
        (7, {"alpha": 0.25, "scale": -1.0}, lambda x: np.maximum(-x, 0.25)),
    ],
)
def test_unary_functions(number: int, parameters: dict[str, Any], function: Any) -> None:
    close(layer("unary", {"type": number, **parameters}, IMAGE), function(IMAGE.astype(np.float64)))


def test_relu6_as_the_converters_write_it() -> None:
    x = 8 * IMAGE
    steps = [
        ("activation", {"ReLU": {}}, ["x"], "a"),
        ("activation", {"linear": {"alpha": -1.0}}, ["a"], "b"),
        ("unary", {"type": 7, "alpha": -6.0, "scale": 1.0, "epsilon": 1e-6}, ["b"], "c"),
        ("activation", {"linear": {"alpha": -1.0}}, ["c"], "d"),
    ]
    received = layers(steps, x)
    close(received, np.clip(x, 0, 6))
    assert received.max() == 6


@pytest.mark.parametrize(
    ("kind", "parameters", "mode"),
    [("constant", {"value": 1.5}, "constant"), ("reflection", {}, "reflect"), ("replication", {}, "edge")],
)
def test_padding(kind: str, parameters: dict[str, Any], mode: Any) -> None:
    pads = ((1, 2), (0, 3))
    more = {"constant_values": 1.5} if mode == "constant" else {}
    received = layer("padding", {kind: parameters, "paddingAmounts": borders(pads)}, IMAGE)
    close(received, np.pad(IMAGE, [(0, 0), (0, 0), *pads], mode, **more))


def test_padding_that_cannot_be() -> None:
    refused("PaddingType", "padding", {})
    refused("mirrored padding", "padding", {"reflection": {}, "paddingAmounts": borders(((6, 0), (0, 0)))})
    refused("borderAmounts", "padding", {"constant": {}, "paddingAmounts": borders(((2**40, 0), (0, 0)))})


def test_crop() -> None:
    close(layer("crop", {"cropAmounts": borders(((1, 2), (0, 3)))}, IMAGE), IMAGE[:, :, 1:4, :2])
    refused("at most 8 axes|1 to", "crop", {"cropAmounts": borders(((3, 3), (0, 0)))})
    refused("offset", "crop", {"offset": [1, 1]})


NUMBERS = {"gamma": normal(4), "beta": normal(4, seed=1), "mean": normal(4, seed=2), "variance": abs(normal(4, seed=4))}


@pytest.mark.parametrize("epsilon", [0.0, 0.5])
def test_batchnorm(epsilon: float) -> None:
    received = layer("batchnorm", {"channels": 4, "epsilon": epsilon, **NUMBERS}, IMAGE)
    gamma, beta, mean, variance = (NUMBERS[name].reshape(4, 1, 1).astype(np.float64) for name in NUMBERS)
    close(received, gamma * (IMAGE - mean) / np.sqrt(variance + (epsilon or 1e-5)) + beta)


def test_an_epsilon_that_is_not_set_is_not_zero() -> None:
    ones = np.ones(4, np.float32)
    x = np.full((1, 4, 2, 2), 1e4, np.float32)
    received = layer(
        "batchnorm", {"channels": 4, "gamma": ones, "beta": 0 * ones, "mean": 0 * ones, "variance": ones}, x
    )
    np.testing.assert_allclose(received, 1e4 / np.sqrt(1.00001), 1e-7)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"computeMeanVar": True}, "computeMeanVar"),
        ({"instanceNormalization": True}, "instanceNormalization"),
        ({"channels": 3}, "gamma of shape"),
        ({"variance": -np.ones(4, np.float32)}, "variances that are positive"),
        ({"variance": np.full(4, np.nan, np.float32)}, "variances that are positive"),
    ],
)
def test_other_batchnorm_is_refused(changes: dict[str, Any], message: str) -> None:
    refused(message, "batchnorm", {"channels": 4, **NUMBERS, **changes})


@pytest.mark.parametrize("shape", [[1], [4], [1, 6, 5], [4, 6, 5]])
@pytest.mark.parametrize("five_axes", [False, True])
def test_scale_and_bias(shape: list[int], five_axes: bool) -> None:
    scale, bias = normal(*shape, seed=5), normal(*shape, seed=6)
    wide = [array.reshape(-1, 1, 1) if array.ndim == 1 else array for array in (scale, bias)]
    parameters = {"shapeScale": shape, "scale": scale, "hasBias": True, "shapeBias": shape, "bias": bias}
    close(layer("scale", parameters, IMAGE, five_axes), IMAGE * wide[0] + wide[1])
    close(layer("scale", {"shapeScale": shape, "scale": scale}, IMAGE, five_axes), IMAGE * wide[0])
    close(layer("bias", {"shape": shape, "bias": bias}, IMAGE, five_axes), IMAGE + wide[1])


def test_a_bias_of_another_shape() -> None:
    refused("combined|input of shape", "bias", {"shape": [3], "bias": normal(3)})
    refused("one or three axes", "bias", {"shape": [4, 1], "bias": normal(4)})
    refused("input of shape", "bias", {"shape": [4, 6, 5], "bias": normal(4, 6, 5)}, normal(1, 4, 1, 1))


@pytest.mark.parametrize(
    ("kind", "function"),
    [("add", np.add), ("multiply", np.multiply), ("max", np.maximum), ("min", np.minimum)],
)
def test_older_combinations(kind: str, function: Any) -> None:
    """Three inputs: the image, its double, and its sum over height and width, which is repeated."""
    steps = [
        ("activation", {"linear": {"alpha": 2.0, "beta": 0.25}}, ["x"], "a"),
        ("reduce", {"mode": 0, "axis": 1}, ["x"], "b"),
        (kind, {}, ["x", "a", "b"], "y"),
    ]
    expected = function(function(IMAGE, 2 * IMAGE + 0.25), IMAGE.sum(axis=(2, 3), keepdims=True))
    close(layers(steps, IMAGE), expected, 1e-4)
    close(layers(steps, IMAGE, five_axes=True), expected, 1e-4)


@pytest.mark.parametrize(("kind", "function"), [("add", np.add), ("multiply", np.multiply)])
def test_a_number_for_a_single_input(kind: str, function: Any) -> None:
    close(layer(kind, {"alpha": 2.5}, IMAGE), function(IMAGE, 2.5))


def test_constants_of_five_axes() -> None:
    constant = normal(4, 1, 1, seed=7)
    steps = [
        ("loadConstant", {"shape": [4, 1, 1], "data": constant}, [], "a"),
        ("multiply", {}, ["x", "a"], "y"),
    ]
    close(layers(steps, IMAGE, five_axes=True), IMAGE * constant)
    with pytest.raises(ModelFileError, match="three axes"):
        layers([("loadConstant", {"shape": [4], "data": normal(4)}, [], "y")], IMAGE, five_axes=True)


@pytest.mark.parametrize("five_axes", [False, True])
def test_concat(five_axes: bool) -> None:
    steps: list[Any] = [
        ("activation", {"ReLU": {}}, ["x"], "a"),
        ("concat", {}, ["x", "a", "x"], "y"),
    ]
    close(layers(steps, IMAGE, five_axes), np.concatenate([IMAGE, np.maximum(IMAGE, 0), IMAGE], axis=1))


def test_concat_of_a_sequence() -> None:
    with pytest.raises(ModelFileError, match="sequenceConcat"):
        layers([("concat", {"sequenceConcat": True}, ["x", "x"], "y")], IMAGE)


@pytest.mark.parametrize("shape", [(3, 4, 1, 1), (3, 2, 1, 2), (3, 4), (3, 2, 4)])
def test_inner_product(shape: tuple[int, ...]) -> None:
    x, weights, bias = normal(*shape), normal(5, 4, seed=1), normal(5, seed=2)
    parameters = {"inputChannels": 4, "outputChannels": 5, "hasBias": True, "weights": weights, "bias": bias}
    received = layer("innerProduct", parameters, x)
    if len(shape) == 4:
        close(received, (x.reshape(3, 4) @ weights.T + bias).reshape(3, 5, 1, 1))
        close(
            layer("innerProduct", {**parameters, "hasBias": False}, x, five_axes=True),
            (received - bias.reshape(5, 1, 1))[:, :, 0, 0],
        )
    else:
        close(received, x @ weights.T + bias)


def test_an_inner_product_of_other_numbers() -> None:
    parameters = {"inputChannels": 4, "outputChannels": 5, "weights": normal(5, 4)}
    refused("matrix of", "innerProduct", parameters, normal(2, 3))
    refused("weights of shape", "innerProduct", {**parameters, "inputChannels": 2**40}, normal(2, 4))
    refused("weights of shape", "innerProduct", {**parameters, "outputChannels": 0}, normal(2, 4))


def softmax(x: Any, axis: int) -> Any:
    powers = np.exp(x.astype(np.float64))
    return powers / powers.sum(axis=axis, keepdims=True)


def test_softmax() -> None:
    close(layer("softmax", {}, IMAGE), softmax(IMAGE, 1))
    close(layer("softmax", {}, IMAGE, five_axes=True), softmax(IMAGE, 1))
    for axis in (1, 3, -1):
        close(layer("softmaxND", {"axis": axis}, IMAGE), softmax(IMAGE, axis))
    refused("axis from -4 to 3; received 4", "softmaxND", {"axis": 4})


def test_flatten() -> None:
    close(layer("flatten", {}, IMAGE), IMAGE.reshape(2, -1, 1, 1))
    close(layer("flatten", {"mode": 1}, IMAGE), IMAGE.transpose(0, 2, 3, 1).reshape(2, -1, 1, 1))
    refused("mode 5", "flatten", {"mode": 5})


@pytest.mark.parametrize("target", [[2, 12, 5], [1, 2, 12, 5]])
def test_reshape(target: list[int]) -> None:
    close(layer("reshape", {"targetShape": target}, IMAGE, five_axes=True), IMAGE.reshape(2, 2, 12, 5))
    last = IMAGE.transpose(0, 2, 3, 1).reshape(2, 12, 5, 2).transpose(0, 3, 1, 2)
    close(layer("reshape", {"targetShape": target, "mode": 1}, IMAGE, five_axes=True), last)


def test_a_reshape_that_cannot_be() -> None:
    refused("numbers", "reshape", {"targetShape": [2, 12, 6]}, five_axes=True)
    refused("channels, height, width", "reshape", {"targetShape": [2, 2, 6, 5]}, five_axes=True)
    refused("1 to", "reshape", {"targetShape": [-2, 12, -5]}, five_axes=True)


def test_permute() -> None:
    close(layer("permute", {"axis": [0, 3, 1, 2]}, IMAGE, five_axes=True), IMAGE.transpose(0, 3, 1, 2))
    close(layer("permute", {}, IMAGE, five_axes=True), IMAGE)
    refused("sequence", "permute", {"axis": [1, 0, 2, 3]}, five_axes=True)
    refused("permutation", "permute", {"axis": [0, 2, 2, 3]}, five_axes=True)


@pytest.mark.parametrize(("mode", "function"), [(0, np.sum), (1, np.mean), (7, np.max), (8, np.min)])
def test_reduce(mode: int, function: Any) -> None:
    for number, axes in enumerate([(1, 2, 3), (2, 3), (1,), (2,), (3,)]):
        close(layer("reduce", {"mode": mode, "axis": number}, IMAGE), function(IMAGE, axis=axes, keepdims=True), 1e-4)


def test_other_reductions_are_named() -> None:
    refused("ARGMAX", "reduce", {"mode": 9, "axis": 2})
    refused("along 77", "reduce", {"axis": 77})


@pytest.mark.parametrize(
    ("kind", "function"),
    [("reduceMean", np.mean), ("reduceSum", np.sum), ("reduceMax", np.max), ("reduceMin", np.min)],
)
def test_newer_reductions(kind: str, function: Any) -> None:
    for axes in ([1], [2, -1], [1, 2, 3]):
        close(
            layer(kind, {"axes": axes, "keepDims": True}, IMAGE), function(IMAGE, axis=tuple(axes), keepdims=True), 1e-4
        )
        close(layer(kind, {"axes": axes}, IMAGE), function(IMAGE, axis=tuple(axes)), 1e-4)
    refused("different axes", kind, {"axes": [1, -3]})
    refused("reduceAll", kind, {})


@pytest.mark.parametrize(
    ("kind", "function"),
    [
        ("addBroadcastable", np.add),
        ("subtractBroadcastable", np.subtract),
        ("multiplyBroadcastable", np.multiply),
        ("divideBroadcastable", np.divide),
    ],
)
def test_newer_combinations(kind: str, function: Any) -> None:
    constant = normal(6, 1, seed=8) + 5
    steps: list[Any] = [
        ("loadConstantND", {"shape": [6, 1], "data": constant}, [], "a"),
        (kind, {}, ["x", "a"], "b"),
        (kind, {}, ["a", "b"], "y"),
    ]
    close(layers(steps, IMAGE), function(constant, function(IMAGE, constant)), 1e-4)


def test_axes() -> None:
    close(layer("transpose", {"axes": [0, 2, 3, 1]}, IMAGE), IMAGE.transpose(0, 2, 3, 1))
    close(layer("reshapeStatic", {"targetShape": [1, 5, 24]}, IMAGE), IMAGE.reshape(2, 5, 24))
    close(layer("reshapeStatic", {"targetShape": [-1, 5, 24]}, IMAGE), IMAGE.reshape(2, 5, 24))
    close(layer("reshapeStatic", {"targetShape": [1, 5, -1]}, IMAGE), IMAGE.reshape(2, 5, 24))
    close(layer("copy", {}, IMAGE), IMAGE)
    narrow = IMAGE[:, :1, :, :1]
    close(layer("squeeze", {"axes": [1, -1]}, narrow), narrow[:, 0, :, 0])
    close(layer("expandDims", {"axes": [1, -1]}, IMAGE[:, 0]), IMAGE[:, np.newaxis, 0, :, :, np.newaxis])
    refused("permutation", "transpose", {"axes": [0, 1, 2]})
    refused("shape of 120 numbers", "reshapeStatic", {"targetShape": [1, 121]})
    refused("1 to", "reshapeStatic", {"targetShape": [1, 2**40]})
    refused("shape of 120 numbers", "reshapeStatic", {"targetShape": [-1, 7]})
    refused("shape of 120 numbers", "reshapeStatic", {"targetShape": [-1, 0]})
    refused("1 to", "reshapeStatic", {"targetShape": [-1, -1, 120]})
    refused("size 1", "squeeze", {"axes": [1]})
    refused("different axes", "expandDims", {"axes": [1, 1]})


def test_a_chain_of_axes() -> None:
    """What lies in memory is another order than what the file says, all the way through."""
    weights = normal(4, 4, 3, 3)
    steps: list[Any] = [
        ("convolution", convolution(weights, {"same": {}}), ["x"], "a"),
        ("transpose", {"axes": [0, 3, 1, 2]}, ["a"], "b"),
        ("reshapeStatic", {"targetShape": [1, 5, 12, 2]}, ["b"], "c"),
        ("transpose", {"axes": [0, 2, 1, 3]}, ["c"], "d"),
        ("concatND", {"axis": -1}, ["d", "d"], "e"),
        ("reduceMean", {"axes": [1]}, ["e"], "f"),
        ("softmaxND", {"axis": 1}, ["f"], "y"),
    ]
    pads = [same_pads(size, 1, 3, False) for size in (6, 5)]
    a = convolved(IMAGE, weights, pads, (1, 1), (1, 1), 1)
    d = a.transpose(0, 3, 1, 2).reshape(2, 5, 12, 2).transpose(0, 2, 1, 3)
    close(layers(steps, IMAGE), softmax(np.concatenate([d, d], axis=-1).mean(axis=1), 1), 1e-4)


def test_joining_along_any_axis() -> None:
    for axis in (1, 2, -1):
        close(layers([("concatND", {"axis": axis}, ["x", "x"], "y")], IMAGE), np.concatenate([IMAGE, IMAGE], axis))
    with pytest.raises(ModelFileError, match="interleave"):
        layers([("concatND", {"axis": 1, "interleave": True}, ["x", "x"], "y")], IMAGE)


def test_clip() -> None:
    close(layer("clip", {"minVal": -0.5, "maxVal": 1.0}, IMAGE), IMAGE.clip(-0.5, 1))
    refused("minVal", "clip", {"minVal": 1.0, "maxVal": 0.5})


def test_matrices() -> None:
    x, weights, bias = normal(2, 3, 4), normal(4, 5, seed=1), normal(5, seed=2)
    parameters = {"weightMatrixFirstDimension": 4, "weightMatrixSecondDimension": 5, "hasBias": True, "bias": bias}
    # The format holds the matrix column by column.
    close(layer("batchedMatmul", {**parameters, "weights": np.ascontiguousarray(weights.T)}, x), x @ weights + bias)
    for first, second, expected in [
        (False, True, x @ x.transpose(0, 2, 1)),
        (True, False, x.transpose(0, 2, 1) @ x),
    ]:
        steps = [("batchedMatmul", {"transposeA": first, "transposeB": second}, ["x", "x"], "y")]
        close(layers(steps, x), expected)
    constant = ("loadConstantND", {"shape": [4, 5], "data": weights}, [], "a")
    close(layers([constant, ("batchedMatmul", {}, ["x", "a"], "y")], x), x @ weights)
    refused("matrix of", "batchedMatmul", {**parameters, "weights": weights.T}, normal(2, 3, 3))
    refused("int8DynamicQuantize", "batchedMatmul", {**parameters, "weights": weights, "int8DynamicQuantize": True}, x)


def test_every_kind_of_layer_is_tested() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [
        kind for kind in {*FUNCTION_LAYERS, *IMAGE_LAYERS, *FIVE_AXES_LAYERS, *ND_LAYERS} if f'"{kind}"' not in source
    ] == []


def test_every_other_kind_of_layer_is_named() -> None:
    message = coreml_module("coremltools.proto.NeuralNetwork_pb2").NeuralNetworkLayer
    kinds = {field.name for field in message.DESCRIPTOR.oneofs_by_name["layer"].fields}
    for five_axes in (False, True):
        known = {*FUNCTION_LAYERS, *IMAGE_LAYERS, *(FIVE_AXES_LAYERS if five_axes else ND_LAYERS)}
        assert known < kinds
        for kind in sorted(kinds - known):
            refused(f"received {kind}; convert", kind, {}, five_axes=five_axes)
