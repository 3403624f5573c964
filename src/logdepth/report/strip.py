"""The blocks of a model in a row, as the page draws them: heads with room for their thumbnails, ReLU layers, loops."""

from __future__ import annotations

from logdepth.report.assemble import as_html
from logdepth.report.steps import Segment, in_a_row, layer_numbers, segments
from logdepth.transformer import Block, Transformer


def strip(model: Transformer) -> str:
    """The blocks in the order in which they run, loops drawn once."""
    return "".join(segment_html(model, segment) for segment in segments(model.order))


def segment_html(model: Transformer, segment: Segment) -> str:
    numbers = layer_numbers(model)
    cards = []
    for place, index in enumerate(segment.blocks):
        layers = [numbers[segment.start + place + r * len(segment.blocks)] for r in range(segment.times)]
        cards.append(card(model.blocks[index], index, [layer for layer in layers if layer]))
    times = f'<p class="times">× {segment.times}<span>rounds, the same weights</span></p>' if segment.times > 1 else ""
    return f'<div class="segment{" loop" * (segment.times > 1)}"><div class="cards">{"".join(cards)}</div>{times}</div>'


def card(block: Block, index: int, layers: list[int]) -> str:
    """A block: its heads with room for their thumbnails, then its ReLU layer."""
    hidden = 0 if block.mlp is None else block.mlp.into.shape[1]
    relu = f'<p class="relu">ReLU <b>{hidden}</b></p>' if hidden else ""
    if block.attention is None:
        return f'<button type="button" class="card bare" data-block="{index}">{relu}</button>'
    heads = "".join(
        f'<span class="head"><svg class="thumb" data-block="{index}" data-head="{number}" aria-hidden="true"></svg>'
        f"<span>{as_html(label)}</span></span>"
        for number, label in enumerate(block.attention.labels)
    )
    crowd = " many" * (block.attention.heads > 1) + " crowd" * (block.attention.heads > 4)
    title = f"layer{'s' * (len(layers) > 1)} {in_a_row(layers)}"
    return (
        f'<button type="button" class="card{crowd}" data-block="{index}">'
        f'<span class="title">{title}</span><span class="heads-of">{heads}</span>{relu}</button>'
    )
