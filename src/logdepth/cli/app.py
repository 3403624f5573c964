"""The console command `logdepth`: its verbs, and what becomes of errors.

Exit status: 0 done and verified, 1 verified false, 2 unusable input, 3 undecided (`prove`), 130 interrupted, 141 the
output was not read to its end; 70 an error of our own, with its traceback.
"""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Annotated, Any

import typer

from logdepth.cli.inputs import without_spool
from logdepth.cli.options import TASK_OR_MODEL, TASK_WORDS, check_words
from logdepth.cli.printing import NOTES, note, print_json
from logdepth.cli.terminal import forgiving_streams, hear_interrupts, hush
from logdepth.cli.verbs.blackboard import show_on_blackboard
from logdepth.cli.verbs.compile import compile_model
from logdepth.cli.verbs.dataset import write_data
from logdepth.cli.verbs.demo import demonstrate
from logdepth.cli.verbs.evaluate import evaluate_model
from logdepth.cli.verbs.explore import explore_model
from logdepth.cli.verbs.export import export_model
from logdepth.cli.verbs.inspect import inspect_model
from logdepth.cli.verbs.mpc import run_on_machines
from logdepth.cli.verbs.prove import prove_circuit
from logdepth.cli.verbs.reduce import reduce_task
from logdepth.cli.verbs.refute import refute_model
from logdepth.cli.verbs.run import run_model
from logdepth.cli.verbs.simulate import simulate_model
from logdepth.cli.verbs.tasks import show_parameters_of, show_tasks
from logdepth.cli.verbs.theorems import show_theorems
from logdepth.cli.verbs.train import train_network
from logdepth.cli.verbs.verify import verify_model
from logdepth.cli.wording import message_of
from logdepth.numerics.errors import UsageError, did_you_mean
from logdepth.numerics.letters import escape
from logdepth.numerics.version import __version__

UNUSABLE, OWN_ERROR, INTERRUPTED, READER_LEFT = 2, 70, 130, 141

PARSER_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""What the parser raises for a wrong command line: UsageError of click, or of newer typer's own copy of click."""

