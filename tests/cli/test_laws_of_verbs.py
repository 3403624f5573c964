"""What holds of every verb: --json, the exit status, options of one name, and their place in the help."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import typer
import yaml

from logdepth.arrows.registry import ARROWS, PROGRAM_TO_TRANSFORMER
from logdepth.circuits.formats import save_circuit
from logdepth.cli.app import RENAMED, RENAMED_OPTIONS, app
from logdepth.cli.checking import Extent
from logdepth.cli.verbs import demo
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.solutions import program_for
from logdepth.tasks import Components, KHop, make_task

COMMANDS = typer.main.get_group(app).commands
VERBS = list(COMMANDS)

SMALL = "--n 10 --most-hops 2 --letters 3 --width 16 --depth 1 --heads 2 --batch 4 --steps 4 --warmup 1 --device cpu"

DONE = {
    "demo": ["demo"],
    "compile": ["compile", "k-hop", "--n", "8", "--k", "1", "--samples", "20"],
    "compile, not verified": ["compile", "k-hop", "--n", "8", "--no-verify", "--seed", "3"],
    "compile, written": ["compile", "k-hop", "--n", "8", "--k", "1", "--samples", "20", "--out", "again"],
    "compile, a protocol": ["compile", "k-hop", "--n", "8", "--to", "mpc"],
    "verify": ["verify", "MODEL", "--samples", "20"],
    "run": ["run", "MODEL", "TEXT", "--out", "answer.csv", "--report", "page.html"],
    "inspect": ["inspect", "MODEL", "--sequences", "2"],
    "explore": ["explore", "MODEL", "TEXT", "--out", "page.html"],
    "explore, trained": ["explore", "CHECKPOINT"],
    "export": ["export", "MODEL", "--format", "onnx", "--out", "x.onnx"],
    "tasks": ["tasks"],
    "tasks, one": ["tasks", "sort"],
    "theorems": ["theorems"],
    "theorems of a task": ["theorems", "sort"],
    "theorems, one": ["theorems", "raw-protocol-to-mpc"],
    "theorems, sizes": ["theorems", "circuits", "--n", "4", "--bits", "4"],
    "reduce": ["reduce", "1-vs-2-cycle", "k-hop", "--instances", "3"],
    "reduce, a model": ["reduce", "1-vs-2-cycle", "connectivity", "--cut", "9", "--instances", "3", "--out", "f.json"],
    "refute": ["refute", "OWN:right", "--task", "induction-heads", "--n", "9", "--alphabet", "6", "--out", "failing"],
    "compile, a circuit": ["compile", "k-hop", "--n", "8", "--k", "1", "--to", "circuit", "--out", "made.circuit"],
    "export, a circuit": ["export", "CIRCUIT", "--format", "opb", "--out", "x.opb"],
    "prove": ["prove", "CIRCUIT", "prefix-sum", "--n", "3", "--high", "1"],
    "prove, two": ["prove", "CIRCUIT", "CIRCUIT"],
    "mpc": ["mpc", "k-hop", "TEXT", "--n", "30", "--report", "rounds.html"],
    "simulate": ["simulate", "MODEL", "TEXT", "--trace", "trace.csv"],
    "simulate, trained": ["simulate", "CHECKPOINT"],
    "blackboard": ["blackboard", "CHECKPOINT", "--players", "3"],
    "dataset": ["dataset"],
    "dataset, written": ["dataset", "k-hop", "--n", "16", "--sequences", "3", "--out", "data"],
    "train": ["train"],
    "train, a run": ["train", "khop-paper", *SMALL.split(), "--vocabulary", "0", "--out", "trained"],
    "evaluate": ["evaluate", "CHECKPOINT", "--sequences", "2"],
    "evaluate, a study": ["evaluate", "STUDY", "--study", "--sequences", "2", "--out", "table"],
}
"""Command lines that are done: status 0."""

WRONG = {
    "demo": ["demo"],
    "compile": ["compile", "k-hop", "--n", "8", "--k", "1", "--samples", "20"],
    "verify": ["verify", "MODEL", "--samples", "20"],
    "run": ["run", "MODEL", "TEXT"],
    "theorems": ["theorems", "raw-protocol-to-mpc"],
    "reduce": ["reduce", "1-vs-2-cycle", "components", "--cut", "0", "--instances", "9"],
    "refute": ["refute", "CHECKPOINT"],
    "prove": ["prove", "WRONG", "prefix-sum", "--n", "3", "--high", "1"],
    "mpc": ["mpc", "k-hop", "TEXT", "--n", "30"],
    "simulate": ["simulate", "MODEL", "TEXT"],
}
"""Command lines of every verb that compares with an exact answer: status 1 where this is another one."""

REFUSED = {
    "demo": ["demo", "--out", "TEXT"],
    "compile": ["compile", "k-hop", "--n", "0"],
    "verify": ["verify", "nowhere"],
    "run": ["run", "MODEL", "nowhere.txt"],
    "inspect": ["inspect", "nowhere"],
    "explore": ["explore", "nowhere"],
    "export": ["export", "MODEL", "--format", "onxx", "--out", "x"],
    "tasks": ["tasks", "srot"],
    "theorems": ["theorems", "srot"],
    "reduce": ["reduce", "1-vs-2-cycle", "k-hpo"],
    "refute": ["refute", "MODEL"],
    "prove": ["prove", "MODEL", "k-hop"],
    "mpc": ["mpc", "k-hop", "--memory", "1"],
    "simulate": ["simulate", "MODEL", "TEXT", "--memory", "1"],
    "blackboard": ["blackboard", "CHECKPOINT", "--bits", "1"],
    "dataset": ["dataset", "k-hop"],
    "train": ["train", "khop"],
    "evaluate": ["evaluate", "nowhere"],
}
"""Command lines that cannot be used: status 2."""

UNLIKE = {
    "--seconds": "to verify without a word takes 10, and with samples as long as they take; a search always ends, a"
    " proof takes minutes",
    "--bits": "of a number that a model is rounded to, and of a message on the blackboard",
    "--out": "every verb writes something else; the help says what, and into what",
    "--dtype": "`theorems` builds nothing, so that it cannot find the first that carries the numbers",
    "--format": "of a file that is read, and of one that is written",
    "--n": "vertices of a reduction, and tokens of a file with RASP",
    "--sequences": "defaults suit what is done with them",
    "--workers": "processes of one protocol, and networks at a time",
    "--report": "of a run, and of a refutation, where there is no run",
    "--resume": "rounds of a protocol, and steps of a training",
}
"""Options of one name that several verbs do not share, and why."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Path:
    """A folder with a text, a study of one trained model, a file of one's own, and circuits."""
    place = tmp_path_factory.mktemp("filled")
    (place / "text.txt").write_text("abcdabca")
    folder = place / "study" / "run"
    folder.mkdir(parents=True)
    network = Gpt2(Gpt2Shape(vocabulary=10, positions=12, depth=1, heads=2, width=12), torch.Generator().manual_seed(0))
    torch.save({f"backbone.{key}": value for key, value in network.state_dict().items()}, folder / "model_1.pt")
    task = {"char_tokens": 3, "max_hops": 1, "min_hops": 0, "seq_len": 12}
    settings = {"model": {"depth": 1, "headcount": 2}, "training": {"task_kwargs": task}}
    (folder / "config.yaml").write_text(yaml.safe_dump(settings))
    (place / "own.py").write_text(
        "from logdepth.refuters.table_machine import TableMachine\nright = TableMachine(keys=4, cells=4)\n"
    )
    summed = PROGRAM_TO_TRANSFORMER(program_for(make_task("prefix-sum", n=3, high=1))).artefact
    save_circuit(ARROWS["transformer-to-circuit"](summed).artefact, place / "summed.circuit")
    save_circuit(ARROWS["transformer-to-circuit"](summed, exponent=3).artefact, place / "wrong.circuit")
    return place


