"""Starting: the console script, help, and what they load."""

import re
from importlib.metadata import entry_points

import pytest

import logdepth as library
from logdepth.cli import main

VERBS = ("tasks", "demo", "compile", "verify", "run", "mpc", "simulate", "export", "theorems", "reduce")
HEAVY = {"torch", "numpy", "scipy", "networkx", "matplotlib", "safetensors"}


def test_the_console_script_is_main():
    (script,) = entry_points(group="console_scripts", name="logdepth")
    assert script.load() is main


@pytest.fixture
def loaded(start):
    """The top-level packages that a command imports."""

    def packages(*words: str, status: int = 0) -> set[str]:
        process = start(*words)
        _, stderr = process.communicate(timeout=60)
        assert process.returncode == status
        return {name.split(".")[0] for name in re.findall(r"^import time:.*\| +(\S+)$", stderr, flags=re.MULTILINE)}

    return packages


def test_help_loads_neither_torch_nor_numpy(loaded):
    packages = loaded("--help")
    assert "typer" in packages
    assert not packages & HEAVY


@pytest.mark.parametrize(
    "words", [["tasks"], ["mpc", "components"], ["reduce", "1-vs-2-cycle", "k-hop", "--instances", "2"]], ids=" ".join
)
def test_a_verb_that_runs_no_model_loads_no_torch(loaded, words):
    packages = loaded(*words)
    assert "numpy" in packages
    assert "torch" not in packages


def test_a_task_that_is_none_is_refused_before_torch_is_loaded(loaded):
    assert "torch" not in loaded("compile", "komponents", status=2)


def test_no_words_at_all_are_a_call_for_help(logdepth):
    outcome = logdepth()
    assert outcome.status == 0
    assert all(verb in outcome.stdout for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_and_its_json(logdepth, verb):
    outcome = logdepth(verb, "--help")
    assert outcome.status == 0
    assert "--json" in outcome.stdout


def test_version(logdepth):
    assert logdepth("--version").stdout == f"logdepth {library.__version__}\n"
