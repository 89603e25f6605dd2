"""Formulas as inline SVG, drawn by matplotlib when the site is made, so that a page needs no script to show them."""

from __future__ import annotations

import html

from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath

_LETTERS = {Outline.MOVETO: "M", Outline.LINETO: "L", Outline.CURVE3: "Q", Outline.CURVE4: "C", Outline.CLOSEPOLY: "Z"}
# The size, in units of the drawing, that becomes 1 em on the page.
_EM = 100


def formula(tex: str, block: bool = False) -> str:
    """A formula as HTML: a picture in the colour and size of the text around it, named by its TeX source.

    Args:
        tex: the formula without dollar signs.
        block: whether it stands on a line of its own.

    Returns:
        An SVG element; what matplotlib's TeX does not know stays TeX, as code.
    """
    tex = " ".join(tex.split())
    label = html.escape(tex)
    try:
        outline = TextPath((0, 0), f"${tex}$", size=_EM)
    except ValueError:
        return f"<code>{label}</code>"
    box = outline.get_extents()
    style = f"width:{box.width / _EM:.2f}em;height:{box.height / _EM:.2f}em;vertical-align:{box.y0 / _EM:.2f}em"
    view = f"{box.x0:.0f} {-box.y1:.0f} {box.width:.0f} {box.height:.0f}"
    kind = "formula block" if block else "formula"
    return (
        f'<svg class="{kind}" role="img" aria-label="{label}" viewBox="{view}" style="{style}">'
        f'<path fill="currentColor" d="{_drawn(outline)}"/></svg>'
    )


def _drawn(outline: Outline) -> str:
    """An outline in SVG's words, where y grows downwards."""
    words = []
    for points, code in outline.iter_segments(simplify=False):
        numbers = (
            ""
            if code == Outline.CLOSEPOLY
            else " ".join(f"{x:.0f} {-y:.0f}" for x, y in zip(points[::2], points[1::2], strict=True))
        )
        words.append(_LETTERS[code] + numbers)
    return "".join(words)
