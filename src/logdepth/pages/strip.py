"""The blocks of a model in a row, as the page draws them: heads with room for their thumbnails, ReLU layers, loops."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from logdepth.pages.assemble import as_html
from logdepth.pages.steps import Segment, bodies, in_a_row, layer_numbers, loops
from logdepth.transformer import Block, Transformer

CARDS_SHOWN, CARDS_IN_A_ROW, HEADS_SHOWN = 40, 20, 12
"""Of more blocks, or heads in a block, the rest is folded. A long run of blocks is parted, so that some are shown."""


def strip(model: Transformer) -> str:
    """The blocks in the order in which they run, loops drawn once; what is beyond CARDS_SHOWN blocks is folded."""
    parts = [part for segment in loops(model) for part in cut(segment)]
    cards = list(accumulate(len(part.blocks) for part in parts))
    shown = sum(number <= CARDS_SHOWN for number in cards)
    drawn = [segment_html(model, part) for part in parts]
    if shown == len(parts):
        return "".join(drawn)
    folded = sum(len(part.blocks) for part in parts[shown:])
    return (
        f'{"".join(drawn[:shown])}<details class="rest"><summary>{folded} more blocks</summary>'
        f'<div class="strip">{"".join(drawn[shown:])}</div></details>'
    )


def cut(segment: Segment) -> list[Segment]:
    """A run of blocks in parts of at most CARDS_IN_A_ROW; a loop is one part."""
    if segment.times > 1:
        return [segment]
    starts = range(0, len(segment.blocks), CARDS_IN_A_ROW)
    return [Segment(segment.blocks[at : at + CARDS_IN_A_ROW], 1, segment.start + at) for at in starts]


def segment_html(model: Transformer, segment: Segment) -> str:
    numbers = layer_numbers(model)
    cards = []
    for place in range(len(segment.blocks)):
        first = segment.start + place
        steps = range(first, first + len(segment.blocks) * segment.times, len(segment.blocks))
        layers = [layer for step in steps if (layer := numbers[step])]
        cards.append(card([model.steps[step] for step in steps], first, layers))
    times = ""
    if segment.times > 1:
        times = f'<p class="times">× {segment.times}<span>rounds, {weights_in_words(model, segment)}</span></p>'
    return f'<div class="segment{" loop" * (segment.times > 1)}"><div class="cards">{"".join(cards)}</div>{times}</div>'


def weights_in_words(model: Transformer, segment: Segment) -> str:
    sets = len(set(bodies(model, segment)))
    if sets == 1:
        return "the same weights"
    return "each with weights of its own" if sets == segment.times else f"with {sets} sets of weights"


def card(blocks: Sequence[Block], number: int, layers: list[int]) -> str:
    """A block of every round, by the number of its first step: its heads with room for their thumbnails, then its ReLU
    layer."""
    units = [0 if block.mlp is None else block.mlp.into.shape[1] for block in blocks]
    hidden = f"{units[0]}" if min(units) == max(units) else f"{min(units)}–{max(units)}"
    relu = f'<p class="relu">ReLU <b>{hidden}</b></p>' if any(units) else ""
    block = blocks[0]
    if block.attention is None:
        return f'<button type="button" class="card bare" data-card="{number}">{relu}</button>'
    labels = block.attention.labels
    heads = "".join(
        f'<span class="head"><i class="thumb" data-card="{number}" data-head="{head}" aria-hidden="true"></i>'
        f"<span>{as_html(label)}</span></span>"
        for head, label in enumerate(labels[:HEADS_SHOWN])
    )
    more = f'<span class="others">and {len(labels) - HEADS_SHOWN} more heads</span>' * (len(labels) > HEADS_SHOWN)
    crowd = " many" * (len(labels) > 1) + " crowd" * (len(labels) > 4)
    title = f"layer{'s' * (len(layers) > 1)} {in_a_row(layers)}"
    return (
        f'<button type="button" class="card{crowd}" data-card="{number}">'
        f'<span class="title">{title}</span><span class="heads-of">{heads}</span>{more}{relu}</button>'
    )
