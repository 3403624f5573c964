"""The look of the laboratory's figures: error against k, with its interval as a band."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from logdepth.learn.evaluation.rates import Estimate, Rate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

KINDS = ("png", "svg", "pdf")


@contextmanager
def style() -> Iterator[None]:
    """The style of every figure that is made within."""
    from matplotlib import rc_context

    with rc_context({"font.size": 9, "svg.hashsalt": "logdepth", "axes.spines.top": False, "axes.spines.right": False}):
        yield


def colour(index: int, many: int) -> Any:
    """The colour of line `index` of `many`, from dark to light."""
    from matplotlib import colormaps

    return colormaps["viridis"](0.85 * (index + 0.5) / many)


def curve(panel: Axes, errors: Mapping[int, Rate | Estimate], colour: Any) -> Line2D | None:
    """Draw errors by k ≥ 1 with their intervals; None if there are none."""
    points = {k: found for k, found in errors.items() if k >= 1 and found.value is not None}
    if not points:
        return None
    ks = list(points)
    band = [found.low for found in points.values()], [found.high for found in points.values()]
    panel.fill_between(ks, *band, color=colour, alpha=0.2, lw=0)
    values = [found.value for found in points.values() if found.value is not None]
    [line] = panel.plot(ks, values, color=colour, lw=1.6, marker=".", ms=5)
    return line


def finish(panel: Axes, most: int) -> None:
    """Axes for errors up to k = most. Panels that share an axis of errors have room for the largest of all."""
    panel.set_xscale("log", base=2)
    ticks = [2**i for i in range(most.bit_length())]
    panel.set_xticks(ticks, [str(tick) for tick in ticks])
    panel.set_ylim(-0.01, max(panel.get_ylim()[1], 1.05 * panel.dataLim.y1))
    panel.grid(axis="y", color="0.9", lw=0.7)
    panel.set_axisbelow(True)


def image_of(figure: Figure, kind: str) -> bytes:
    """An image file of a kind in KINDS; the same figure gives the same bytes."""
    data = io.BytesIO()
    figure.savefig(data, format=kind, dpi=200, metadata={"Date": None} if kind == "svg" else None)
    return data.getvalue()
