"""`logdepth prove`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.circuits import circuit_at, is_circuit
from logdepth.cli.options import Json, part, task_named
from logdepth.cli.printing import console, in_words, note, plain, print_json
from logdepth.cli.ways import circuit_of_folder
from logdepth.numerics.counts import count_of
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

    from logdepth.circuits import Circuit
    from logdepth.proofs import Proof
    from logdepth.tasks import Task

WEIGHTS = ".safetensors"

STATUS = {"proved": 0, "refuted": 1, "unknown": 3}


def prove_circuit(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="CIRCUIT|DIR TASK|CIRCUIT|DIR|WEIGHTS",
            help="A circuit, .circuit or AIGER, or the folder of a model; then a task, its parameters as options, as"
            " in: k-hop --n 16 --k 1; or another circuit or folder with inputs and outputs of the same names; or"
            " weights of your own for the model in DIR, a file .safetensors, as of a pruned model. A model becomes a"
            " circuit, and takes the options of compile --to circuit, as --bits.",
        ),
    ],
    seconds: Annotated[float, typer.Option(min=0.001, metavar="S", help="How long the solver may take.")] = 600.0,
    solver: Annotated[
        str, typer.Option(help="cadical, which comes with logdepth[prove]; or abc, the program, where it is installed.")
    ] = "cadical",
    as_json: Json = False,
) -> int:
    """Prove on all inputs that a circuit or a model solves a task, or equals another one; or find an input where it
    does not.

    Exit status: 0 proved, 1 refuted, 2 unusable input, 3 unknown: the time was over, which proves nothing.
    """
    from logdepth.proofs import check_solver

    names, typed = part(words)
    check_solver(solver)
    if len(names) != 2 or not is_circuit_or_folder(names[0]):
        given = " and ".join(map(repr, names)) or "none"
        raise UsageError(
            f"prove takes a circuit or the folder of a model, and what it is compared with; got {given}. Say: logdepth"
            " prove khop.circuit k-hop --n 16."
        )
    limit = Limit(seconds, solver)
    if is_circuit_or_folder(names[1]) or is_weights(names[1]):
        one, other = read_two(names, typed)
        told = compare_two(one, other, limit)
    else:
        one, parameters = read_one(names[0], typed)
        told = prove_task(one, task_named(names[1], parameters, context), limit)
    if as_json:
        print_json(told)
    else:
        print_proof(told)
    return STATUS[told["verdict"]]


@dataclass(frozen=True)
class Limit:
    """What decides, and for how long."""

    seconds: float
    solver: str


@dataclass(frozen=True)
class Compared:
    """A circuit, and the file or folder that it is of.

    floats: bits of mantissa and exponent, of a model's. promise: the task whose tables alone it takes, or "".
    """

    word: str
    circuit: "Circuit"
    floats: Mapping[str, int] | None = None
    promise: str = ""


def is_circuit_or_folder(word: str) -> bool:
    return is_circuit(word) or Path(word).is_dir()


def is_weights(word: str) -> bool:
    return Path(word).suffix == WEIGHTS


def read_two(names: Sequence[str], typed: Mapping[str, str | None]) -> tuple[Compared, Compared]:
    """Errors: UsageError for an option that neither takes."""
    found = [read_one(names[0], typed), read_one(names[1], typed, folder=names[0])]
    for option in (option for option in typed if all(option in rest for _, rest in found)):
        kind = "two circuits" if all(map(is_circuit, names)) else "a model"
        raise UsageError(f"{kind} are compared, and {option} is no option of that. Leave it out.")
    (one, _), (other, _) = found
    return one, other


def read_one(name: str, typed: Mapping[str, str | None], folder: str = "") -> tuple[Compared, Mapping[str, str | None]]:
    """What a file or folder holds, and the options that it does not take.

    folder: of the model that weights are for. Errors: UsageError for weights where it is a circuit.
    """
    if is_circuit(name):
        return Compared(name, circuit_at(name)), typed
    if is_weights(name) and is_circuit(folder):
        raise UsageError(f"{name} holds weights, and {folder} is a circuit. Give the folder of the model first.")
    made, rest = circuit_of_folder(folder, typed, name) if is_weights(name) else circuit_of_folder(name, typed)
    return Compared(name, made.circuit, made.floats, made.promise), rest


def prove_task(one: Compared, task: "Task[Any]", limit: Limit) -> dict[str, Any]:
    """Against the task's definition; a counterexample is an instance of the task."""
    from logdepth.proofs import prove

    proof = prove(one.circuit, task, limit.seconds, limit.solver)
    told = {"circuit": one.word, "task": task.name, "parameters": task.parameters, **as_json_of(proof, one, limit)}
    if proof.columns is not None:
        told["counterexample"] = instance_in_words(one.circuit, task, proof.columns)
    return told


def instance_in_words(circuit: "Circuit", task: "Task[Any]", columns: "Mapping[str, np.ndarray]") -> dict[str, Any]:
    """Where a circuit is wrong: the instance row by row, what the circuit answers there, and the exact answer."""
    from logdepth.circuits import decode_columns, encode_columns
    from logdepth.proofs import definition_of

    instance = definition_of(task).decode(columns, task)
    bits = circuit.run({"input": encode_columns(circuit.inputs, columns)})["output"]
    answer, exact = task.decode(decode_columns(circuit.outputs, bits), instance), task.solve(instance)
    return {
        "instance": list(task.drawing(instance).names),
        "answer": task.present(answer, instance),
        "exact": task.present(exact, instance),
    }


