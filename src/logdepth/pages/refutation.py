"""The page of a refutation: two inputs, what the model keeps of both, and the answer that cannot be right twice."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from logdepth.pages.assemble import as_html, document
from logdepth.pages.cycles import draw_graph, is_drawn
from logdepth.pages.tables import verdict
from logdepth.refuters import REFUTERS, Attempt, Carried, Counterexample, NotRefuted, Refutation
from logdepth.tasks import Graph

NUMBERS_SHOWN = 128
ROWS_SHOWN, AROUND = 260, 4  # rows of an input; of a longer one those that differ, and so many around them
CERTIFICATE = "counterexample.json"


def refutation_page(found: Refutation, file: str = CERTIFICATE, command: str = "") -> str:
    """The whole page. file: what the certificate is called. command: how a shell checks it, where there is one."""
    refuted = isinstance(found, Counterexample)
    return document(
        "refutation.html",
        {
            "heading": as_html(found.model),
            "parameters": parameters(found),
            "verdict": verdict_of(found),
            "why": as_html(found.why),
            "evidence": evidence(found) if isinstance(found, Counterexample) else attempts(found),
            "theorem": theorem(found),
            "check": how_to_check(found, file, command) if isinstance(found, Counterexample) else "",
        },
        title=f"{as_html(found.model)}{'' if refuted else ' not'} refuted",
        styles=["page.css", "refutation.css"],
        program="theme",
        data={},
    )


def parameters(found: Refutation) -> str:
    values = (f"<i>{as_html(name)}</i> = {as_html(str(value))}" for name, value in found.task.parameters.items())
    return f"asked {as_html(found.task.name)},&ensp;{',&ensp;'.join(values)}"


def verdict_of(found: Refutation) -> str:
    if isinstance(found, NotRefuted):
        return verdict("open", "Not refuted.")
    if found.refutes_model:
        return verdict("bad", "✗ Refuted.")
    return verdict("bad", "✗ Refuted in coarser numbers.")


def theorem(found: Refutation) -> str:
    """What each refuter at work says, and where it is proved."""
    known = [REFUTERS[name] for name in found.refuter.split(", ") if name in REFUTERS]
    return "".join(
        f'<p>{as_html(each.theorem)}</p><p class="caption">{as_html(sentence(f"proof: {each.proof}"))}</p>'
        for each in known
    )


def sentence(text: str) -> str:
    """A text that begins and ends as a sentence does."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


# --- a counterexample ---


def evidence(found: Counterexample) -> str:
    return inputs(found) + carried(found) + answers(found)


def inputs(found: Counterexample) -> str:
    several = len(found.instances) > 1
    shown = [
        f'<div class="input"><h3>{ordinal(number) if several else "The input"}</h3>{picture(found, number)}</div>'
        for number in range(len(found.instances))
    ]
    heading = "Two inputs" if several else "One input"
    return (
        f'<section id="inputs" aria-labelledby="h-inputs"><h2 id="h-inputs">{heading}</h2>'
        f'<p class="caption">{legend(found)}</p><div class="pair">{"".join(shown)}</div></section>\n'
    )


def ordinal(number: int) -> str:
    return ("The first", "The second")[number] if number < 2 else f"Number {number + 1}"


def asked_vertex(found: Counterexample) -> int | None:
    """The vertex whose answer is compared, if both inputs are graphs that can be drawn."""
    vertex = getattr(found.bottleneck, "vertex", None)
    graphs = all(isinstance(each, Graph) and is_drawn(each) for each in found.instances)
    return vertex if graphs and len(found.instances) == 2 else None


def legend(found: Counterexample) -> str:
    vertex = asked_vertex(found)
    if vertex is not None:
        return (
            f"Vertex {vertex} is asked. Both graphs share what is blue, with the same ids. An edge is dashed if the"
            " other graph does not have it."
        )
    marks = ["Orange rows differ."] if len(found.instances) > 1 else []
    return " ".join([*marks, "The answer is due at the blue one."])


def picture(found: Counterexample, number: int) -> str:
    vertex = asked_vertex(found)
    if vertex is None:
        return rows(found, number)
    mine, other = found.instances[number], found.instances[1 - number]
    return f'<div class="drawn">{draw_graph(mine, other, vertex, f"{ordinal(number)} graph")}</div>'


