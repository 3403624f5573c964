"""A graph in English, with a question: the prompts of GraphQA."""

from pathlib import Path

import numpy as np

from logdepth.numerics.counts import count_of
from logdepth.tasks.inputs.files import check_no_control, decode
from logdepth.tasks.inputs.raw_graph import RawGraph, pairs
from logdepth.tasks.prompts import Prompt, read_prompt


def prompt_graph(data: bytes, path: Path) -> RawGraph:
    """Errors: as of `read_prompt`."""
    text = decode(data, path)
    check_no_control(text, path)
    return raw_of(read_prompt(text, path), path)


def raw_of(prompt: Prompt, path: object) -> RawGraph:
    """What a prompt states, as a graph file."""
    asked = prompt.asked_vertices
    return RawGraph(
        labels=prompt.names,
        ends=pairs(prompt.edges),
        weights=None if prompt.capacities is None else np.array(prompt.capacities, dtype=np.int64),
        place=lambda edge: f"line {prompt.lines[edge]}" if prompt.lines else f"edge {edge + 1}",
        question=(asked[0], asked[-1]) if asked else None,
        directed=prompt.directed,
        notes=(f"{path} is a prompt in the encoding {prompt.phrasing.name!r}. {told(prompt)}",),
        prompt=prompt,
    )


def told(prompt: Prompt) -> str:
    vertices, edges = len(prompt.names), len(prompt.edges)
    graph = f"Its graph has {count_of(vertices, 'node')} and {count_of(edges, 'edge')}"
    return f"{graph}; it asks: {prompt.question}" if prompt.question else f"{graph}; it asks nothing."
