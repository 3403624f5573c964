"""What was found inside a model, as figures: PNG, for a paper."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from logdepth.inspection import Inspection
from logdepth.pages.reading import (
    STRONG,
    best_target,
    hop_matrix,
    in_a_cell,
    in_short,
    largest_error,
    layers,
    values_by_k,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RED = (181, 66, 27)  # the warm colour of page.css


def alignment_figure(found: Inspection) -> bytes:
    """Heads against hops at k, and beside it the error without each head, as a PNG."""
    heads, values = found.heads, found.alignments[found.k].alignment
    image = figure(10.5, 1.3 + 0.27 * len(heads))
    left, right = image.subplots(1, 2, sharey=True, width_ratios=(3.2, 1))
    drawn = left.imshow(values, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    left.set_xticks(range(len(found.targets)), [in_a_cell(target) for target in found.targets])
    left.set_yticks(range(len(heads)), [f"{head.name}  {head.label}" for head in heads])
    left.set_xlabel("hops j")
    left.set_ylabel("layer.head")
    left.set_title(f"{found.name}, k = {found.k}: alignment with find$^j$", loc="left", fontsize=10)
    for index in range(len(heads)):
        target, value = best_target(found, index)
        colour = "w" if value >= STRONG else "0.2"
        left.text(target, index, f"{value:.2f}", ha="center", va="center", fontsize=7, color=colour)
    image.colorbar(drawn, ax=left, pad=0.01)
    errors = [found.without[head].value or 0.0 for head in heads]
    halves = [(more.high - more.low) / 2 if (more := found.more[head]) else 0.0 for head in heads]
    right.barh(range(len(heads)), errors, xerr=halves, color=np.array(RED) / 255, ecolor="0.45", error_kw={"lw": 1})
    right.axvline(found.error.value or 0.0, color="0.1", lw=1)
    right.set_xlim(0, 1.05 * largest_error(found))
    right.set_title("error without it", loc="left", fontsize=10)
    right.set_xlabel("upright: with all heads; across: 95%\ninterval of the difference", fontsize=8)
    right.spines[["top", "right"]].set_visible(False)
    return encode(image)


def by_k_figure(found: Inspection) -> bytes:
    """For each head its alignment with every hop as a PNG, k downwards and j across, a row of panels for each layer."""
    deepest, most = max(layers(found)), max(head.number for head in found.heads)
    ks, hops = list(found.alignments), len(found.targets) - found.first_hop
    image = figure(2.1 * most + 0.6, 2.2 * deepest + 0.4)
    panels = image.subplots(deepest, most, squeeze=False, sharex=True, sharey=True)
    for panel in panels.flat:
        panel.set_axis_off()
    for index, head in enumerate(found.heads):
        panel = panels[head.layer - 1][head.number - 1]
        panel.set_axis_on()
        extent = (-0.5, hops - 0.5, ks[-1] + 0.5, ks[0] - 0.5)
        panel.imshow(values_by_k(found, index), cmap="Blues", vmin=0, vmax=1, aspect="auto", extent=extent)
        panel.set_title(f"layer {head.layer}, head {head.number}", fontsize=8.5)
        panel.tick_params(labelsize=7)
    for panel in panels[-1]:
        panel.set_xlabel("hops j", fontsize=8)
    for panel in panels[:, 0]:
        panel.set_ylabel("asked k", fontsize=8)
    return encode(image)


def pattern_figure(found: Inspection) -> bytes:
    """Every head's attention on one sequence, a row of panels for each layer, as a PNG."""
    deepest, most = max(layers(found)), max(head.number for head in found.heads)
    image = figure(2.4 * most + 0.3, 2.6 * deepest + 0.3)
    panels = image.subplots(deepest, most, squeeze=False)
    for panel in panels.flat:
        panel.set_axis_off()
    for index, head in enumerate(found.heads):
        panel = panels[head.layer - 1][head.number - 1]
        target, value = best_target(found, index)
        panel.set_axis_on()
        panel.imshow(found.example.patterns[index], cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
        if value >= STRONG:
            rows, columns = np.nonzero(hop_matrix(found.example.targets[target]))
            panel.plot(columns, rows, ".", color=np.array(RED) / 255, ms=1.6)
        panel.set_title(f"{head.name}: {in_short(found, index)}", fontsize=8.5)
        panel.set_xticks([])
        panel.set_yticks([])
    return encode(image)


def figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def encode(image: Figure) -> bytes:
    data = io.BytesIO()
    image.savefig(data, format="png", dpi=150)
    return data.getvalue()
