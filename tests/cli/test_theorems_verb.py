"""`logdepth theorems`: the theorems that construct and that forbid, each of them at work."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from logdepth import make_task
from logdepth.arrows.registry import ARROWS
from logdepth.refuters import REFUTERS, Computing, Example, Refuter, convict
from logdepth.tasks import Sort


def test_every_arrow_is_listed_with_the_models_that_it_leads_between(logdepth):
    told = logdepth("theorems", "--json").json
    assert [arrow["name"] for arrow in told["arrows"]] == list(ARROWS)
    ends = {(arrow["from"], arrow["to"]) for arrow in told["arrows"]}
    assert {("program", "transformer"), ("raw-protocol", "transformer"), ("transformer", "mpc")} <= ends
    assert [refuter["name"] for refuter in told["refuters"]] == list(REFUTERS)
    shown = logdepth("theorems").stdout
    assert all(name in shown for name in ARROWS)


@pytest.mark.parametrize("name", ["program-to-transformer", "transformer-to-mpc"])
def test_a_theorem_is_shown_at_work(logdepth, name):
    arrow = ARROWS[name]
    outcome = logdepth("theorems", name, "--json")
    assert outcome.status == 0
    told = outcome.json
    assert (told["theorem"], told["proof"], told["broken"]) == (arrow.theorem, arrow.proof, None)
    assert len(told["examples"]) == len(list(arrow.examples()))
    for example in told["examples"]:
        assert example["measured"].keys() & example["claimed"].keys()
        assert all(most <= example["claimed"][size] for size, most in example["measured"].items())
    text = " ".join(logdepth("theorems", name).stdout.split())
    assert arrow.theorem in text
    assert all(f"--{option.name}" in text for option in arrow.options)
    assert text.count("equal on 3 tables") == len(told["examples"])


def test_a_theorem_that_does_not_hold_is_status_1_and_says_where(logdepth, monkeypatch):
    arrow = ARROWS["program-to-transformer"]

    def make(program, dtype, tied):
        made = arrow.make(program, dtype, tied)
        return replace(made, claim=replace(made.claim, sizes={**made.claim.sizes, "width": 1}))

    monkeypatch.setitem(ARROWS, arrow.name, replace(arrow, make=make))
    outcome = logdepth("theorems", arrow.name, "--json")
    assert outcome.status == 1
    assert outcome.json["broken"].startswith("the arrow program-to-transformer, example 1: ")
    assert "NOT so" in logdepth("theorems", arrow.name).stdout


@dataclass(frozen=True)
class Silent:
    """It answers 0."""

    def run(self, columns):
        return {"answer": 0 * next(iter(columns.values()))}


def test_a_refuter_is_listed_and_shown_with_its_counterexamples(logdepth, monkeypatch):
    task = make_task("sort", {"n": 3})

    def refute(suspect, search):
        return convict(suspect, [np.array([1])], "Its answer is 0.", refuter="silent-sort")

    refuter = Refuter(
        name="silent-sort",
        models="a silent model",
        tasks=(Sort,),
        theorem="A silent model sorts nothing.",
        proof="trivial",
        take=lambda suspect: suspect,
        refute=refute,
        examples=lambda: [Example(Computing(task, Silent()))],
    )
    monkeypatch.setitem(REFUTERS, refuter.name, refuter)
    [listed] = [each for each in logdepth("theorems", "--json").json["refuters"] if each["name"] == "silent-sort"]
    assert (listed["refutes"], listed["tasks"]) == ("a silent model", ["sort"])
    monkeypatch.setenv("COLUMNS", "150")  # so that the sentence stands on one line
    assert "A silent model sorts nothing." in " ".join(logdepth("theorems").stdout.split())
    assert logdepth("theorems", "silent-sort", "--json").json["examples"] == [
        {"model": "Silent", "refuted": True, "inputs": ["1"], "why": "Its answer is 0."}
    ]
    assert "Silent: Its answer is 0." in logdepth("theorems", "silent-sort").stdout


def test_what_is_no_theorem_is_refused(refused):
    assert "Did you mean 'program-to-mpc'?" in refused("theorems", "program-to-mcp")
    assert "takes no --memory here" in refused("theorems", "program-to-mpc", "--memory", 3)
