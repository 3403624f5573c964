"""Write the page: the template, the static tables, and the data of one run, in one file that loads nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from logdepth.artefacts import Model
from logdepth.numerics.files import write_file
from logdepth.pages.assemble import as_html, document
from logdepth.pages.labels import Letters
from logdepth.pages.program import program_text
from logdepth.pages.rounds import rounds_data, rounds_page, section
from logdepth.pages.routed import PACKETS_IN_WORDS, PROTOCOL_IN_WORDS, draw_beside
from logdepth.pages.routed import PROSE as PROSE_ROUTED
from logdepth.pages.run import record, record_table
from logdepth.pages.simulated import PROSE, beside
from logdepth.pages.strip import strip
from logdepth.pages.tables import (
    input_note,
    lead,
    parameter_line,
    size_table,
    table_note,
    theory_section,
    verification,
)
from logdepth.programs import Oracle, RawProtocol
from logdepth.solutions import solution_of
from logdepth.tasks import Task
from logdepth.traces import (
    Exact,
    InstanceTrace,
    ModelTrace,
    ProtocolTrace,
    SimulationTrace,
    TableTrace,
    trace_model,
    trace_protocol_model,
)

LARGEST_FILE = 2_000_000  # bytes; fewer tokens are shown to stay below
LARGEST_ROUNDS = 400_000  # bytes of the heat maps on it
TOKENS_SHOWN = (64, 48, 32, 16, 8)


def write_report(
    model: Model,
    path: str | Path,
    instance: Any = None,
    verified: Mapping[str, Any] | None = None,
    input_name: str = "",
    oracle: Oracle | None = None,
) -> Path:
    """Write `report.html` for a model and return its path.

    instance: the input whose run is shown, as `model.answer` takes it, called `input_name` on the page; None takes a
    real input that comes with the library and fits, else a random one. One too large to look inside gives way to a
    random one, and the page says so.
    Columns, name -> (N,), are taken by every model, and by that of a program of one's own alone.
    oracle: for such a program, who knows the exact outputs, oracle(columns) -> columns; None takes its interpreter.
    verified: what was checked ({"instances", "wrong", "exhaustive_up_to", …}); None takes the model's own record.
    Errors: UsageError if the instance does not fit the task, or if the file cannot be written.
    """
    html = make_page(model, instance, verified, input_name, oracle)
    write_file(path, html.encode())
    return Path(path)


def make_page(
    model: Model,
    instance: Any = None,
    verified: Mapping[str, Any] | None = None,
    input_name: str = "",
    oracle: Oracle | None = None,
) -> str:
    """The whole page, at most LARGEST_FILE bytes unless the weights' labels alone exceed that. As `write_report`."""
    return model_page(trace_model(model, instance, input_name, oracle), verified)


def make_protocol_page(raw: RawProtocol, model: Model, state: Mapping[str, Any] | None = None) -> str:
    """For a raw protocol's model: a run on an initial state (None: one that its `sample` draws), and beside every
    round's messages what the layer that delivers them reads.

    A model too large to look inside gets the page of its rounds alone; one whose protocol draws no legal state, that
    of a program.
    Errors: ProtocolError for a given state that the engine refuses.
    """
    trace = trace_protocol_model(raw, model, state)
    return table_page(trace, model.verified) if isinstance(trace, TableTrace) else routing_page(trace)


def model_page(trace: ModelTrace, verified: Mapping[str, Any] | None = None) -> str:
    """The page of a model's run. verified: as for `write_report`."""
    verified = trace.model.verified if verified is None else verified
    return table_page(trace, verified) if isinstance(trace, TableTrace) else instance_page(trace, verified)


def instance_page(trace: InstanceTrace, verified: Mapping[str, Any] | None) -> str:
    """For a task's model: a run on an instance, and the same run on machines."""
    model, task = trace.model, trace.model.task
    return lay_out(
        model,
        {
            "verification": verification(verified, "logdepth verify", "an independent exact answer", "instances"),
            "sizes": size_table(model, verified),
            "words": paragraphs(*solution_of(task).words),
        },
        lambda most: record(trace, most),
        lambda run: input_note(task, trace.given, run),
        simulated_rounds(trace.simulation),
    )


