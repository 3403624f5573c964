"""The page of commands: every verb of the command line, from its own help."""

from __future__ import annotations

from typing import Any

import typer

from logdepth.cli.app import app
from website.markdown import code, document, plain, table


def commands_page() -> str:
    verbs = typer.main.get_group(app).commands
    rows = [(f"[{name}](#logdepth-{name})", plain(first_line(verb))) for name, verb in verbs.items()]
    return document(
        "# Commands",
        "`logdepth VERB --help` prints what stands here; `logdepth compile k-hop --help` also has the parameters of the"
        " task. With `--json` a verb prints one JSON object. Exit status: 0 done and verified, 1 verified false, 2"
        " unusable input, 3 undecided (`prove`).",
        table(("verb", "does"), rows),
        *(verb_section(name, verb) for name, verb in verbs.items()),
    )


def first_line(verb: Any) -> str:
    return " ".join((verb.help or "").split("\n\n")[0].split())


def verb_section(name: str, verb: Any) -> str:
    """The help of a verb, its arguments and its options."""
    arguments = [each for each in verb.params if each.param_type_name == "argument"]
    options = [each for each in verb.params if each.param_type_name == "option" and not each.hidden]
    words = [argument_in_words(each) for each in arguments]
    return document(
        f"## logdepth {name}",
        *(plain(paragraph) for paragraph in (verb.help or "").split("\n\n")),
        f"```sh\n{' '.join(('logdepth', name, *words))} …\n```",
        table(("argument", "meaning"), [(code(argument_in_words(each)), plain(each.help or "")) for each in arguments]),
        table(("option", "default", "meaning"), [option_row(each) for each in options]),
    )


def argument_in_words(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def option_row(option: Any) -> tuple[str, str, str]:
    names = ", ".join(code(name) for name in [*option.opts, *option.secondary_opts])
    default = "" if option.default in (None, False) or callable(option.default) else code(option.default)
    return names, default, plain(option.help or "")
