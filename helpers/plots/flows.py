"""Figs. 1-4: from a trained network to the two phones, and what the apps do with it there.

They are reconstructions: the paper's text was at hand, its pictures were not.
"""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from helpers.plots.style import BLUE, GRAY, RED

Box = tuple[float, float, str]
Arrow = tuple[str, str, str]


def figure_1() -> Figure:
    """Fig. 1, reconstructed: tools and paths from training to the two phones."""
    boxes = {
        "other": (0.0, 1.5, "other libraries\nCaffe, PyTorch, CNTK"),
        "keras": (2.2, 2.5, "Keras\n.h5"),
        "tf": (2.2, 0.5, "TensorFlow\nsession graph"),
        "coremltools": (4.5, 2.5, "CoreMLTools"),
        "tfcoreml": (4.5, 1.5, "tf-coreml"),
        "freeze": (4.5, 0.5, "graph_util, graph_io\n.pb"),
        "coreml": (6.7, 2.5, "Core ML\n.mlmodel"),
        "mobile": (6.7, 0.5, "TensorFlow\nfor Mobile"),
        "ios": (8.8, 2.5, "iOS app\nSwift, Xcode"),
        "android": (8.8, 0.5, "Android app\nJava, Android Studio"),
    }
    arrows = [
        ("other", "keras", GRAY),
        ("other", "tf", GRAY),
        ("other", "coremltools", GRAY),
        ("keras", "coremltools", BLUE),
        ("coremltools", "coreml", BLUE),
        ("coreml", "ios", BLUE),
        ("coreml", "ios", RED),
        ("keras", "tf", BLUE),
        ("tf", "freeze", BLUE),
        ("tf", "freeze", RED),
        ("freeze", "mobile", BLUE),
        ("freeze", "mobile", RED),
        ("mobile", "android", BLUE),
        ("mobile", "android", RED),
        ("freeze", "tfcoreml", RED),
        ("tfcoreml", "coreml", RED),
    ]
    alt = (
        "Keras leads over CoreMLTools to Core ML and the iOS app, and over the TensorFlow graph and a .pb "
        "file to TensorFlow for Mobile and the Android app. TensorFlow leads to the same .pb file and over "
        "tf-coreml to Core ML."
    )
    figure = _flow(boxes, arrows, (10.6, 3.9), alt)
    axis = figure.axes[0]
    axis.plot([], [], color=BLUE, label="Keras first")
    axis.plot([], [], color=RED, linestyle="--", label="TensorFlow first")
    axis.plot([], [], color=GRAY, label="converted from elsewhere")
    axis.legend(loc="lower center", ncols=3, bbox_to_anchor=(0.5, -0.14), frameon=False)
    return figure


def figure_2() -> Figure:
    """Fig. 2, reconstructed: from a trained Keras model to Android and iOS."""
    boxes = {
        "train": (0.0, 1.0, "train, or take\na trained model"),
        "h5": (2.2, 1.0, "save as .h5"),
        "session": (4.4, 0.0, "get the session\nfrom the backend"),
        "constants": (6.6, 0.0, "variables to\nconstants"),
        "pb": (8.8, 0.0, "write .pb"),
        "load": (4.4, 2.0, "load in\nCoreMLTools"),
        "options": (6.6, 2.0, "input: image with\npreprocessing, or array"),
        "mlmodel": (8.8, 2.0, "save .mlmodel"),
    }
    arrows = [
        ("train", "h5", BLUE),
        ("h5", "session", BLUE),
        ("session", "constants", BLUE),
        ("constants", "pb", BLUE),
        ("h5", "load", BLUE),
        ("load", "options", BLUE),
        ("options", "mlmodel", BLUE),
    ]
    alt = (
        "Train or take a model, save as .h5. Then below: get the session from the backend, variables to "
        "constants, write .pb. And above: load in CoreMLTools, choose image or array input, save .mlmodel."
    )
    return _flow(boxes, arrows, (10.6, 3.2), alt)