@pytest.fixture
def place(hops, filled, tmp_path, monkeypatch) -> dict[str, Any]:
    """A copy of this folder to stand in; and what the words stand for."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo, "SHOWS", tuple(show for show in demo.SHOWS if show.folder == "karate"))
    monkeypatch.setattr(demo, "Extent", lambda: Extent(samples=5, seconds=1.0))
    return {
        "CIRCUIT": "summed.circuit",
        "WRONG": "wrong.circuit",
        "OWN:right": "own.py:right",
        "MODEL": hops,
        "TEXT": "text.txt",
        "CHECKPOINT": tmp_path / "study" / "run",
        "STUDY": tmp_path / "study",
    }


def test_every_verb_is_tried_here():
    for cases in (DONE, REFUSED):
        assert {words[0] for words in cases.values()} == set(VERBS)


@pytest.mark.parametrize("case", DONE)
def test_what_is_done_is_status_0_and_one_json_object(logdepth, place, case):
    outcome = logdepth(*(place.get(word, word) for word in DONE[case]), "--json")
    assert outcome.status == 0, outcome
    assert isinstance(outcome.json, dict)
    assert outcome.json.keys() != {"error"}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_status_1_and_one_json_object(logdepth, place, monkeypatch, case):
    for task in (KHop, Components):
        monkeypatch.setattr(task, "solve", lambda task, instance, exact=task.solve: exact(task, instance) + 1)
    arrow = ARROWS["raw-protocol-to-mpc"]

    def too_little(raw, memory):
        made = arrow.make(raw, memory)
        return replace(made, claim=replace(made.claim, sizes={"machines": 1}))

    monkeypatch.setitem(ARROWS, arrow.name, replace(arrow, make=too_little))
    outcome = logdepth(*(place.get(word, word) for word in WRONG[case]), "--json")
    assert outcome.status == 1, outcome
    assert isinstance(outcome.json, dict)


@pytest.mark.parametrize("verb", REFUSED)
@pytest.mark.parametrize("as_json", [False, True])
def test_what_cannot_be_used_is_status_2_and_one_line(refused, place, verb, as_json):
    """With --json one object on stdout, too: `refused` looks."""
    assert refused(*(place.get(word, word) for word in REFUSED[verb]), *["--json"] * as_json)


def test_an_option_of_one_name_is_the_same_in_every_verb():
    said: dict[str, dict[Any, list[str]]] = {}
    for verb, command in COMMANDS.items():
        for item in command.params:
            for option in item.opts:
                if option.startswith("--"):
                    how = (item.help, item.metavar, item.is_flag, repr(item.default))
                    said.setdefault(option, {}).setdefault(how, []).append(verb)
    several = {option: list(how.values()) for option, how in said.items() if len(how) > 1}
    assert several.keys() == UNLIKE.keys(), several
    assert said["--json"].keys() and len(said["--json"]) == 1
    assert sorted(next(iter(said["--json"].values()))) == sorted(VERBS)


def test_out_says_what_is_written_and_whether_into_a_file_or_a_folder():
    outs = {verb: item for verb, command in COMMANDS.items() for item in command.params if "--out" in item.opts}
    assert len(outs) > 5
    for verb, item in outs.items():
        kind = {"DIR": "folder", "FILE": "file"}[item.metavar]
        assert item.help.startswith("Write the "), verb
        assert kind in item.help.split(";")[0], verb


def test_the_help_groups_the_verbs_as_a_reader_meets_them(logdepth):
    shown = logdepth("--help").stdout
    groups = [shown.index(f" {title} ") for title in ("Models", "Theory", "Machines", "Laboratory")]
    assert groups == sorted(groups)
    lines = [line.strip("│ ").split(" ")[0] for line in shown.splitlines() if line.startswith("│ ")]
    assert [word for word in lines if word in COMMANDS] == VERBS


def test_every_verb_has_a_meaning_of_its_own():
    said = [(COMMANDS[verb].help or "").partition("\n\n")[0] for verb in VERBS]
    assert len(set(said)) == len(VERBS)
    assert all(20 < len(" ".join(text.split())) < 200 for text in said), said


def test_an_old_name_names_the_new_one(refused):
    for verb, new in RENAMED.items():
        assert verb not in COMMANDS
        assert f"Say: {new}." in refused(verb, "x")
    for (verb, option), new in RENAMED_OPTIONS.items():
        assert option not in {name for item in COMMANDS[verb].params for name in item.opts}
        assert new in refused(verb, "x", f"{option}=x")
