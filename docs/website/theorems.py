"""The page of theorems: every arrow, refuter and reduction that is registered, and what its examples give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from logdepth.arrows import Arrow, name_of
from logdepth.arrows.registry import ARROWS
from logdepth.reductions import REDUCTIONS, Reduction
from logdepth.refuters import REFUTERS, Counterexample, Refutation, Refuter
from logdepth.tasks import Parameter
from logdepth.theory import Claim
from logdepth.verification import Compared, compare_examples, decide_examples
from website.markdown import code, document, fenced, plain, table

LONGEST = 96
"""Letters of an input that are shown."""


def theorems_page() -> str:
    arrows, refuters, reductions = ARROWS.values(), REFUTERS.values(), REDUCTIONS.values()
    return document(
        "# Theorems",
        "This page lists the theorems that run. `logdepth theorems` prints the list, `logdepth theorems NAME` runs one"
        " on its examples, and `logdepth theorems TASK --n 100` says what is proved of a task. The page"
        " [Theory](theory.md) tells how the theorems belong together, and where their sources disagree."
        " [Extending](extending.md) adds theorems of your own.",
        index("Theorems that construct", "Each makes a computation of one model into one of another", arrows),
        *(arrow_section(arrow) for arrow in arrows),
        index("Theorems that forbid", "Each finds an input on which a model that is too small is wrong", refuters),
        *(refuter_section(refuter) for refuter in refuters),
        index("Theorems between tasks", "By each, every solver of one task solves another", reductions),
        *(reduction_section(reduction) for reduction in reductions),
    )


def index(title: str, what: str, theorems: Iterable[Any]) -> str:
    rows = [(f"[{each.name}](#{each.name})", plain(each.theorem)) for each in theorems]
    return document(f"## {title}", f"{what}.", table(("name", "says"), rows))


def opening(name: str, theorem: str, facts: Iterable[tuple[str, str]]) -> str:
    """The theorem, and what belongs to it: a line for each fact."""
    return document(f"### {name}", f"> {plain(theorem)}", "\n".join(f"- *{what}*: {said}" for what, said in facts))


def arrow_section(arrow: Arrow[Any, Any]) -> str:
    """An arrow, with the claims of its examples beside what was measured."""
    claims = [arrow(each.source, **each.options).claim for each in islice(arrow.examples(), 1)]
    way = f"{name_of(arrow.source)} → {name_of(arrow.target)}"
    exact = f"answers within {arrow.within:.0e}" if arrow.within else "the same answers on every input"
    return document(
        opening(arrow.name, arrow.theorem, [("makes", way), ("gives", exact), ("proof", plain(arrow.proof))]),
        options_table(arrow.options),
        "**Examples.** The law of arrows runs both sides on every table of every example, and compares the sizes.",
        table(
            ("source", "tables", "claimed", "measured"),
            [
                (plain(called(each)), each.tables, sizes(each.claimed), sizes(each.measured, ""))
                for each in compare_examples(arrow)
            ],
        ),
        "".join(suppositions(claim) for claim in claims),
    )


def called(example: Compared) -> str:
    """The source of an example, and the options that it gives."""
    return ", ".join(map(str, [example.source, *example.options.values()]))


def suppositions(claim: Claim) -> str:
    """What the claim of the first example supposes, and its caveats."""
    said = [*(condition.says for condition in claim.conditions), claim.provided, claim.conditional_on]
    lines = [f"It supposes: {plain('; '.join(words for words in said if words))}."] if any(said) else []
    return " ".join([*lines, plain(claim.note or "")]).strip()


def options_table(options: Sequence[Parameter]) -> str:
    rows = [
        (code(each.name), code('""' if each.default == "" else each.default), plain(each.allowed()), plain(each.help))
        for each in options
    ]
    return table(("option", "default", "allowed", "meaning"), rows)


def sizes(counted: Mapping[str, Any], sign: str = "≤ ") -> str:
    """Quantities and numbers, in one line."""
    return ", ".join(
        f"{plain(name)} {sign}{count:,}" if isinstance(count, int) else f"{plain(name)} {plain(count)}"
        for name, count in counted.items()
    )


def refuter_section(refuter: Refuter[Any]) -> str:
    """A refuter, with what it finds for its examples."""
    found = [refuter(each.suspect, each.search) for each in refuter.examples()]
    tasks = ", ".join(f"[{task.name}](tasks/{task.name}.md)" for task in refuter.tasks)
    facts = [("refutes", plain(refuter.models)), ("on", tasks), ("proof", plain(refuter.proof))]
    if refuter.claim_model:
        facts.append(("shows at work", f"the exact lower bounds of a {plain(refuter.claim_model)}"))
    shown = next(each for each in found if isinstance(each, Counterexample))
    return document(
        opening(refuter.name, refuter.theorem, facts),
        "**Examples.** A model that carries enough is not refuted.",
        table(("model", "", "why"), [(plain(each.model), verdict(each), plain(each.why)) for each in found]),
        f"The inputs for *{plain(shown.model)}*:",
        fenced(inputs_of(shown)),
    )


def verdict(found: Refutation) -> str:
    return "refuted" if isinstance(found, Counterexample) else "not refuted"


def inputs_of(found: Counterexample) -> str:
    """The instances, the right answers and the model's."""
    rows = [f"input {number}     {shortened(' '.join(rows))}" for number, rows in enumerate(found.inputs, start=1)]
    answers = [("right", found.exact), ("model says", found.given)]
    return "\n".join([*rows, *(f"{who:<12}{shortened('   '.join(map(str, said)))}" for who, said in answers)])


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def reduction_section(reduction: Reduction[Any, Any]) -> str:
    """A reduction at its smallest size, and what follows from it."""
    n = reduction.smallest
    cost, target = reduction.cost, reduction.target_for(n)
    (decided,) = (count for _, count in islice(decide_examples(reduction), 1))
    source = reduction.source.name
    facts = [
        ("from", f"[{source}](tasks/{source}.md): {plain(reduction.promise.says)}"),
        ("to", f"[{target.name}](tasks/{target.name}.md)"),
        ("costs", f"{plain(cost.formula)} rows; {plain(cost.rounds)} rounds of MPC: {plain(cost.why)}"),
        ("proof", plain(reduction.proof)),
        ("if the conjecture holds", plain(reduction.conditional)),
    ]
    short = reduction.name.removeprefix(f"{source}-to-")
    return document(
        opening(reduction.name, reduction.theorem, facts),
        f"**Example.** `logdepth reduce {source} {short}`: on {n} vertices, exact answers of {target.name} decide all"
        f" of {decided} instances.",
    )
