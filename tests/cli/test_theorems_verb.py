"""`logdepth theorems`: the theorems that construct and that forbid, each of them at work."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from logdepth import make_task
from logdepth.arrows.registry import ARROWS
from logdepth.reductions import REDUCTIONS
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


def test_reductions_are_listed_and_shown_at_work(logdepth):
    told = logdepth("theorems", "--json").json["reductions"]
    assert [reduction["name"] for reduction in told] == list(REDUCTIONS)
    assert all(reduction["conditional"].startswith("If the ") for reduction in told)
    assert "1-vs-2-cycle-to-k-hop" in logdepth("theorems").stdout
    outcome = logdepth("theorems", "1-vs-2-cycle-to-diameter", "--json")
    assert outcome.status == 0
    assert outcome.json["examples"][0] == {"n": 6, "decided": 140}
    assert (
        "exact answers decide all of 140 instances of 6 vertices" in logdepth("theorems", outcome.json["name"]).stdout
    )


def test_a_reduction_that_decides_wrongly_is_status_1(logdepth, monkeypatch):
    reduction = REDUCTIONS["1-vs-2-cycle-to-components"]
    wrong = replace(reduction, back=lambda answers, graph: np.ones(2 * graph.vertices, dtype=np.int64))
    monkeypatch.setitem(REDUCTIONS, reduction.name, wrong)
    outcome = logdepth("theorems", reduction.name, "--json")
    assert outcome.status == 1
    assert outcome.json["broken"].startswith("the reduction 1-vs-2-cycle-to-components: ")


def claim_about(told, model, direction="lower"):
    return next(claim for claim in told["theory"] if (claim["model"], claim["direction"]) == (model, direction))


@pytest.mark.parametrize(
    ("words", "model", "standing", "shown_by"),
    [
        (("k-hop", "--n", 163, "--k", 6, "--alphabet", 9), "transformer", "conditional", ["1-vs-2-cycle-to-k-hop"]),
        (("k-hop", "--n", 162, "--k", 6, "--alphabet", 9), "transformer", "vacuous", ["1-vs-2-cycle-to-k-hop"]),
        (("composition", "--n", 64, "--k", 16), "transformer", "conditional", ["1-vs-2-cycle-to-composition"]),
        (("cycle-check", "--n", 20), "GNN / CONGEST", "exact", ["message-passing"]),
        (("induction-heads", "--n", 64), "one-layer transformer", "asymptotic", []),
        (("connectivity", "--n", 64), "GNN / CONGEST", "asymptotic", []),
        (("k-hop", "--k", 4, "--n", 5000, "--alphabet", "text"), "RNN / state-space model", "vacuous", []),
        (("2-sum", "--n", 64, "--modulus", 100), "RNN / state-space model", "exact", ["one-pass"]),
        (("diameter", "--n", 20), "MPC", "conditional", ["1-vs-2-cycle-to-diameter"]),
        (("acausal-k-hop", "--k", 3), "transformer", "conditional", []),
    ],
)
def test_every_lower_bound_says_how_it_stands_and_what_shows_it(logdepth, words, model, standing, shown_by):
    claim = claim_about(logdepth("theorems", *words, "--json").json, model)
    assert (claim["standing"], claim["shown_by"]) == (standing, shown_by)
    text = " ".join(logdepth("theorems", *words).stdout.split())
    assert standing in text
    if standing != "vacuous":
        assert all(f"shown by {name}: logdepth re" in text for name in shown_by)


def test_one_layer_s_exact_bound_is_shown_by_its_refuter(logdepth):
    told = logdepth("theorems", "induction-heads", "--n", 64, "--json").json["theory"]
    exact = [c for c in told if (c["model"], c["exactness"]) == ("one-layer transformer", "exact")]
    assert [(claim["sizes"], claim["shown_by"]) for claim in exact] == [({"bits": 31}, ["one-attention-layer"])]


def test_what_is_vacuous_says_why(logdepth):
    text = " ".join(logdepth("theorems", "k-hop", "--n", 100, "--k", 16).stdout.split())
    assert "These theorems are vacuous here" in text
    assert "needs:" in text
    assert "This task is solved by" not in text
    text = " ".join(logdepth("theorems", "1-vs-2-cycle").stdout.split())
    assert "This task is solved by k-hop, connectivity, glued-copies," in text


def test_a_new_refuter_is_named_beside_its_bound_because_it_is_registered(logdepth, monkeypatch):
    refuter = replace(next(iter(REFUTERS.values())), name="another", claim_model="transformer", tasks=(Sort,))
    monkeypatch.setitem(REFUTERS, refuter.name, refuter)
    told = logdepth("theorems", "sort", "--json").json["theory"]
    shown = {(claim["model"], claim["direction"], claim["exactness"]): claim["shown_by"] for claim in told}
    assert shown.pop(("transformer", "lower", "exact")) == ["another"]
    assert shown and not any(shown.values())


def test_what_is_no_theorem_is_refused(refused):
    assert "Did you mean 'program-to-mpc'?" in refused("theorems", "program-to-mcp")
    assert "takes no --memory here" in refused("theorems", "program-to-mpc", "--memory", 3)


def test_sizes_of_the_circuits_of_proofs_are_calculated(logdepth, refused):
    told = logdepth("theorems", "circuits", "--n", 4, "--bits", 4, "--json").json
    assert told["claims"]["a transformer"]["sizes"] == {"depth": 20, "gates": 71_900}
    assert told["claims"]["any function of 4 bits to 4"]["sizes"] == {"depth": 3, "gates": 24}
    assert "71,900" in logdepth("theorems", "circuits", "--n", 4, "--bits", 4).stdout
    assert "has no option 'bit'. Did you mean 'bits'?" in refused("theorems", "circuits", "--bit", 4)
    assert "Did you mean 'circuits'?" in refused("theorems", "circuit")


def test_several_solutions_stand_side_by_side(logdepth):
    ways = logdepth("theorems", "k-hop", "--n", 24, "--k", 13, "--json").json["ways"]
    told = logdepth("compile", "k-hop", "--n", 24, "--k", 13, "--way", "shallow", "--no-verify", "--json").json
    assert told["ways"].keys() == ways.keys() == {"narrow", "shallow"}
    assert (
        told["ways"]["shallow"]["measured"]["width"] == told["measured"]["width"] > ways["narrow"]["measured"]["width"]
    )
    for way, layers in (("narrow", 6), ("shallow", 5)):
        assert ways[way]["claimed"]["layers"] == ways[way]["measured"]["layers"] == layers
        assert ways[way]["chosen"] == (way == "narrow") != told["ways"][way]["chosen"]
    text = logdepth("compile", "k-hop", "--n", 24, "--k", 13, "--no-verify").stdout
    assert "shallow" in text and "7,797" in text


def test_several_protocols_stand_side_by_side(logdepth):
    words = ("theorems", "connectivity", "--n", 100, "--edges", 300)
    told = logdepth(*words, "--json").json
    assert list(told["protocols"]) == ["by default", "leaders", "growing-balls"]
    assert told["protocols"]["by default"] == told["protocol"]
    shown = logdepth(*words).stdout
    assert "logdepth mpc connectivity GRAPH --by leaders" in shown
    assert all(f"≤ {claim['sizes']['rounds']:,}" in shown for claim in told["protocols"].values())
    assert "protocols" not in logdepth("theorems", "3-sum", "--json").json


def test_a_way_that_needs_a_larger_format_is_measured_in_it(logdepth):
    words = ("theorems", "shortest-path", "--n", 20)
    ways = logdepth(*words, "--json").json["ways"]
    assert {way: found["format"] for way, found in ways.items()} == {
        "squaring": "float64",
        "pairs": "float32",
        "breadth-first": "float32",
    }
    assert all(found["measured"]["layers"] <= found["claimed"]["layers"] for found in ways.values())
    assert "float64" in logdepth(*words).stdout
    only = logdepth(*words, "--dtype", "float32", "--json").json["ways"]
    assert only["squaring"]["measured"] is only["squaring"]["format"] is None


def test_the_ways_that_run_an_automaton_stand_side_by_side(logdepth):
    ways = logdepth("theorems", "automaton", "--n", 9, "--regex", "(aa|b)*", "--json").json["ways"]
    assert ways.keys() == {"compose", "monoid", "maps", "sink"}
    assert [way for way, found in ways.items() if found["chosen"]] == ["compose"]
    assert ways["sink"]["measured"]["layers"] == 2 < ways["maps"]["measured"]["layers"]
    assert logdepth("theorems", "language", "--of", "parity", "--n", 9, "--json").json["ways"].keys() > {"count"}
    assert "ways" not in logdepth("theorems", "language", "--of", "dyck-1", "--n", 9, "--json").json


def test_where_the_ways_cost_the_same_there_is_no_table(logdepth):
    assert "ways" not in logdepth("theorems", "k-hop", "--k", 16, "--json").json
    assert "ways" not in logdepth("theorems", "sort", "--json").json
