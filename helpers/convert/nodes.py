"""What every converter reports about the file it wrote."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ConvertedNodes:
    """The names by which a converted file is fed and read.

    Attributes:
        input_node: where the input tensor goes.
        output_node: where the probabilities come out.
        intermediate_nodes: other outputs that can be fetched, in the order in which they are computed.
    """

    input_node: str
    output_node: str
    intermediate_nodes: tuple[str, ...] = ()
