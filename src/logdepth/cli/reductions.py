"""Reductions as people and programs read them: one in words and numbers, one instance of it, and a failure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from logdepth.cli.printing import console, plain, plain_table, visible
from logdepth.cli.wording import task_as_typed
from logdepth.numerics.counts import count_of

if TYPE_CHECKING:
    import numpy as np

    from logdepth.reductions import Failure, Reduction
    from logdepth.tasks import Graph, Task

LETTERS, WORDS = 72, 24
"""Of a line: letters of a text, and words of anything else."""
LINES = 12
"""Lines of an instance that are shown."""


def describe_reduction(reduction: "Reduction[Any, Any]", n: int) -> dict[str, Any]:
    """A reduction at a size, as JSON."""
    task, cost = reduction.target_for(n), reduction.cost
    return {
        "name": reduction.name,
        "source": reduction.source.name,
        "target": task.name,
        "theorem": reduction.theorem,
        "proof": reduction.proof,
        "takes": reduction.promise.says,
        "n": n,
        "target_parameters": task.parameters,
        "cost": {
            "questions": cost.questions(n),
            "rows": cost.rows(n),
            "formula": cost.formula,
            "rounds": cost.rounds,
            "why": cost.why,
        },
        "conditional": reduction.conditional,
    }


def failure_as_json(failure: "Failure") -> dict[str, Any]:
    """A wrong decision: the instance of the source, what is said of it, and what the model was asked and gave."""
    found = failure.counterexample
    return {
        "source": failure.instance.edges.tolist(),
        "decided": int(failure.decided[-1]),
        "exact": int(failure.exact[-1]),
        "asked": [list(rows) for rows in found.inputs],
        "columns": [
            {name: values.tolist() for name, values in found.task.encode(instance).items()}
            for instance in found.instances
        ],
        "entry": found.entry,
        "given_answers": list(found.given),
        "exact_answers": list(found.exact),
    }


def print_reduction(told: Mapping[str, Any]) -> None:
    """What it says, what it costs at this size, and what is conditional."""
    output, cost = console(), told["cost"]
    size = ", ".join(f"{name}={value}" for name, value in told["target_parameters"].items())
    output.print(
        f"[bold cyan]{told['source']}[/] [dim]n={told['n']}[/] → [bold cyan]{told['target']}[/] [dim]{plain(size)}[/]"
    )
    output.print(f"{plain(told['theorem'])}\n[dim]{plain(told['proof'])}. It takes {plain(told['takes'])}.[/]")
    table = plain_table("cost", "", "")
    questions = cost["questions"]
    table.add_row("instances asked", f"{questions:,}", f"of {told['target']}")
    table.add_row("rows", f"{cost['rows']:,}", plain(f"= {cost['formula']}"))
    table.add_row("MPC rounds", cost["rounds"], plain(cost["why"]))
    output.print(table)
    output.print(f"[yellow]{plain(told['conditional'])}[/]\n")


def print_instance(reduction: "Reduction[Any, Any]", graph: "Graph") -> None:
    """One instance of the source, and what is asked of the target."""
    task, asked = reduction.target_for(graph.vertices), reduction.ask(graph)
    output = console()
    output.print(f"{reduction.source.name}: {in_cycles(graph)}", markup=False)
    more = f", and {len(asked) - 1:,} more" if len(asked) > 1 else ""
    output.print(f"{task.name}, {count_of(task.rows_of(asked[0]), 'row')}{more}:", markup=False)
    output.print(draw_rows(task, asked[0]), markup=False)
    answers = [task.solve(each) for each in asked]
    said = [spell_answer(task, answer, each) for answer, each in zip(answers, asked, strict=True)]
    decided = count_cycles(int(reduction.back(answers, graph)[-1]))
    shown = " ".join(said[:WORDS]) + " …" * (len(said) > WORDS)
    output.print(f"exact answer: {shown} → {decided}\n", markup=False)


def print_failure(reduction: "Reduction[Any, Any]", failure: "Failure") -> None:
    """The first wrong decision, and the input on which the model fails."""
    output, found = console(), failure.counterexample
    decided, exact = (count_cycles(int(answer[-1])) for answer in (failure.decided, failure.exact))
    output.print(f"\nit decides {decided}, and this is {exact}: {in_cycles(failure.instance)}", markup=False)
    output.print(f"the input of {found.task.name} on which it fails:", markup=False)
    output.print(draw_rows(found.task, found.instances[0]), markup=False)
    where = "" if found.entry is None else " at the last row"
    output.print(f"it gives {found.given[0]}{where}, and {found.exact[0]} is right", markup=False)
    output.print(
        "That this model fails here is a fact. That all models of few layers fail for large n rests on the conjecture.",
        style="dim",
    )


def print_way_to_a_model(reduction: "Reduction[Any, Any]", n: int) -> None:
    """The commands that make a model of the target at this size, and run it as a solver."""
    task = reduction.target_for(n)
    target = reduction.name.removeprefix(f"{reduction.source.name}-to-")
    for words in (
        f"logdepth compile {task_as_typed(task)} --out MODEL",
        f"logdepth reduce {reduction.source.name} {target} MODEL",
    ):
        console().print(words, style="dim", markup=False, highlight=False)


def count_cycles(cycles: int) -> str:
    return "one cycle" if cycles == 1 else f"{cycles} cycles"


def in_cycles(graph: "Graph") -> str:
    """The cycles of a graph, each as a walk from its least vertex and back."""
    ends: dict[int, list[int]] = {}
    for u, v in graph.edges.tolist():
        ends.setdefault(u, []).append(v)
        ends.setdefault(v, []).append(u)
    walks = []
    while ends:
        walk = [min(ends)]
        while onward := [vertex for vertex in ends.pop(walk[-1]) if vertex in ends and vertex not in walk]:
            walk.append(onward[0])
        for vertex in walk:
            ends.pop(vertex, None)
        walks.append("–".join(map(str, [*walk, walk[0]])))
    return " and ".join(walks)


def draw_rows(task: "Task[Any]", instance: Any) -> str:
    """The rows of an instance, but for blank ones, in lines; a text letter by letter."""
    drawing = task.drawing(instance)
    names = list(drawing.names if drawing.graph is None else drawing.names[drawing.graph.first_edge - 1 :])
    if task.input_letters:
        text = "".join(map(visible, names))
        lines = [text[at : at + LETTERS] for at in range(0, len(text), LETTERS)]
    else:
        lines = [" ".join(map(str, names[at : at + WORDS])) for at in range(0, len(names), WORDS)]
    left = len(lines) - LINES
    return "\n".join(f"  {line}" for line in [*lines[:LINES], *([f"… and {left} lines more"] if left > 0 else [])])


def spell_answer(task: "Task[Any]", answer: "np.ndarray", instance: Any) -> str:
    """The answer in the user's words: its last entry, if it has one for every row."""
    presented = task.present(answer, instance)
    if isinstance(presented, dict):
        return " ".join(map(str, presented.values()))
    return str(presented[-1] if isinstance(presented, list) and task.input_letters else presented)
