"""A program's text beside the blocks that it became."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from logdepth.pages.assemble import as_html
from logdepth.pages.steps import in_a_row, layer_numbers
from logdepth.programs import Program, Statement, in_order, inputs_of, outputs_of
from logdepth.transformer import Transformer

LINES_SHOWN = 60  # of a longer program the rest is folded

CAPTION = (
    "Each line of the program, and what it became: heads, and a share in ReLU layers. A line without any is linear, is"
    " a table in the embedding, shares its weights with another line, or is never used. Choose one to look inside."
)


@dataclass(frozen=True)
class Line:
    """A line of the source, or a statement without one; `heads`: (block, head) pairs; `relus`: blocks. All stored
    blocks, not steps."""

    place: str
    text: str
    heads: tuple[tuple[int, int], ...]
    relus: tuple[int, ...]

    @property
    def blocks(self) -> list[int]:
        return sorted({*self.relus, *(block for block, _ in self.heads)})


def program_text(program: Program, model: Transformer) -> str:
    """The program as a table, a row for each line of its source; "" if it has no statement."""
    lines = lines_of(program, model)
    if not lines:
        return ""
    known = any(line.blocks for line in lines)
    table = table_of(lines[:LINES_SHOWN], model, known)
    rest = lines[LINES_SHOWN:]
    folded = f"<details><summary>{len(rest):,} more lines</summary>{table_of(rest, model, known)}</details>"
    caption = f'  <p class="caption">{CAPTION}</p>\n' if known else ""
    return f'  <div class="program scroll">{table}{folded if rest else ""}</div>\n{caption}'


def lines_of(program: Program, model: Transformer) -> list[Line]:
    """In the order of their first statement. Statements of one place, such as those of a loop in Python, are one line.

    Statements without a place stand for themselves.
    """
    heads, relus = origins(model)
    numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, statement in enumerate(in_order(program.statements), start=1):
        place = statement.place
        if place is None:
            numbers["", in_words(statement)].append(number)
        else:
            numbers[str(place), place.text].append(number)
    return [
        Line(
            place,
            text,
            tuple(sorted(pair for number in of_line for pair in heads[number])),
            tuple(sorted({block for number in of_line for block in relus[number]})),
        )
        for (place, text), of_line in numbers.items()
    ]


def origins(model: Transformer) -> tuple[dict[int, list[tuple[int, int]]], dict[int, list[int]]]:
    """For every statement, by number, its heads as (block, head), and the blocks whose ReLU layers compute it."""
    heads: dict[int, list[tuple[int, int]]] = defaultdict(list)
    relus: dict[int, list[int]] = defaultdict(list)
    for index, block in enumerate(model.blocks):
        for head, number in enumerate(() if block.attention is None else block.attention.statements):
            heads[number].append((index, head))
        for number in () if block.mlp is None else block.mlp.statements:
            relus[number].append(index)
    return heads, relus


def in_words(statement: Statement) -> str:
    """find = select(token, index, …)"""
    given, read = (", ".join(dict.fromkeys(c.name for c in of(statement))) for of in (outputs_of, inputs_of))
    return f"{given} = {type(statement).__name__.lower()}({read})"


def table_of(lines: list[Line], model: Transformer, known: bool) -> str:
    place = "line" if any(line.place for line in lines) else ""
    became = '<th scope="col">became</th>' if known else ""
    rows = "".join(row(line, model, known) for line in lines)
    return (
        f'<table class="lines"><thead><tr><th scope="col">{place}</th><th scope="col">the program</th>'
        f"{became}</tr></thead><tbody>{rows}</tbody></table>"
    )


def row(line: Line, model: Transformer, known: bool) -> str:
    blocks = " ".join(map(str, line.blocks))
    heads = " ".join(f"{block}.{head}" for block, head in line.heads)
    *_, number = line.place.split(" ")
    became = f"<td>{', '.join(links(line, model)) or '–'}</td>" if known else ""
    return (
        f'<tr data-blocks="{blocks}"><th scope="row" data-heads="{heads}" title="{as_html(line.place)}">'
        f"{as_html(number)}</th>"
        f"<td><code>{as_html(line.text)}</code></td>{became}</tr>"
    )


def links(line: Line, model: Transformer) -> list[str]:
    """Buttons that go to heads, or to a ReLU layer; those of blocks in which the line has the same share are one."""
    of_block: dict[int, list[int]] = defaultdict(list)
    for block, head in line.heads:
        of_block[block].append(head)
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)  # heads -> blocks
    for block, heads in of_block.items():
        alike[tuple(heads)].append(block)
    found = []
    for share, blocks in alike.items():
        layers = sorted(layer for block in blocks for layer in layers_of(model, block))
        several = any(attention and attention.heads > 1 for attention in (model.blocks[b].attention for b in blocks))
        which = f", head{'s' * (len(share) > 1)} {in_a_row([head + 1 for head in share])}" * several
        found.append(link(blocks[0], share[0], f"layer{'s' * (len(layers) > 1)} {in_a_row(layers)}{which}"))
    after = [block for block in line.relus if layers_of(model, block)]
    alone = [block for block in line.relus if not layers_of(model, block)]
    if after:
        layers = sorted(layer for block in after for layer in layers_of(model, block))
        found.append(link(after[0], 0, f"ReLU after layer{'s' * (len(layers) > 1)} {in_a_row(layers)}"))
    if alone:
        steps = sorted(step for block in alone for step in steps_of(model, block))
        found.append(link(alone[0], 0, f"ReLU of block{'s' * (len(steps) > 1)} {in_a_row(steps)}"))
    return found


def link(block: int, head: int, text: str) -> str:
    return f'<button type="button" class="to-block" data-block="{block}" data-head="{head}">{text}</button>'


def layers_of(model: Transformer, block: int) -> list[int]:
    """The numbers of the attention layers that a stored block is."""
    numbers = layer_numbers(model)
    return [layer for index, layer in zip(model.order, numbers, strict=True) if index == block and layer]


def steps_of(model: Transformer, block: int) -> list[int]:
    return [step for step, index in enumerate(model.order, start=1) if index == block]
