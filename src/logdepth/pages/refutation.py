"""The page of a refutation: two inputs, what the model keeps of both, and the answer that cannot be right twice."""

from __future__ import annotations

from typing import Any

from logdepth.pages.assemble import as_html, document
from logdepth.pages.refuted import asked_vertex, ordinal, refutation_record
from logdepth.pages.tables import verdict
from logdepth.refuters import REFUTERS, Attempt, Carried, Counterexample, NotRefuted, Refutation

CERTIFICATE = "counterexample.json"
NEEDS_SCRIPT = (
    '<noscript><p class="prose"><strong>The figures of this page need JavaScript; they load nothing.</strong></p>'
    "</noscript>"
)


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
            "keys": keys(found) if isinstance(found, Counterexample) else "",
            "check": how_to_check(found, file, command) if isinstance(found, Counterexample) else "",
        },
        title=f"{as_html(found.model)}{'' if refuted else ' not'} refuted",
        styles=["page.css", "refutation.css"],
        program="refutation",
        data=refutation_record(found),
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
    heading = "Two inputs" if len(found.instances) > 1 else "One input"
    told = legend(found)
    caption = f'<p class="caption">{told}</p>' if told else ""
    return (
        f'<section id="inputs" aria-labelledby="h-inputs"><h2 id="h-inputs">{heading}</h2>{caption}{NEEDS_SCRIPT}'
        '<div id="inputs-figures"></div></section>\n'
    )


def legend(found: Counterexample) -> str:
    if asked_vertex(found) is not None:
        return ""
    marks = ["Orange rows differ."] if len(found.instances) > 1 else []
    return " ".join([*marks, "The answer is due at the blue one."])


def keys(found: Counterexample) -> str:
    graphs = asked_vertex(found) is not None
    what = "vertex, <kbd>←</kbd> <kbd>→</kbd> edges" if graphs else "row"
    return f"Keys: <kbd>,</kbd> <kbd>.</kbd> {what}. The address holds what you chose."


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
        f'<p class="caption">{as_html(sentence(found.form))}</p><div id="kept-figures"></div></section>\n'
    )


def size_of(part: Carried) -> str:
    count = len(part.numbers)
    what = "number" if count == 1 else "numbers"
    return f'<p class="size"><b>{count:,}</b> {what} of <b>{part.of_each}</b>: {part.size:,} bits in all.</p>'


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
    heading = '<h2 id="h-bits" class="quiet">Bits against bits</h2>'
    return f'<section aria-labelledby="h-bits">{heading}{NEEDS_SCRIPT}<div id="bits-figures"></div></section>\n'
