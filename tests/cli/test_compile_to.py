"""`logdepth compile SOURCE --to TARGET`: the way over the arrows, from whatever a word names."""

import numpy as np
import pytest

from logdepth.arrows import Arrow, Made, Ran
from logdepth.arrows.registry import ARROWS, MPC_TO_TRANSFORMER, PROGRAM_TO_TRANSFORMER, register_arrow
from logdepth.artefacts import read_model
from logdepth.learn.samplers import SAMPLERS
from logdepth.mpc import run_locally
from logdepth.solutions import program_for
from logdepth.tasks import TASKS, make_task
from logdepth.theory import Claim
from logdepth.transformer import Transformer

RING = """
from logdepth import RawProtocol

def begin(machine, state, inbox):
    return state, [(machine % 4 + 1, state["number"])]

def end(machine, state, inbox):
    [(_, number)] = inbox
    return {"number": number}, []

protocol = RawProtocol("ring", 4, 1, {"number": 3}, {"number": 3}, [begin, end])
"""

PROGRAM = """
from logdepth import Table

table = Table("shifted", rows=6)
table.output("before", table.shift(table.input("a", high=3), 1))
"""


def test_a_task_becomes_a_protocol_with_a_claim_that_its_run_keeps(logdepth):
    told = logdepth("compile", "k-hop", "--n", 30, "--k", 3, "--to", "mpc", "--memory", 128, "--json").json
    assert (told["task"], told["to"], told["way"]) == ("k-hop", "mpc", ["program-to-mpc"])
    assert told["options"] == {"rows": 0, "memory": 128, "machines": 0}
    assert told["claimed"]["memory_words"] == 128
    task = make_task("k-hop", {"n": 30, "k": 3})
    made = ARROWS["program-to-mpc"](program_for(task), memory=128)
    instance = task.sample(np.random.default_rng(0), size=30)
    run = run_locally(made.artefact, made.encode(task.encode(instance)))
    assert 0 < run.rounds <= told["claimed"]["rounds"]
    assert made.artefact.machines == told["claimed"]["machines"]


def test_a_program_a_protocol_and_a_model_of_a_file_or_folder_are_sources_too(logdepth, hops, tmp_path):
    for name, text in (("ring", RING), ("shifted", PROGRAM)):
        (tmp_path / f"{name}.py").write_text(text)
    ring = logdepth("compile", tmp_path / "ring.py", "--to", "mpc", "--json").json
    assert (ring["protocol"], ring["way"]) == ("ring", ["raw-protocol-to-mpc"])
    assert (ring["claimed"]["rounds"], ring["claimed"]["machines"]) == (1, 4)
    shifted = logdepth("compile", tmp_path / "shifted.py", "--to", "mpc", "--rows", 5, "--machines", 5, "--json").json
    assert (shifted["program"], shifted["way"]) == ("shifted", ["program-to-mpc"])
    assert shifted["claimed"]["machines"] == 5
    model = logdepth("compile", hops, "--to", "mpc", "--json").json
    assert (model["task"], model["way"]) == ("k-hop", ["transformer-to-mpc"])
    assert model["claimed"] == ARROWS["transformer-to-mpc"](read_model(hops).transformer).claim.sizes


def test_a_transformer_is_what_compile_makes_by_default(logdepth):
    words = ["compile", "sort", "--n", 5, "--no-verify", "--json"]
    default, asked = logdepth(*words).json, logdepth(*words, "--to", "transformer").json
    times = ("seconds", "compile_seconds")
    assert {k: v for k, v in default.items() if k not in times} == {k: v for k, v in asked.items() if k not in times}


def test_people_are_told_the_theorem_the_claim_and_how_to_run_it(logdepth):
    shown = logdepth("compile", "sort", "--n", 20, "--to", "mpc")
    assert shown.status == 0
    text = " ".join(shown.stdout.split())
    assert ARROWS["program-to-mpc"].theorem in text
    assert "rounds ≤" in text
    assert "logdepth mpc sort runs it" in text


def test_a_task_with_a_protocol_of_its_own_is_told_apart(logdepth):
    assert "has a protocol of its own" in logdepth("compile", "components", "--n", 8, "--to", "mpc").stderr


class Counted(Made):
    """A transformer's parameters, and nothing else."""

    def __init__(self, transformer, claim):
        self.transformer, self.artefact, self.claim = transformer, sum, claim

    def run(self, columns):
        return Ran(self.transformer.run(columns), {"gates": 1})


