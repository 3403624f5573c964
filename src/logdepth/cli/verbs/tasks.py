"""`logdepth tasks`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logdepth.cli.options import Json
from logdepth.cli.printing import console, plain, plain_table, print_json
from logdepth.cli.wording import option_called

if TYPE_CHECKING:
    from logdepth.tasks import Parameter, Task


def show_tasks(
    name: Annotated[str | None, typer.Argument(metavar="[TASK]", help="Show this task in detail.")] = None,
    as_json: Json = False,
) -> None:
    """List the tasks with their parameters; or one task in detail."""
    from logdepth.tasks import TASKS, make_task

    tasks = list(TASKS.values()) if name is None else [type(make_task(name))]
    if as_json:
        print_json({"tasks": [describe(task) for task in tasks]})
    elif name is None:
        print_list(tasks)
    else:
        print_one(tasks[0])


def describe(task: "type[Task[Any]]") -> dict[str, Any]:
    """A task as JSON."""
    return {
        "name": task.name,
        "summary": task.summary,
        "parameters": [
            {
                "name": item.name,
                "kind": item.kind.__name__,
                "default": item.default,
                "low": item.low,
                "high": item.high,
                "help": item.help,
            }
            for item in task.describe()
        ],
        "families": list(task.families),
        "shipped": list(task.shipped),
    }


def print_list(tasks: "list[type[Task[Any]]]") -> None:
    """Two lines a task: what it answers, and its parameters at their defaults."""
    table = plain_table("task", "answers")
    for task in tasks:
        options = " ".join(
            f"--{name} {value}" for name, value in task.from_parameters({}).parameters.items() if value != ""
        )
        table.add_row(f"[bold cyan]{task.name}[/]", f"{task.summary}\n[dim]{options}[/]")
    output = console()
    output.print(table)
    output.print("More on one: [cyan]logdepth tasks TASK[/]. Build it: [cyan]logdepth compile TASK --n 100[/].")


def show_parameters_of(words: Sequence[str]) -> None:
    """Below the help of a verb, the task's parameters, if one is named, and the options of the way to --to."""
    from logdepth.tasks import TASKS

    sampled = words[0] in ("dataset", "train")
    if sampled and len(words) > 2:
        from logdepth.learn.samplers import SAMPLERS

        found = [SAMPLERS[word].describe() for word in words[1:] if word in SAMPLERS]
    else:
        found = [TASKS[word].describe() for word in words[1:] if word in TASKS]
    for parameters in found[:1]:
        print_parameters(parameters)
    if words[0] == "compile":
        from logdepth.cli.ways import arrows_for_help

        for name, options in arrows_for_help(words[1:]):
            console().print(f"\n[bold cyan]{name}[/]")
            print_parameters(options)


def print_parameters(parameters: "Sequence[Parameter]") -> None:
    table = plain_table("parameter", "default", "allowed", "meaning")
    for item in parameters:
        table.add_row(option_called(item.name), plain(str(item.default)), item.allowed(), plain(item.help))
    console().print(table)


def print_one(task: "type[Task[Any]]") -> None:
    output = console()
    output.print(f"[bold cyan]{task.name}[/]: {task.summary}\n")
    print_parameters(task.describe())
    output.print(f"families of instances: {', '.join(task.families)}")
    if task.shipped:
        output.print(f"shipped inputs: {', '.join(task.shipped)}  [dim](logdepth run DIR {task.shipped[0]})[/]")