def table_page(trace: TableTrace, verified: Mapping[str, Any] | None) -> str:
    """For a program of one's own, and for a task's model that is given its columns: a run on a table."""
    model, program, given = trace.model, trace.program, trace.given
    if isinstance(model.origin, Task):
        words, against = paragraphs(*solution_of(model.origin).words), ("an independent exact answer", "instances")
    else:
        words = program_text(program, model.transformer) if program else ""
        judge = "its own oracle" if (verified or {}).get("judge") == "oracle" else "the program’s meaning"
        against = (judge, "tables")
    letters = Letters(program.input_letters, program.output_letters) if program else Letters()
    return lay_out(
        model,
        {
            "verification": verification(verified, "logdepth verify", *against),
            "sizes": size_table(model, verified),
            "words": words,
        },
        lambda most: record_table(given.columns, trace.transformer, "row", most, given.exact, letters),
        lambda run: table_note(given.name, run, "row", program.outputs if program else ()),
    )


def routing_page(trace: ProtocolTrace) -> str:
    """For a raw protocol's model: its run beside that of the protocol; without a look inside, the rounds alone."""
    model, routing = trace.model, trace.routing
    look, delivered = routing.transformer, routing.deliveries
    if look is None or delivered is None:
        return rounds_page(
            routing.mpc,
            lead=f"On {trace.name}. Its transformer is too large to keep every attention weight, so that none is"
            " shown.",
        )
    data = rounds_data(routing.mpc, draw_beside(routing, delivered), largest=LARGEST_ROUNDS)
    against = "the MPC engine, after every round,"
    columns = model.pad(routing.state)
    copies = model.transformer.rows // routing.mpc.machines
    exact = Exact(
        {name: np.tile(values, copies) for name, values in routing.final.items()},
        "what the engine’s machines hold in the end",
    )
    row, words = ("packet", PACKETS_IN_WORDS) if model.blank else ("machine", PROTOCOL_IN_WORDS)
    return lay_out(
        model,
        {
            "verification": verification(model.verified, "logdepth verify", against, "initial states"),
            "sizes": size_table(model, model.verified),
            "words": paragraphs(words),
        },
        lambda most: record_table(columns, look, row, most, exact, Letters()),
        lambda run: table_note(trace.name, run, row),
        (section("The rounds, on machines and in the layers", PROSE_ROUTED), data),
    )


def lay_out(
    model: Model,
    parts: Mapping[str, str],
    run_of: Callable[[int], dict[str, Any]],
    note: Callable[[dict[str, Any]], str],
    machines: tuple[str, dict[str, Any] | None] = ("", None),
) -> str:
    """The page of a model: `parts` that differ from kind to kind, a run with at most so many tokens shown, what to say
    of its input, and the section about machines with its data."""
    about_machines, rounds = machines
    html = ""
    for most in TOKENS_SHOWN:
        run = run_of(most)
        html = document(
            "page.html",
            {
                **parts,
                "heading": as_html(model.name),
                "parameters": parameter_line(model),
                "lead": lead(model),
                "theory": theory_section(model),
                "strip": strip(model.transformer),
                "input": note(run),
                "machines": about_machines,
                "keys": ", <kbd>[</kbd> <kbd>]</kbd> round" if about_machines else "",
            },
            title=as_html(model.name),
            styles=["page.css", "rounds.css"],
            program="report",
            data=run | {"rounds": rounds},
        )
        if len(html.encode()) <= LARGEST_FILE:
            break
    return html


def paragraphs(*texts: str) -> str:
    return f'  <div class="prose">{"".join(f"<p>{text}</p>" for text in texts)}</div>\n'


def simulated_rounds(trace: SimulationTrace | None) -> tuple[str, dict[str, Any] | None]:
    """The section that shows the same run as an MPC protocol, and its data; "" and None without one."""
    if trace is None:
        return "", None
    data = rounds_data(trace.mpc, beside(trace), largest=LARGEST_ROUNDS)
    return section("The same run on machines", PROSE), data
