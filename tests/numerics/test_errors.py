"""Errors as data: a caller names the arguments in them, and they travel between processes as they are."""

import ast
import pickle
import re
from pathlib import Path

import pytest

import logdepth
from logdepth.cli.wording import message_of
from logdepth.mpc import BudgetExceeded
from logdepth.numerics.errors import Argument, BeyondTask, Call, CapacityExceeded, UsageError, Wording

TOO_FEW = UsageError("machines need at least 8 words; got 3.", Wording("Take {memory}.", memory=8))
TOO_LONG = BeyondTask("it takes at most 3 numbers; a.txt holds 5.", "Shorten it", Wording("{n}", n=5))
AGAIN = Call("train(plan, 'my runs')", "train", (Argument("resume", Path("my runs")),))

WORDED = {
    "an argument": (UsageError(Wording("Raise {most_hops}.")), "Raise most_hops.", "Raise --most-hops."),
    "its value": (TOO_FEW, "got 3. Take memory=8.", "got 3. Take --memory 8."),
    "a text": (UsageError(Wording("{dtype} does.", dtype="float64")), "dtype='float64' does.", "--dtype float64 does."),
    "a flag": (UsageError(Wording("Drop them: {simplify}", simplify=True)), "simplify=True", "Drop them: --simplify"),
    "a path": (UsageError(Wording("{out}", out=Path("a b"))), "out='a b'", "--out 'a b'"),
    "another name": (UsageError(Wording("Change {it}.", it=Argument("edges"))), "Change edges.", "Change --edges."),
    "an option of another name": (UsageError(Wording("Choose another {folder}.")), "another folder.", "another --out."),
    "a call": (
        UsageError(Wording("Go on: {again}.", again=AGAIN)),
        "Go on: train(plan, 'my runs').",
        "Go on: logdepth train --resume 'my runs'.",
    ),
    "a larger task": (TOO_LONG, "holds 5. Shorten it, or give n=5.", "holds 5. Shorten it, or give --n 5."),
    "of a model": (TOO_LONG.of_model(), "or take a model that was compiled with n=5.", "was compiled with --n 5."),
    "an error in another": (
        UsageError("table 3:", TOO_FEW, "That was all."),
        "table 3: machines need at least 8 words; got 3. Take memory=8. That was all.",
        "table 3: machines need at least 8 words; got 3. Take --memory 8. That was all.",
    ),
    "braces of somebody else": (UsageError("{a} holds {b}.", TOO_FEW), "{a} holds {b}. mach", "{a} holds {b}. mach"),
    "lines of somebody else": (UsageError("a\n b", Wording("c\n{n}")), "a b c n", "a b c --n"),
}


@pytest.mark.parametrize("error, in_python, on_a_command_line", WORDED.values(), ids=WORDED)
def test_a_caller_names_the_arguments(error, in_python, on_a_command_line):
    assert in_python in str(error)
    assert on_a_command_line in message_of(error)


def test_a_message_within_a_message_is_a_sentence():
    assert str(UsageError("of a:", UsageError("too long"))) == "of a: too long."
    assert str(UsageError(UsageError("too long."), "Shorten it.")) == "too long. Shorten it."


def test_a_program_can_take_the_remedy():
    assert TOO_FEW.arguments == {"memory": 8}
    assert UsageError("in a:", TOO_LONG).arguments == {"n": 5}
    assert UsageError("no remedy.").arguments == {}


def test_what_no_template_names_is_a_bug_of_ours():
    with pytest.raises(AssertionError, match="does not name memory"):
        Wording("Raise it.", memory=8)


BUDGET = BudgetExceeded("p", 3, "sent", 9, 2, "in round 2", 8)


@pytest.mark.parametrize("error", [TOO_FEW, TOO_LONG, BUDGET, CapacityExceeded("too wide", TOO_FEW)], ids=repr)
def test_an_error_travels_between_processes(error):
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is type(error) and arrived.args == error.args
    assert (str(arrived), message_of(arrived)) == (str(error), message_of(error))
    assert vars(arrived) == vars(error)


OPTION = re.compile(r'(?<![\w-])(?<!style=")--(?=[A-Za-z]|$)')
"""A word that one types, or the beginning of one; a page's style has properties that begin alike."""


def test_only_the_command_line_names_options():
    found = [
        f"{path}, line {node.lineno}: {node.value!r}"
        for path in Path(logdepth.__path__[0]).rglob("*.py")
        if "cli" not in path.relative_to(logdepth.__path__[0]).parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and OPTION.search(node.value)
    ]
    assert found == []
