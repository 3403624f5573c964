"""`logdepth prove`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.circuits import circuit_at, is_circuit
from logdepth.cli.options import Json, part, task_named
from logdepth.cli.printing import console, in_words, note, plain, print_json
from logdepth.numerics.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

    from logdepth.circuits import Circuit
    from logdepth.proofs import Proof
    from logdepth.tasks import Task

STATUS = {"proved": 0, "refuted": 1, "unknown": 3}


def prove_circuit(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="CIRCUIT TASK|CIRCUIT",
            help="A circuit, .circuit or AIGER; then a task, its parameters as options, as in: k-hop --n 16 --k 1; or"
            " another circuit with inputs and outputs of the same names.",
        ),
    ],
    seconds: Annotated[float, typer.Option(min=0.001, metavar="S", help="How long the solver may take.")] = 600.0,
    as_json: Json = False,
) -> int:
    """Prove on all inputs that a circuit solves a task, or equals another circuit; or find an input where it does not.

    Exit status: 0 proved, 1 refuted, 2 unusable input, 3 unknown: the time was over, which proves nothing.
    """
    names, parameters = part(words)
    if len(names) != 2 or not is_circuit(names[0]):
        given = " and ".join(map(repr, names)) or "none"
        raise UsageError(
            f"prove takes a circuit and what it is compared with; got {given}. Say: logdepth prove khop.circuit k-hop"
            " --n 16."
        )
    circuit = circuit_at(names[0])
    if is_circuit(names[1]):
        for option in parameters:
            raise UsageError(f"two circuits are compared, and {option} is no option of that. Leave it out.")
        told = compare_circuits(circuit, circuit_at(names[1]), names, seconds)
    else:
        task = task_named(names[1], parameters, context)
        told = prove_task(circuit, task, names[0], seconds)
    if as_json:
        print_json(told)
    else:
        print_proof(told)
    return STATUS[told["verdict"]]


def prove_task(circuit: "Circuit", task: "Task[Any]", file: str, seconds: float) -> dict[str, Any]:
    """Against the task's definition; a counterexample is an instance of the task."""
    from logdepth.proofs import prove

    proof = prove(circuit, task, seconds)
    told = {"circuit": file, "task": task.name, "parameters": task.parameters, **as_json_of(proof, circuit, seconds)}
    if proof.columns is not None:
        told["counterexample"] = instance_in_words(circuit, task, proof.columns)
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


def compare_circuits(one: "Circuit", other: "Circuit", files: Sequence[str], seconds: float) -> dict[str, Any]:
    """One against the other; a counterexample is an input, and both outputs."""
    from logdepth.proofs import prove_equal

    proof = prove_equal(one, other, seconds)
    told: dict[str, Any] = {"circuit": files[0], "other": files[1], **as_json_of(proof, one, seconds)}
    if proof.input is not None:
        given = {name: int(bit) for name, bit in proof.input.items()}
        outputs = [outputs_of(circuit, given) for circuit in (one, other)]
        told["counterexample"] = {"input": given, "answer": outputs[0], "other_answer": outputs[1]}
    return told


def outputs_of(circuit: "Circuit", given: Mapping[str, int]) -> dict[str, int]:
    import numpy as np

    found = circuit.run({"input": np.array([given[name] for name in circuit.inputs], dtype=np.int64)})["output"]
    return dict(zip(circuit.outputs, found.tolist(), strict=True))


def as_json_of(proof: "Proof", circuit: "Circuit", limit: float) -> dict[str, Any]:
    return {
        "verdict": proof.verdict.value,
        "seconds": proof.seconds,
        "limit": limit,
        "clauses": proof.clauses,
        "conditions": proof.conditions,
        "proved": proof.proved,
        "sizes": asdict(circuit.sizes),
        "counterexample": None,
    }


# --- for people ---


def print_proof(told: Mapping[str, Any]) -> None:
    output = console()
    sizes = told["sizes"]
    against = f"{told['task']} {in_words(told['parameters'])}" if "task" in told else Path(told["other"]).name
    output.print(
        f"[bold cyan]{plain(told['circuit'])}[/] [dim]{sizes['gates']:,} gates of depth {sizes['depth']}; compared with"
        f" {against}[/]"
    )
    taken = f"[dim]({told['clauses']:,} clauses, {told['seconds']:.1f} s)[/]"
    if told["verdict"] == "proved":
        said = "right on every instance that fills all rows" if "task" in told else "equal on all inputs"
        output.print(f"[bold green]proved[/]: {said} {taken}")
    elif told["verdict"] == "refuted":
        said = "it is wrong on this instance" if "task" in told else "they differ on this input"
        output.print(f"[bold red]refuted[/]: {said} {taken}")
        print_counterexample(told["counterexample"])
    else:
        part = f"{told['proved']:,} of {told['conditions']:,} conditions hold, which does not prove the whole"
        output.print(f"[bold yellow]unknown[/]: the solver did not end; {part} {taken}")
        note(f"more time: --seconds {6 * told['limit']:g}")


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