def rows(found: Counterexample, number: int) -> str:
    """The rows of an input as people read them; a long one is cut to what matters."""
    texts, marks = found.inputs[number], differing(found.inputs, number)
    due = len(texts) - 1 if found.entry in (None, -1) else int(found.entry or 0) % max(len(texts), 1)
    kept = [place for place in range(len(texts)) if is_kept(place, marks, due, len(texts))]
    parts, before = [], -1
    for place in kept:
        if place > before + 1:
            parts.append(gap(place - before - 1))
        kind = "asks" if place == due else "differs" if place in marks else "same"
        parts.append(f'<li class="{kind}">{as_html(texts[place])}</li>')
        before = place
    if before < len(texts) - 1:
        parts.append(gap(len(texts) - 1 - before))
    return f'<ol class="tokens">{"".join(parts)}</ol>'


def gap(count: int) -> str:
    return f'<li class="gap">… {count:,} more …</li>'


def differing(texts: Sequence[Sequence[str]], number: int) -> set[int]:
    """The rows of an input in which another one differs. Inputs of different length are aligned at both ends."""
    if len(texts) < 2:
        return set()
    mine, other = texts[number], texts[1 - number if number < 2 else 0]
    if len(mine) == len(other):
        return {place for place, (one, two) in enumerate(zip(mine, other, strict=True)) if one != two}
    shorter = min(len(mine), len(other))
    start = next((place for place in range(shorter) if mine[place] != other[place]), shorter)
    end = next((place for place in range(shorter - start) if mine[-1 - place] != other[-1 - place]), shorter - start)
    return set(range(start, len(mine) - end))