def figure_3() -> Figure:
    """Fig. 3, reconstructed: from a trained TensorFlow model to Android and iOS."""
    boxes = {
        "train": (0.0, 1.0, "train in\nTensorFlow"),
        "constants": (2.2, 1.0, "variables to\nconstants"),
        "pb": (4.4, 1.0, "write .pb"),
        "android": (6.6, 0.0, "Android: TensorFlow\nfor Mobile reads .pb"),
        "check": (6.6, 2.0, "tf-coreml:\nall operations known?"),
        "alter": (2.2, 2.4, "alter the model"),
        "mlmodel": (8.8, 2.0, "save .mlmodel"),
    }
    arrows = [
        ("train", "constants", RED),
        ("constants", "pb", RED),
        ("pb", "android", RED),
        ("pb", "check", RED),
        ("check", "mlmodel", RED),
        ("check", "alter", GRAY),
        ("alter", "constants", GRAY),
    ]
    alt = (
        "Train in TensorFlow, variables to constants, write .pb, which TensorFlow for Mobile reads. "
        "tf-coreml checks that it knows all operations; if not, the model is altered and frozen again; else "
        "it saves a .mlmodel."
    )
    return _flow(boxes, arrows, (10.6, 3.6), alt)


def coreml_paths() -> Figure:
    """The upper lanes of Figs. 2 and 3, reconstructed: the ways to Core ML, and what has been added since."""
    boxes = {
        "keras": (0.0, 1.6, "Keras\n.h5"),
        "tf": (0.0, 0.0, "TensorFlow\n.pb of constants"),
        "coremltools": (2.5, 1.6, "coremltools"),
        "check": (2.5, 0.0, "tf-coreml:\nall operations known?"),
        "alter": (2.5, -1.2, "if not:\nalter the model"),
        "options": (5.0, 1.6, "input: image with\npreprocessing, or array"),
        "mlmodel": (7.5, 0.8, ".mlmodel\nneural network"),
        "mlpackage": (7.5, 2.0, ".mlpackage\nML program"),
        "app": (10.0, 0.8, "iOS app"),
    }
    arrows = [
        ("keras", "coremltools", BLUE),
        ("coremltools", "options", BLUE),
        ("options", "mlmodel", BLUE),
        ("mlmodel", "app", BLUE),
        ("mlmodel", "app", RED),
        ("tf", "check", RED),
        ("check", "mlmodel", RED),
        ("check", "alter", RED),
        ("alter", "tf", RED),
        ("tf", "coremltools", GRAY),
        ("options", "mlpackage", GRAY),
        ("mlpackage", "app", GRAY),
    ]
    alt = (
        "Blue: a Keras .h5 file goes through coremltools, with an image or an array as input, to a .mlmodel and the "
        "iOS app. Red: a TensorFlow .pb file goes through tf-coreml, if it knows all operations, to a .mlmodel; if "
        "not, the model is altered. Gray, since then: the .pb goes through coremltools too, which also writes a "
        ".mlpackage."
    )
    figure = _flow(boxes, arrows, (11.2, 4.2), alt)
    axis = figure.axes[0]
    axis.plot([], [], color=BLUE, label="Keras first (Fig. 2)")
    axis.plot([], [], color=RED, linestyle="--", label="TensorFlow first (Fig. 3)")
    axis.plot([], [], color=GRAY, label="added since")
    axis.legend(loc="lower right", frameon=False)
    return figure


def figure_4a() -> Figure:
    """Fig. 4(a), reconstructed: the steps from a converted model to an Android app, and what runs on which thread."""
    boxes = {
        "pb": (0.0, 2.4, "converted model\n.pb, in the assets"),
        "dependency": (2.4, 2.4, "build dependency:\nTensorFlow for Mobile"),
        "open": (4.8, 2.4, "inference interface:\nopen the .pb"),
        "nodes": (7.2, 2.4, "name the input, the\noutput and the size"),
        "capture": (0.0, 0.8, "camera:\ncapture a frame"),
        "draw": (7.2, 0.8, "screen: the frame\nand the top 5"),
        "prepare": (2.4, -0.6, "preprocess:\nresize, scale, order"),
        "feed": (4.8, -0.6, "feed, run, fetch"),
        "top": (7.2, -0.6, "choose the top 5"),
    }
    arrows = [
        ("pb", "dependency", GRAY),
        ("dependency", "open", GRAY),
        ("open", "nodes", GRAY),
        ("capture", "draw", BLUE),
        ("capture", "prepare", RED),
        ("prepare", "feed", RED),
        ("feed", "top", RED),
        ("top", "draw", RED),
    ]
    alt = (
        "Above, done once: the converted .pb file goes into the assets, TensorFlow for Mobile into the build, the "
        "inference interface opens the file, and the nodes and the input's size are named. Below, for the frames: on "
        "the main thread the camera captures a frame and the screen draws it; on a second thread the frame is "
        "preprocessed, fed, run and fetched, and the top 5 go to the screen."
    )
    return _app_steps(boxes, arrows, alt, "main thread: every frame")


