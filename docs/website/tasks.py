"""The pages of tasks: for every task that is registered, its parameters, its solutions, and what is proved of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from logdepth.artefacts import compile_task
from logdepth.protocols import protocol_of
from logdepth.reductions import reductions_to
from logdepth.solutions import solution_of, ways_of
from logdepth.tasks import TASKS, Task
from logdepth.theory import STANDINGS, Claim
from website.markdown import code, document, plain, table

MEASURED = ("layers", "heads", "width", "parameters")
LARGEST = 256
"""The n up to which the default size of a task is compiled for its page."""


def task_pages() -> dict[str, str]:
    """Name of a page -> its text."""
    tasks = [task.from_parameters({}) for task in TASKS.values()]
    return {"tasks/index.md": overview(tasks), **{f"tasks/{task.name}.md": page_of(task) for task in tasks}}


def overview(tasks: Sequence[Task[Any]]) -> str:
    rows = [(f"[{task.name}]({task.name}.md)", plain(task.summary), size_in_words(task)) for task in tasks]
    listed = "\n".join(task.name for task in tasks)
    return document(
        "# Tasks",
        f"logdepth knows {len(tasks)} tasks with exact answers of their own. `logdepth compile TASK --n 100` makes the"
        " transformer of one, and `logdepth tasks TASK` prints its parameters. [Algorithms](../algorithms.md) has every"
        " program with its proof, and [Extending](../extending.md) adds a task of your own.",
        table(("task", "answers", "at its default size"), rows),
        f"```{{toctree}}\n:hidden:\n\n{listed}\n```",
    )


def size_in_words(task: Task[Any]) -> str:
    """What the solution claims."""
    claimed = solution_of(task).claim(task, "float32").sizes
    shown = ", ".join(f"{claimed[name]:,} {name if claimed[name] != 1 else name[:-1]}" for name in MEASURED[:2])
    return f"n = {task.n:,}: {shown}"


def page_of(task: Task[Any]) -> str:
    command = f"logdepth compile {task.name} --n {task.n}"
    return document(
        f"# {task.name}",
        f"{plain(task.summary[:1].upper() + task.summary[1:])}.",
        f"```sh\n{command} --out model\n```",
        "## Parameters",
        parameters_of(task),
        f"Families of instances: {', '.join(map(code, task.families))}.",
        f"Inputs that come with the library: {', '.join(map(code, task.shipped))}." if task.shipped else "",
        "## Solution",
        *solutions_of(task),
        protocol_in_words(task),
        "## What is proved",
        *theory_of(task),
        reductions_in_words(task),
    )


def parameters_of(task: Task[Any]) -> str:
    rows = [
        (code(f"--{item.name.replace('_', '-')}"), code(item.default), plain(item.allowed()), plain(item.help))
        for item in task.describe()
        if not item.tacit
    ]
    return table(("parameter", "default", "allowed", "meaning"), rows)


def solutions_of(task: Task[Any]) -> Iterable[str]:
    """The construction of every way, and its sizes at the task's default size."""
    ways = ways_of(task) or {"": task}
    for way, each in ways.items():
        if way:
            yield f"### --way {way}"
        yield from (f"<p>{paragraph}</p>" for paragraph in solution_of(each).words)
        yield sizes_table(each)


def sizes_table(task: Task[Any]) -> str:
    """Claimed, and measured where the default size is small."""
    claim = solution_of(task).claim(task, "float32")
    claimed: dict[str, Any] = dict(claim.sizes)
    measured: dict[str, int] = {}
    if task.n <= LARGEST:
        model = compile_task(task)
        claimed, measured = dict(model.claimed), model.measured.as_json()
    at = ", ".join(f"{name} = {value}" for name, value in task.parameters.items())
    rows = [
        (plain(name), f"≤ {size:,}", f"{measured[name]:,}" if name in measured else "–")
        for name, size in claimed.items()
    ]
    return document(f"At {plain(at)}:", table(("size", "claimed", "measured"), rows), plain(claim.note or ""))


def protocol_in_words(task: Task[Any]) -> str:
    own = protocol_of(task)
    if own is None:
        return ""
    sizes = sizes_in_words(own.claim(task)).replace("<br>", ", ")
    return f"It has an MPC protocol of its own, too: {sizes}. `logdepth mpc {task.name} FILE` runs it."


def theory_of(task: Task[Any]) -> Iterable[str]:
    """The claims of the sources, those that say nothing at the default size apart."""
    said = [claim for claim in task.theory if not claim.silence]
    silent = [claim for claim in task.theory if claim.silence]
    if not task.theory:
        yield "No source that we know says anything of this task."
        return
    yield (
        "At the default size, as `logdepth theorems` prints it for any size. ≤ suffices; ≥ is needed by every such"
        " model; ~ is the leading term, its constant omitted."
    )
    yield table(("model", "size", "standing", "supposing", "source"), map(claim_row, said))
    words = ("exact", "asymptotic", "conditional")
    yield "\n".join(f"- *{word}*: {STANDINGS[word]}." for word in words if any(c.standing == word for c in said))
    if silent:
        yield "These say nothing at the default size:"
        rows = [(plain(c.model), sizes_in_words(c), plain("; ".join(c.silence)), plain(c.source)) for c in silent]
        yield table(("model", "size", "why", "source"), rows)


def claim_row(claim: Claim) -> tuple[str, ...]:
    supposed = [*(condition.says for condition in claim.conditions), claim.provided, claim.conditional_on]
    standing = f"conditional, {claim.exactness}" if claim.standing == "conditional" else claim.standing
    source = f"{claim.source}. {claim.note}" if claim.note else claim.source
    said = "; ".join(words for words in supposed if words)
    return plain(claim.model), sizes_in_words(claim), standing, plain(said), plain(source)


def sizes_in_words(claim: Claim) -> str:
    """One line per size: `layers ≤ 6`, `layers Ω(log k) ~4`."""
    sign = {"upper": "≤", "lower": "≥"}[claim.direction]
    lines = []
    for quantity, size in claim.sizes.items():
        leading = f" ~{claim.leading[quantity]:.3g}" if quantity in claim.leading else ""
        lines.append(f"{quantity} {size}{leading}" if isinstance(size, str) else f"{quantity} {sign} {size:,}")
    return "<br>".join(map(plain, lines))


def reductions_in_words(task: Task[Any]) -> str:
    """Those to this task."""
    found = [f"[{each.name}](../theorems.md#{each.name})" for each in reductions_to(task)]
    return f"Reductions to this task: {', '.join(found)}." if found else ""
