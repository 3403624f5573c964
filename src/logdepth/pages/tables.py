"""The static parts of the page: what the model is, what was verified, its size against its claim, theory."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from logdepth.artefacts import Model
from logdepth.numerics.formats import format_of
from logdepth.pages.assemble import as_html
from logdepth.programs import Program
from logdepth.tasks import Task
from logdepth.theory import PRODUCT, QUANTITIES, Claim
from logdepth.traces import Input

QUANTITY_NAMES = {
    "layers": "attention layers",
    "heads": "heads per layer",
    "width": "residual width",
    "blocks": "blocks",
    "hidden": "ReLU units",
    "parameters": "parameters",
    "precision_bits": "mantissa bits",
}


def parameter_line(model: Model) -> str:
    """<i>n</i> = 100, <i>k</i> = 16, …, and the number format."""
    own = {"rows": model.transformer.rows, **({"blank": model.blank} if model.blank else {})}
    parameters = model.origin.parameters if isinstance(model.origin, Task) else own
    parts = [f"<i>{as_html(name)}</i> = {as_html(short(value))}" for name, value in parameters.items() if value != ""]
    return ",&ensp;".join([*parts, as_html(model.dtype)])


def short(value: object, most: int = 40) -> str:
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def lead(model: Model) -> str:
    """What the model is, and what it computes."""
    if not isinstance(model.origin, Task):
        taken = f"It takes any table of {rows_taken(model)} {columns_taken(model)}."
        return f"{shape(model)} {taken}{all_lengths(model)}"
    task = model.task
    what, *_ = task.summary.split(";")  # what follows is about files
    verb = "says" if what.startswith("whether") else "gives," if what.startswith(("at ", "for ")) else "gives"
    return f"{shape(model)} It takes any {task.capacity} and {verb} {as_html(what)}.{all_lengths(model)}"


def all_lengths(model: Model) -> str:
    """Where one set of weights runs, if positions enter by formulas; otherwise nothing."""
    formulas = model.transformer.formulas
    if formulas is None:
        return ""
    task, given = model.task, ", ".join(name for name in map(str, formulas.formulas) if name != "1")
    told = f"Of row i it is given {as_html(given)}, by formulas" if given else "A layer counts the rows"
    return (
        f" This is one set of weights for all lengths: it runs at n = {task.smallest}..{task.largest:,} in"
        f" {model.dtype}. {told}; it holds no table of positions."
    )


def rows_taken(model: Model) -> str:
    """Up to 9 rows; or 5 rows, after which come 4 blank tokens."""
    rows = model.transformer.rows
    if not model.blank:
        return f"up to {rows:,} rows"
    return f"{rows - model.blank:,} rows, and {model.blank:,} blank tokens after them,"


def shape(model: Model) -> str:
    """A causal transformer of 6 attention layers, one head each."""
    size = model.measured
    kind = "causal transformer" if model.transformer.causal else "transformer"
    heads = "one head" if size.heads == 1 else f"{size.heads} heads"
    if size.layers == 1:
        return f"A {kind} of one attention layer with {heads}."
    return f"A {kind} of {size.layers} attention layers, {'' if size.heads == 1 else 'at most '}{heads} each."


def columns_taken(model: Model) -> str:
    """with the columns token (0 to 26) and row (0 to 9), and gives the column answer"""
    letters = model.origin.input_letters if isinstance(model.origin, Program) else {}
    taken = [
        f"{name} (letters)" if name in letters else f"{name} (0 to {len(table) - 1:,})"
        for name, table in model.transformer.embeddings.items()
    ]
    given = list(model.transformer.outputs)
    return f"with {in_a_sentence('column', taken)}, and gives {in_a_sentence('column', given)}"


def in_a_sentence(noun: str, names: Sequence[str]) -> str:
    *others, last = (as_html(name) for name in names)
    return f"the {noun}s {', '.join(others)} and {last}" if others else f"the {noun} {last}"


def verification(verified: Mapping[str, Any] | None, checker: str, against: str, instances: str) -> str:
    """One sentence: what was checked, `instances`, and `against` what; or `checker`, what checks it.

    Nothing is called verified of which no instance was judged, or fewer than were skipped, or for which time was short.
    """
    count, wrong, skipped = (int((verified or {}).get(name) or 0) for name in ("instances", "wrong", "skipped"))
    if not verified or not count:
        return f"{verdict('open', 'Not verified yet.')} <code>{checker}</code> checks it."
    up_to = verified.get("exhaustive_up_to")
    taken = " that the program takes" if skipped else ""
    every = f", among them every {instances.removesuffix('s')} of size up to {int(up_to)}{taken}" if up_to else ""
    told = [f"Compared with {against} on {count:,} {instances}{every}: {wrong:,} wrong."]
    if skipped:
        why = f", the first because {as_html(str(verified['refusal']))}" if verified.get("refusal") else ""
        told.insert(0, f"Skipped, as the program itself refuses them: {skipped:,} of {skipped + count:,} tables{why}.")
    if verified.get("stopped") is not None:
        told.append(cut_short(verified, instances))
    if wrong:
        found = verdict("bad", "✗ Wrong.")
    elif skipped > count:
        found = verdict("open", "Hardly verified.")
    else:
        part = verified.get("stopped") is not None
        found = verdict("open", "Verified in part.") if part else verdict("good", "✓ Verified.")
    return " ".join([found, *told])


def verdict(kind: str, words: str) -> str:
    return f'<span class="verdict {kind}">{words}</span>'


def cut_short(verified: Mapping[str, Any], instances: str) -> str:
    """What a verification did not come to within its time."""
    planned, longest = int(verified.get("planned") or 0), int(verified.get("longest") or 0)
    none_longer = f", and none was longer than {longest:,} rows" if longest else ""
    return f"Its {verified['stopped']:g} s did not suffice for the {planned:,} {instances} planned{none_longer}."


def size_table(model: Model, verified: Mapping[str, Any] | None) -> str:
    """Claimed against measured, one column per quantity. What was not measured is a dash, and no claim on it holds."""
    measured: dict[str, int | None] = dict(model.measured.as_json())
    measured["precision_bits"] = (verified or {}).get("precision_bits")
    shown = [name for name in QUANTITY_NAMES if name in model.claimed or name != "hidden"]
    rows = {"measured": [size_cell(name, measured[name], model) for name in shown]}
    if model.claimed:
        rows["claimed"] = [claim_cell(measured[name], model.claimed.get(name)) for name in shown]
    if theory_of(model):
        rows["theory"] = [promise_cell(model, name) for name in shown]
    return sizes({QUANTITY_NAMES[name]: QUANTITIES[name] for name in shown}, rows)


def sizes(quantities: Mapping[str, str], rows: Mapping[str, Sequence[str]]) -> str:
    """A table with a column for each quantity, name -> explanation ("" if it needs none), and rows of cells by name."""
    abouts = [f' title="{as_html(about)}"' if about else "" for about in quantities.values()]
    head = "".join(f'<th scope="col"{about}>{name}</th>' for name, about in zip(quantities, abouts, strict=True))
    body = "".join(
        f'<tr class="{name}-row"><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for name, cells in rows.items()
    )
    opening = f'<table class="sizes" style="--rows:{len(quantities) + 1}">'
    return f"{opening}<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"


def size_cell(name: str, value: int | None, model: Model) -> str:
    if value is not None:
        return f"{value:,}"
    bits = format_of(model.dtype).mantissa_bits
    about = f"not measured; the model is in {model.dtype}, which has {bits}"
    return f'<small title="{as_html(about)}">not measured</small>'


def claim_cell(measured: int | None, claimed: Any) -> str:
    """What is claimed, and whether the measurement, if there is one, is within it."""
    if claimed is None:
        return '<span class="none">—</span>'
    if measured is None:
        return f"≤ {claimed:,}"
    mark = '<b class="good">✓</b>' if measured <= claimed else '<b class="bad">✗</b>'
    return f"≤ {claimed:,} {mark}"


def theory_of(model: Model) -> tuple[Claim, ...]:
    """What the sources say that holds of the task at the model's size; nothing about a program of one's own."""
    if not isinstance(model.origin, Task):
        return ()
    return tuple(claim for claim in model.task.theory if claim.holds)


def promise_cell(model: Model, quantity: str) -> str:
    """What the first of the sources that speaks of it promises to suffice."""
    for claim in theory_of(model):
        if claim.direction == "upper" and "transformer" in claim.model and quantity in claim.sizes:
            return f'<span title="{as_html(claim.source)}">{number(claim.sizes[quantity])}</span>'
    return '<span class="none">—</span>'


def theory_section(model: Model) -> str:
    """What the sources promise for these parameters, one row per claim; "" if they say nothing."""
    rows = "".join(theory_row(claim) for claim in theory_of(model))
    if not rows:
        return ""
    return (
        '<section aria-labelledby="h-theory">\n  <h2 id="h-theory">What theory says</h2>\n  <div class="scroll">'
        '<table class="theory"><thead><tr><th scope="col">model of computation</th><th scope="col">bound</th>'
        '<th scope="col">supposing</th><th scope="col">source</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>\n"
        '  <p class="caption">O and Ω hide constants. Logarithms are to base 2.</p>\n</section>'
    )


def theory_row(claim: Claim) -> str:
    kind = {"upper": "suffice", "lower": "needed"}[claim.direction]
    sizes = "<br>".join(size_in_words(claim, quantity) for quantity in claim.sizes)
    said = [condition.says for condition in claim.conditions]
    conditions = [*said, claim.provided, claim.conditional_on and f"conditional on: {claim.conditional_on}"]
    supposing = "; ".join(typeset(condition) for condition in conditions if condition)
    note = f"<details><summary>note</summary>{typeset(claim.note)}</details>" if claim.note else ""
    return (
        f'<tr class="{claim.direction}"><th scope="row">{as_html(claim.model)}</th>'
        f'<td><span class="sizes">{sizes}</span> <span class="kind">{kind}</span></td>'
        f"<td>{supposing}</td><td>{typeset(claim.source)}{note}</td></tr>"
    )


def size_in_words(claim: Claim, quantity: str) -> str:
    """`5 attention layers`, or `Ω(log k) attention layers`."""
    value = claim.sizes[quantity]
    names = dict(QUANTITY_NAMES)
    if "transformer" not in claim.model:
        names["layers"] = "layers"
    if value == 1:
        names |= {"layers": names["layers"].removesuffix("s"), "heads": "head per layer", "rounds": "round"}
    name = PRODUCT.join(names.get(factor, factor) for factor in quantity.split(PRODUCT))
    return f"<b>{number(value)}</b> {typeset(name)}"


def number(value: int | float | str) -> str:
    return typeset(value) if isinstance(value, str) else f"{value:,.4g}" if isinstance(value, float) else f"{value:,}"


def typeset(text: str) -> str:
    """Escaped, exponents raised, such as n^(1-ε) and 2^ℓ, and names of quantities in words."""
    for quantity in QUANTITIES:
        text = text.replace(quantity, quantity.replace("_", " "))
    exponent = r"\^(?:\(((?:[^()]|\([^()]*\))*)\)|(\w+(?:\.\d+)?))"
    return re.sub(exponent, lambda found: f"<sup>{found[1] or found[2]}</sup>", as_html(text))


def input_note(task: Task[Any], given: Input, run: Mapping[str, Any]) -> str:
    """Which input is shown, and how much of it."""
    rows, shown = len(run["labels"]) - 1, len(run["shown"]) - 1
    size = task.drawing(given.instance).size
    kind = "token" if size else task.row
    size = f"{size}, in " if size else ""
    parts = [
        f"The input is {as_html(given.name)}: {size}{rows:,} {kind}{'s' * (rows != 1)},"
        " after a start token that stands for “nothing”."
    ]
    if given.note:
        parts.insert(0, f"{as_html(given.note)} Another input is shown.")
    if shown < rows:
        parts.append(
            f"The model ran on all of them; the matrices below show {shown} of them;"
            " a row without a mark reads one that is not shown."
        )
    if run["graph"] and not run["graph"]["x"]:
        parts.append("The graph is too large to draw.")
    parts += [f"Note: {as_html(note)}" for note in task.notes(given.instance)]
    return " ".join(parts)


def table_note(name: str, run: Mapping[str, Any], word: str, outputs: Collection[str] = ()) -> str:
    """Which table is shown, and how much of it; and which of its outputs make up fractions."""
    rows, shown = len(run["labels"]) - 1, len(run["shown"]) - 1
    size = f"{rows:,} {word}{'s' * (rows != 1)}"
    note = f"The input is {as_html(name)}: {size}, after a start token that stands for “nothing”."
    if shown != rows:
        note = f"{note} The model ran on all of them; the matrices below show {shown} of them."
    return " ".join([note, *fractions_in_words(outputs)])


def fractions_in_words(outputs: Collection[str]) -> Iterator[str]:
    """Programs write a fraction as two columns."""
    for bottom in outputs:
        name = bottom.removesuffix(" denominator")
        top = next((each for each in (f"{name} numerator", name) if each in outputs and each != bottom), None)
        if top is not None:
            yield f"The value of {as_html(name)} is {as_html(top)} / {as_html(bottom)}."