@pytest.fixture
def circuits(monkeypatch):
    """An arrow from transformers to a model that no arrow of the library leads to."""
    monkeypatch.setattr("logdepth.arrows.registry.ARROWS", dict(ARROWS))
    claim = Claim(model="threshold circuits", direction="upper", exactness="exact", sizes={"gates": 7}, source="here")
    arrow = Arrow(
        name="transformer-to-gates",
        source=Transformer,
        target=type(sum),
        theorem="It is so.",
        proof="here",
        make=lambda transformer: Counted(transformer, claim),
        examples=list,
    )
    register_arrow(arrow)
    monkeypatch.setitem(__import__("logdepth.arrows.models", fromlist=["MODELS"]).MODELS, "gates", type(sum))


def test_a_way_of_two_arrows_has_the_options_of_both_and_one_claim(logdepth, circuits):
    told = logdepth("compile", "sort", "--n", 4, "--to", "gates", "--dtype", "float64", "--json").json
    assert told["way"] == ["program-to-transformer", "transformer-to-gates"]
    assert told["options"] == {"dtype": "float64", "tied": 1}
    assert told["claimed"] == {"gates": 7}
    assert told["claim"]["source"].endswith("; then here")
    untied = logdepth("compile", "sort", "--n", 4, "--to", "gates", "--untied", "--json").json
    assert untied["options"]["tied"] == 0


REFUSALS = {
    "unknown model": (["k-hop", "--to", "mcp"], "no arrow leads to 'mcp'. Did you mean 'mpc'?"),
    "option of another way": (["k-hop", "--memory", "3"], "--memory belongs to --to mpc, and program-to-transformer"),
    "option of another source": (
        ["k-hop", "--to", "mpc", "--router", "exact"],
        "--router belongs to --to transformer from a raw-protocol, and program-to-mpc, the way that is taken here, has"
        " --rows, --memory, --machines.",
    ),
    "flag of another way": (["k-hop", "--to", "mpc", "--untied"], "--untied belongs to --to transformer, and"),
    "misspelt option": (["k-hop", "--to", "mpc", "--memmory", "3"], "Did you mean '--memory'?"),
    "misspelt parameter": (["k-hop", "--to", "mpc", "--alphabt", "3"], "Did you mean '--alphabet'?"),
    "option without a value": (["k-hop", "--to", "mpc", "--memory"], "--memory needs a value"),
    "bad value": (["k-hop", "--to", "mpc", "--memory", "many"], "memory must be a whole number"),
    "too little memory": (["k-hop", "--to", "mpc", "--memory", "1"], "memory"),
    "more rows": (["k-hop", "--to", "mpc", "--rows", "101"], "101"),
    "a folder": (["k-hop", "--to", "mpc", "--out", "x"], "--out is for transformers and circuits"),
    "local steps": (["k-hop", "--to", "mpc", "--local", "weights"], "--local is for transformers"),
    "unknown task": (["khop", "--to", "mpc"], "there is no task 'khop'. Did you mean 'k-hop'?"),
    "nothing": (["--to", "mpc"], "compile takes one task, FILE.py or folder; got none"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_no_way_takes_is_refused_in_one_line(refused, case):
    words, message = REFUSALS[case]
    assert message in refused("compile", *words)


def test_a_folder_is_a_transformer_already(refused, hops):
    assert f"{hops} holds a transformer. Say what to make of it: logdepth compile" in refused("compile", hops)
    assert "takes no parameters, and transformer-to-mpc no --n" in refused("compile", hops, "--to", "mpc", "--n", 3)


def test_the_help_of_a_way_shows_its_options(logdepth):
    words = logdepth("compile", "k-hop", "--to", "mpc", "--help").stdout.split()
    assert {"--rows", "--machines", "--alphabet", "program-to-mpc"} <= set(words)
    assert "raw-protocol-to-mpc" not in words
    assert "--machines" not in logdepth("compile", "k-hop", "--help").stdout.split()


def test_no_parameter_of_a_task_is_an_option_of_an_arrow():
    """Both are options of `compile`, and one name has one meaning."""
    of_arrows = {option.name for arrow in ARROWS.values() for option in arrow.options}
    assert {PROGRAM_TO_TRANSFORMER.name, MPC_TO_TRANSFORMER.name} <= ARROWS.keys()
    for name, task in (TASKS | SAMPLERS).items():
        assert not of_arrows & {item.name for item in task.describe()}, name