def compare_two(one: Compared, other: Compared, limit: Limit) -> dict[str, Any]:
    """One against the other; a counterexample is an input, and both outputs."""
    from logdepth.proofs import prove_equal

    promise = promise_of_two(one, other)
    proof = prove_equal(one.circuit, other.circuit, limit.seconds, limit.solver, promise)
    told: dict[str, Any] = {"circuit": one.word, "other": other.word, **as_json_of(proof, one, limit)}
    told |= {"other_floats": other.floats, "promise": one.promise or other.promise or None}
    if proof.input is not None:
        given = {name: int(bit) for name, bit in proof.input.items()}
        outputs = [outputs_of(each.circuit, given) for each in (one, other)]
        told["counterexample"] = {"input": given, "answer": outputs[0], "other_answer": outputs[1]}
    return told


def promise_of_two(one: Compared, other: Compared) -> "Task[Any] | None":
    """The task whose tables alone both take, if one of them does. Errors: UsageError for those of two tasks."""
    promises = sorted({one.promise, other.promise} - {"", "none"})
    if not promises:
        return None
    if len(promises) > 1:
        raise UsageError(
            f"one takes tables of {promises[0]} alone, and the other of {promises[1]}. Take two of one task."
        )
    from logdepth.tasks import task_in_words

    return task_in_words(promises[0])


def outputs_of(circuit: "Circuit", given: Mapping[str, int]) -> dict[str, int]:
    import numpy as np

    found = circuit.run({"input": np.array([given[name] for name in circuit.inputs], dtype=np.int64)})["output"]
    return dict(zip(circuit.outputs, found.tolist(), strict=True))


def as_json_of(proof: "Proof", one: Compared, limit: Limit) -> dict[str, Any]:
    return {
        "verdict": proof.verdict.value,
        "seconds": proof.seconds,
        "limit": limit.seconds,
        "solver": limit.solver,
        "clauses": proof.clauses,
        "conditions": proof.conditions,
        "proved": proof.proved,
        "floats": one.floats,
        "sizes": asdict(one.circuit.sizes),
        "counterexample": None,
    }


# --- for people ---


def print_proof(told: Mapping[str, Any]) -> None:
    output = console()
    sizes = told["sizes"]
    against = f"{told['task']} {in_words(told['parameters'])}" if "task" in told else Path(told["other"]).name
    gates = f"{count_of(sizes['gates'], 'gate')} of depth {sizes['depth']}"
    output.print(f"[bold cyan]{plain(told['circuit'])}[/] [dim]{gates}; compared with {against}[/]")
    for word, floats in ((told["circuit"], told["floats"]), (told.get("other"), told.get("other_floats"))):
        if floats:
            bits = f"{floats['mantissa']} bits of mantissa and {floats['exponent']} of exponent"
            output.print(f"[dim]{plain(str(word))} in floats of {bits}[/]", soft_wrap=True)
    counted = "ANDs, by ABC" if told["solver"] == "abc" else "clauses"
    taken = f"[dim]({told['clauses']:,} {counted}, {told['seconds']:.1f} s)[/]"
    if told["verdict"] == "proved":
        output.print(f"[bold green]proved[/]: {plain(what_is_proved(told))} {taken}", soft_wrap=True)
    elif told["verdict"] == "refuted":
        said = "it is wrong on this instance" if "task" in told else "they differ on this input"
        output.print(f"[bold red]refuted[/]: {said} {taken}")
        print_counterexample(told["counterexample"])
    else:
        part = f"{told['proved']:,} of {told['conditions']:,} conditions hold, which does not prove the whole"
        output.print(f"[bold yellow]unknown[/]: the solver did not end; {part} {taken}")
        note(f"more time: --seconds {6 * told['limit']:g}")


def what_is_proved(told: Mapping[str, Any]) -> str:
    if "task" in told:
        return "right on every instance that fills all rows"
    return f"equal on all tables of {told['promise']}" if told["promise"] else "equal on all inputs"


def print_counterexample(found: Mapping[str, Any]) -> None:
    """An instance, or an input, with both answers below it."""
    if "input" in found:
        say_bits("input", found["input"])
        say_bits("first", found["answer"])
        say_bits("second", found["other_answer"])
        return
    say_line("instance", spaced(found["instance"]))
    say_line("the circuit says", spaced(found["answer"]))
    say_line("it is", spaced(found["exact"]))


def say_line(name: str, text: str) -> None:
    console().print(f"[dim]{plain(name):<18}[/]{plain(text)}", soft_wrap=True)


def say_bits(what: str, bits: Mapping[str, int]) -> None:
    """Bits by name; those of columns as the numbers that they make."""
    from logdepth.circuits import decode_columns

    try:
        columns = decode_columns(bits, list(bits.values()))
    except UsageError:
        return say_line(what, ", ".join(f"{name} = {bit}" for name, bit in bits.items()))
    for name, numbers in columns.items():
        say_line(f"{what}: {name}", " ".join(map(str, numbers.tolist())))
    return None


def spaced(presented: Any) -> str:
    """A list entry by entry, · for none; a dictionary as its pairs."""
    if isinstance(presented, Mapping):
        return ", ".join(f"{name} {'·' if value is None else value}" for name, value in presented.items())
    if isinstance(presented, list):
        return " ".join("·" if entry is None else str(entry) for entry in presented)
    return str(presented)