app = typer.Typer(
    help="Parallel programs compiled into exact transformers of the size that theory promises, verified on real input.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"logdepth {__version__}")
        raise typer.Exit()


@app.callback()
def _options_of_all_verbs(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    pass


MODELS, THEORY, MACHINES, LABORATORY = "Models", "Theory", "Machines", "Laboratory"  # the groups of verbs in the help

app.command("demo", rich_help_panel=MODELS)(demonstrate)
app.command("compile", rich_help_panel=MODELS, context_settings=TASK_WORDS)(compile_model)
app.command("verify", rich_help_panel=MODELS)(verify_model)
app.command("run", rich_help_panel=MODELS, context_settings=TASK_OR_MODEL)(run_model)
app.command("inspect", rich_help_panel=MODELS)(inspect_model)
app.command("explore", rich_help_panel=MODELS)(explore_model)
app.command("export", rich_help_panel=MODELS)(export_model)
app.command("tasks", rich_help_panel=THEORY)(show_tasks)
app.command("theorems", rich_help_panel=THEORY, context_settings=TASK_WORDS)(show_theorems)
app.command("reduce", rich_help_panel=THEORY)(reduce_task)
app.command("refute", rich_help_panel=THEORY, context_settings=TASK_WORDS)(refute_model)
app.command("prove", rich_help_panel=THEORY, context_settings=TASK_WORDS)(prove_circuit)
app.command("mpc", rich_help_panel=MACHINES, context_settings=TASK_WORDS)(run_on_machines)
app.command("simulate", rich_help_panel=MACHINES)(simulate_model)
app.command("blackboard", rich_help_panel=MACHINES)(show_on_blackboard)
app.command("dataset", rich_help_panel=LABORATORY, context_settings=TASK_WORDS)(write_data)
app.command("train", rich_help_panel=LABORATORY, context_settings=TASK_WORDS)(train_network)
app.command("evaluate", rich_help_panel=LABORATORY)(evaluate_model)


RENAMED = {
    "table": "logdepth evaluate DIR --study",
    "bounds": "logdepth theorems",
}
"""Verbs of earlier versions -> what does their work now."""

RENAMED_OPTIONS = {
    ("evaluate", "--protocol"): "--dropout on (published) or --dropout off (corrected)",
    ("compile", "--protocol"): "FILE.py as an argument",
}
"""Options of earlier versions, likewise."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line (None: that of this process) and return its exit status.

    Wrong use is one line on stderr, without notes before it. With --json it is one object on stdout, too: {"error":
    that line}.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # idle threads of torch sleep: spinning stalls a busy machine
    words = sys.argv[1:] if arguments is None else list(arguments)
    with forgiving_streams(), hear_interrupts() as interrupted:
        try:
            NOTES.hold()
            status, error = carry_out(words, interrupted)
            if status == UNUSABLE:
                NOTES.drop()
            NOTES.release()
            if error:
                note(f"logdepth: {error}")
                if "--json" in words and status != INTERRUPTED:
                    print_json({"error": error})
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:
                    stream.flush()
        except BrokenPipeError:
            status = READER_LEFT
            hush()
        except OSError as trouble:
            hush()
            NOTES.drop()
            note(f"logdepth: {of_system(trouble)}")
            status = UNUSABLE
    return status


def carry_out(words: Sequence[str], interrupted: Callable[[], bool]) -> tuple[int, str]:
    """Run a command line; its exit status, and what went wrong in one line, if something did.

    interrupted: whether Ctrl-C has come; a library that is being loaded may swallow it, and fail in another way.
    """
    streams = sys.stdout, sys.stderr
    try:
        check_words(words)
        check_verb(words)
        status = parser()(args=words or ["--help"], prog_name="logdepth", standalone_mode=False) or 0
        if asks_for_help(words) and len(words) > 2:  # a verb, and maybe a task
            show_parameters_of(words)
    except UsageError as error:
        return UNUSABLE, in_one_line(message_of(error))
    except PARSER_ERROR as error:
        return UNUSABLE, in_one_line(error.format_message())  # type: ignore[attr-defined]
    except BrokenPipeError:
        raise
    except OSError as error:  # the disk, not us: no space, no permission, gone
        return UNUSABLE, in_one_line(of_system(error))
    except (typer.Abort, KeyboardInterrupt):
        status = INTERRUPTED
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):  # the parser would have it that this is status 1
            sys.stdout, sys.stderr = streams
            raise leaving.__context__ from None
        raise
    except Exception as error:
        if interrupted():
            return INTERRUPTED, "interrupted."
        if is_of_memory(error):
            reason = str(error).partition("\n")[0]
            return UNUSABLE, in_one_line(f"there is not enough memory ({reason}). Choose smaller sizes.")
        note(traceback.format_exc())
        return OWN_ERROR, f"an error of the library's own: {in_one_line(repr(error))}"
    return status, "interrupted." if status == INTERRUPTED else ""


@cache
def parser() -> Any:  # a group of click, or of newer typer's own copy of click
    """The verbs with their options, as the parser has them; typer itself builds it anew for every command line."""
    return typer.main.get_group(app)


def check_verb(words: Sequence[str]) -> None:
    """UsageError if the first word is no verb, with the nearest one, its new name, or one that takes the task that it
    names; and for an option by an old name or without its value."""
    if not words or words[0].startswith("-"):
        return
    verbs = parser().commands
    if words[0] not in verbs:
        from logdepth.tasks import TASKS

        if words[0] in RENAMED:
            raise UsageError(f"there is no verb {words[0]!r} any more. Say: {RENAMED[words[0]]}.")
        if words[0] in TASKS:
            raise UsageError(f"{words[0]} is a task, and a verb comes first. Say: logdepth compile {' '.join(words)}.")
        raise UsageError(f"there is no verb {words[0]!r}. {did_you_mean(words[0], verbs)}")
    for word in words:
        option_name = word.partition("=")[0]
        if (words[0], option_name) in RENAMED_OPTIONS:
            raise UsageError(f"{option_name} has another name: {RENAMED_OPTIONS[words[0], option_name]}.")
    for word, following in pairwise(words):
        for option in verbs[words[0]].params:
            if word in option.opts and not getattr(option, "is_flag", True) and following.startswith("--"):
                raise UsageError(f"{word} needs a value; {following} is an option. Give it one.")


def asks_for_help(words: Sequence[str]) -> bool:
    return "--help" in words or "-h" in words


def is_of_memory(error: Exception) -> bool:
    """Whether an array or a tensor was too large for this machine or its GPU: torch has no type of its own for that."""
    said = ("can't allocate memory", "not enough memory", "out of memory", "Cannot allocate memory")
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and any(it in str(error) for it in said))


def of_system(error: OSError) -> str:
    """What the system refuses, and where."""
    return f"{error.filename or 'input or output'}: {error.strerror or error}."


def in_one_line(message: str) -> str:
    """What others wrote into it escaped: no control character, no line of its own."""
    return escape(without_spool(" ".join(message.split())))