def figure_4b() -> Figure:
    """Fig. 4(b), reconstructed: the steps from a converted model to an iOS app, and what runs on which thread."""
    boxes = {
        "model": (0.0, 2.4, "converted model\n.mlmodel, in the project"),
        "class": (2.4, 2.4, "Xcode makes\na Swift class of it"),
        "open": (4.8, 2.4, "Core ML:\nload, choose the units"),
        "capture": (0.0, 0.8, "camera:\ncapture a frame"),
        "draw": (7.2, 0.8, "screen: the frame\nand the top 5"),
        "fit": (2.4, -0.6, "Vision:\nturn, crop, resize"),
        "predict": (4.8, -0.6, "Core ML: scale, order,\nnetwork (in the file)"),
        "top": (7.2, -0.6, "choose the top 5"),
    }
    arrows = [
        ("model", "class", GRAY),
        ("class", "open", GRAY),
        ("capture", "draw", BLUE),
        ("capture", "fit", RED),
        ("fit", "predict", RED),
        ("predict", "top", RED),
        ("top", "draw", RED),
    ]
    alt = (
        "Above, done once: the .mlmodel file goes into the Xcode project, Xcode makes a Swift class of it, and Core ML "
        "loads it for the chosen processors. Below, for the frames: on one thread the camera captures a frame and the "
        "screen draws it; on another, Vision turns, crops and resizes it, Core ML does the rest of preprocessing and "
        "the network, and the top 5 go to the screen."
    )
    return _app_steps(boxes, arrows, alt, "capture and screen: every frame")


def _app_steps(boxes: dict[str, Box], arrows: Sequence[Arrow], alt: str, every_frame: str) -> Figure:
    """Draw what an app does once, above, and for the frames, below, in blue and red."""
    figure = _flow(boxes, arrows, (8.6, 4.4), alt)
    axis = figure.axes[0]
    axis.text(-0.92, 3.0, "once", fontsize=9, fontweight="bold")
    axis.text(-0.92, 1.4, "for the frames", fontsize=9, fontweight="bold")
    axis.set_ylim(-1.5, 3.3)
    axis.plot([], [], color=BLUE, label=every_frame)
    axis.plot([], [], color=RED, linestyle="--", label="second thread: the newest frame, when it is free")
    axis.legend(loc="lower center", ncols=2, frameon=False)
    return figure


def _flow(boxes: dict[str, Box], arrows: Sequence[Arrow], size: tuple[float, float], alt: str) -> Figure:
    """Draw boxes and the arrows between them; red arrows are dashed, so that colour is not the only sign."""
    sns.set_theme(style="white")
    figure, axis = plt.subplots(figsize=size, layout="constrained")
    figure.set_label(alt)
    half_width, half_height = 0.92, 0.36
    for x, y, text in boxes.values():
        corner = (x - half_width, y - half_height)
        style = "round,pad=0.02,rounding_size=0.08"
        axis.add_patch(FancyBboxPatch(corner, 2 * half_width, 2 * half_height, boxstyle=style, fc="#f4f4f4", ec=GRAY))
        axis.text(x, y, text, ha="center", va="center", fontsize=8.5)
    for start, end, colour in arrows:
        (x0, y0, _), (x1, y1, _) = boxes[start], boxes[end]
        sideways = abs(x1 - x0) > half_width
        direction = np.sign(x1 - x0) if sideways else np.sign(y1 - y0)
        tail = (x0 + direction * half_width, y0) if sideways else (x0, y0 + direction * half_height)
        head = (x1 - direction * half_width, y1) if sideways else (x1, y1 - direction * half_height)
        # Where the blue and the red path run together, they run side by side.
        if {(start, end, BLUE), (start, end, RED)} <= set(arrows):
            shift = 0.09 if colour == BLUE else -0.09
            tail, head = (tail[0], tail[1] + shift), (head[0], head[1] + shift)
        line = "--" if colour == RED else "-"
        axis.add_patch(FancyArrowPatch(tail, head, arrowstyle="-|>", mutation_scale=12, color=colour, ls=line, lw=1.6))
    xs, ys = [box[0] for box in boxes.values()], [box[1] for box in boxes.values()]
    axis.set_xlim(min(xs) - 1.05, max(xs) + 1.05)
    axis.set_ylim(min(ys) - 0.55, max(ys) + 0.55)
    axis.axis("off")
    return figure