def is_kept(place: int, marks: set[int], due: int, length: int) -> bool:
    if length <= ROWS_SHOWN:
        return True
    first = min(marks, default=0)
    around = any(place - AROUND <= mark <= place + AROUND for mark in sorted(marks)[: ROWS_SHOWN // 4])
    return around or abs(place - due) <= AROUND or place < AROUND or first - AROUND <= place <= first


# --- what passes ---


def carried(found: Counterexample) -> str:
    """What the model keeps of both inputs, if it is the same."""
    if not found.carried:
        return ""
    same = found.indistinguishable
    heading = (
        f"{'Rounded, what' if is_rounded(found) else 'What'} it keeps of {'both is the same' if same else 'the input'}"
    )
    return (
        f'<section class="equal" aria-labelledby="h-equal"><h2 id="h-equal">{heading}</h2>{size_of(found.carried[0])}'
        f'<p class="caption">{as_html(sentence(found.form))}</p>{numbers(found.carried[0])}</section>\n'
    )


def size_of(part: Carried) -> str:
    count = len(part.numbers)
    what = "number" if count == 1 else "numbers"
    return f'<p class="size"><b>{count:,}</b> {what} of <b>{part.of_each}</b>: {part.size:,} bits in all.</p>'


def numbers(part: Carried) -> str:
    """Each with its bits; as many as can be looked at."""
    shown = part.numbers[:NUMBERS_SHOWN]
    cells = "".join(f"<li>{value}<small>{bits}</small></li>" for value, bits in (written(x, part.bits) for x in shown))
    wide = max((len(bits) for _, bits in (written(x, part.bits) for x in shown)), default=1)
    width = "7em" if wide <= 10 else f"{wide * 0.53 + 1:.1f}em"
    more = len(part.numbers) - len(shown)
    rest = f'<p class="caption">{more:,} more are in the counterexample’s file.</p>' if more > 0 else ""
    return f'<ol class="numbers" style="--cell: {width}">{cells}</ol>{rest}'


def written(value: int | float, bits: int) -> tuple[str, str]:
    """A number, and its bits: of a whole one as they are, in two's complement, of a float in hexadecimal."""
    if isinstance(value, int):
        return f"{value:,}", f"{value % 2**bits:0{bits}b}"
    form = {16: ">e", 32: ">f"}.get(bits, ">d")
    packed = struct.pack(form, value) if np.isfinite(value) else b""
    return f"{value:.5g}", f"0x{packed.hex()}"


# --- answers ---


def answers(found: Counterexample) -> str:
    """Of every input, the right answer, the model's, and the one that follows from what is kept."""
    cards = "".join(f'<div class="answer">{answers_to(found, number)}</div>' for number in range(len(found.instances)))
    return (
        f'<section aria-labelledby="h-answers"><h2 id="h-answers">{question(found)}</h2>'
        f'<div class="pair replies">{cards}</div>{moral(found)}</section>\n'
    )


def question(found: Counterexample) -> str:
    return "One question, two right answers" if len(set(map(str, found.exact))) > 1 else "The answer"


def answers_to(found: Counterexample, number: int) -> str:
    exact, instance = found.exact[number], found.instances[number]
    lines = [("right is", name_of(found, exact, instance), "")]
    lines.append(("the model says", name_of(found, found.given[number], instance), judged(found.given[number], exact)))
    if found.rounded:
        told = name_of(found, found.rounded[number], instance)
        lines.append(("from what it keeps", told, judged(found.rounded[number], exact)))
    heading = f"<h3>{ordinal(number)}</h3>" if len(found.instances) > 1 else ""
    return f"{heading}<dl>{''.join(f'<dt>{what}</dt><dd>{value}{mark}</dd>' for what, value, mark in lines)}</dl>"


def judged(value: Any, exact: Any) -> str:
    return '<small class="good">✓ right</small>' if value == exact else '<small class="bad">✗ wrong</small>'


def name_of(found: Counterexample, value: Any, instance: Any) -> str:
    """An answer in the words of the task; -1 of a network is a class that is no answer."""
    if isinstance(value, list):
        return as_html(" ".join(map(str, value))[:200])
    if value == -1:
        return "none of the answers"
    if set(found.task.outputs.values()) == {1}:
        return "yes" if value else "no"
    return as_html(found.task.name_value(value, instance) or "none")


def moral(found: Counterexample) -> str:
    if not found.indistinguishable:
        return ""
    told = "It cannot tell the two inputs apart. It has one answer to both, and two different ones are right."
    if is_rounded(found):
        told = (
            "The model that keeps these rounded numbers cannot tell the two inputs apart. It has one answer to both,"
            " and two different ones are right."
        )
        told += (
            " The model as it is keeps more digits, and is wrong, too."
            if found.refutes_model
            else " The model as it is keeps more digits, and answers these two rightly. It is another model."
        )
    return f'<p class="moral">{told}</p>'


def is_rounded(found: Counterexample) -> bool:
    """Whether what is kept was rounded; a bottleneck that rounds says to how many bits."""
    return bool(getattr(found.bottleneck, "bits", 0))


def how_to_check(found: Counterexample, file: str, command: str) -> str:
    told = (
        "The checker needs the model and the file of the counterexample, and nothing of the search. It solves the task,"
        " runs the model, computes what is kept, and compares all of it by equality. It raises Rejected at the first"
        " thing that is not so."
    )
    code = f'from logdepth.refuters import check, read_certificate\n\ncheck(read_certificate("{file}"), model)'
    return (
        '<section aria-labelledby="h-check"><h2 id="h-check">Check it yourself</h2>'
        f'<div class="prose"><p>{told}</p></div><pre>{as_html_lines(code)}</pre>'
        f"{f'<pre>{as_html(command)}</pre>' if command else ''}</section>\n"
    )


def as_html_lines(text: str) -> str:
    return "\n".join(map(as_html, text.split("\n")))


# --- not refuted ---


def attempts(found: NotRefuted) -> str:
    """Bits against bits, and what was tried."""
    tried = "".join(row(attempt) for attempt in found.attempts)
    table = f'<table class="attempts"><tbody>{tried}</tbody></table>'
    return (
        f'{bits_against_bits(found)}<section id="inputs" aria-labelledby="h-tried"><h2 id="h-tried">What was tried</h2>'
        f'<div class="scroll">{table}</div><p class="caption">This proves nothing beyond what was tried. A model that'
        " carries enough can be right.</p></section>\n"
    )


def row(attempt: Attempt) -> str:
    return f'<tr><td class="count">{attempt.count:,}</td><td>{as_html(attempt.what)}</td></tr>'


def bits_against_bits(found: NotRefuted) -> str:
    if found.carried_bits is None or found.needed_bits is None:
        return ""
    most = max(found.carried_bits, found.needed_bits, 1)
    bars = "".join(
        f'<dt>{what}</dt><dd class="{kind}"><i style="--share: {bits / most:.4f}"></i>{bits:,} bits</dd>'
        for what, kind, bits in (
            ("it can carry", "carried", found.carried_bits),
            ("it needs to carry", "needed", found.needed_bits),
        )
    )
    heading = '<h2 id="h-bits">Bits against bits</h2>'
    return f'<section aria-labelledby="h-bits">{heading}<dl class="bits">{bars}</dl></section>\n'
