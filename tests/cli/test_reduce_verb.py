"""`logdepth reduce`: a reduction is shown and checked; a model of the target becomes a solver of the source."""

from itertools import pairwise

import numpy as np
import pytest
import torch
import yaml

from logdepth import compile_program, compile_task, make_task, write_model
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.programs import cut_loops
from logdepth.reductions import REDUCTIONS
from logdepth.refuters import Computing, check, read_certificate
from logdepth.solutions import program_for

TARGETS = [name.removeprefix("1-vs-2-cycle-to-") for name in REDUCTIONS]


@pytest.mark.parametrize("target", TARGETS)
def test_a_reduction_is_shown_with_its_cost_and_exact_answers_decide(logdepth, target):
    told = logdepth("reduce", "1-vs-2-cycle", target, "--n", 8, "--instances", 20, "--json").json
    reduction = REDUCTIONS[told["name"]]
    assert (told["instances"], told["right"], told["wrong"]) == (20, 20, 0)
    assert told["cost"]["rows"] == reduction.cost.rows(8)
    assert told["target_parameters"] == reduction.target_for(8).parameters
    text = " ".join(logdepth("reduce", "1-vs-2-cycle", target, "--n", 8, "--instances", 20).stdout.split())
    size = ", ".join(f"{name}={value}" for name, value in told["target_parameters"].items())
    assert f"1-vs-2-cycle n=8 → {reduction.target.name} {size}" in text
    assert text.endswith(f"--out MODEL logdepth reduce 1-vs-2-cycle {target} MODEL")
    assert reduction.theorem in text and reduction.conditional in text
    assert "exact answers decide 20 of 20 random instances rightly" in text


def test_the_instance_that_is_shown_is_the_text_of_its_graph(logdepth):
    shown = logdepth("reduce", "1-vs-2-cycle", "k-hop", "--instances", 1, "--seed", 3).stdout
    graph = REDUCTIONS["1-vs-2-cycle-to-k-hop"].draw(np.random.default_rng(3), 6)
    u, v = ("abcdef"[vertex - 1] for vertex in graph.edges[0])
    assert f"  ⋆{u}†{v}{u}†{v}⋆_" in shown
    cycles = make_task("1-vs-2-cycle", n=6).solve(graph)[0]
    assert f"→ {'one cycle' if cycles == 1 else '2 cycles'}" in shown
    walk = next(line for line in shown.splitlines() if line.startswith("1-vs-2-cycle: "))
    assert walk.count(" and ") == cycles - 1
    for step in walk.removeprefix("1-vs-2-cycle: ").split(" and "):
        ends = [int(vertex) for vertex in step.split("–")]
        assert ends[0] == ends[-1]
        pairs = {frozenset(pair) for pair in pairwise(ends)}
        assert pairs <= {frozenset(edge) for edge in graph.edges.tolist()}


def test_a_right_model_decides_all(logdepth, tmp_path):
    write_model(compile_task(make_task("k-hop", n=170, k=6, alphabet="9")), tmp_path / "model")
    told = logdepth("reduce", "1-vs-2-cycle", "k-hop", tmp_path / "model", "--instances", 10, "--json").json
    assert (told["n"], told["right"], told["first_failure"], told["file"]) == (6, 10, None, None)


def test_too_few_layers_come_back_as_a_graph_on_which_they_fail(logdepth, tmp_path):
    words = ("reduce", "1-vs-2-cycle", "connectivity", "--cut", 1, "--n", 8, "--instances", 20)
    outcome = logdepth(*words, "--json", "--out", tmp_path / "failure.json")
    assert outcome.status == 1
    failure = outcome.json["first_failure"]
    assert (failure["decided"], failure["exact"], failure["given_answers"]) == (2, 1, [0])
    found = read_certificate(tmp_path / "failure.json")
    assert found.refuter == "1-vs-2-cycle-to-connectivity"
    assert [graph.edges.tolist() for graph in found.instances] == [failure["source"]]
    model = compile_program(cut_loops(program_for(found.task), 1))
    check(found, Computing(found.task, model, outcome.json["model"]))
    text = " ".join(logdepth(*words).stdout.split())
    assert "it decides 2 cycles, and this is one cycle" in text
    assert "rests on the conjecture" in text


def test_a_program_of_ones_own_is_a_solver_too(logdepth, tmp_path):
    file = tmp_path / "short.py"
    file.write_text(
        "from logdepth import make_task\n"
        "from logdepth.programs import cut_loops\n"
        "from logdepth.solutions import program_for\n"
        "program = cut_loops(program_for(make_task('components', n=8, edges=8)), 1)\n"
    )
    outcome = logdepth("reduce", "1-vs-2-cycle", "components", file, "--instances", 10, "--json")
    assert outcome.status == 1
    assert outcome.json["n"] == 8
    assert outcome.json["model"] == "compiled components, 5 layers"
    assert outcome.json["wrong"] > 0


def untrained(folder, *, letters, most_hops, length):
    """A checkpoint of a network for k-hop that has learned nothing."""
    folder.mkdir()
    ids = most_hops + letters + 3
    shape = Gpt2Shape(vocabulary=ids, positions=length, depth=1, heads=2, width=ids + ids % 2)
    network = Gpt2(shape, torch.Generator().manual_seed(0))
    torch.save({f"backbone.{key}": value for key, value in network.state_dict().items()}, folder / "model_1.pt")
    task = {"char_tokens": letters, "max_hops": most_hops, "min_hops": 0, "seq_len": length}
    settings = {"model": {"depth": 1, "headcount": 2}, "training": {"task_kwargs": task}}
    (folder / "config.yaml").write_text(yaml.safe_dump(settings))
    return folder


def test_a_trained_network_is_asked_as_many_hops_as_there_are_vertices(logdepth, refused, tmp_path):
    folder = untrained(tmp_path / "run", letters=10, most_hops=7, length=170)
    outcome = logdepth("reduce", "1-vs-2-cycle", "k-hop", folder, "--instances", 10, "--json")
    assert (outcome.status, outcome.json["n"]) == (1, 6)
    assert "gpt2, 1 layer" in outcome.json["model"]
    failure = outcome.json["first_failure"]
    assert failure["given_answers"] != failure["exact_answers"]
    assert failure["asked"][0][0] == "6" and len(failure["asked"][0]) == 164  # k, and the text
    short = untrained(tmp_path / "short", letters=4, most_hops=7, length=100)
    message = refused("reduce", "1-vs-2-cycle", "k-hop", short)
    assert "6 vertices need n ≥ 163, and this k-hop has 98" in message


def test_a_network_of_ones_own_is_a_solver_too(logdepth, tmp_path):
    file = tmp_path / "constant.py"
    file.write_text(
        "import torch\n"
        "class Constant(torch.nn.Module):\n"
        "    def forward(self, ids):\n"
        "        print('prints')\n"  # JSON is all that stands on stdout
        "        return torch.nn.functional.one_hot(torch.full_like(ids, 0), 9).float()\n"
        "model = Constant()\n"
        "print('prints')\n"
    )
    words = ("reduce", "1-vs-2-cycle", "connectivity", f"{file}:model", "--instances", 10, "--json")
    outcome = logdepth(*words)
    assert (outcome.status, outcome.json["model"]) == (1, "Constant of constant.py")
    assert outcome.json["first_failure"]["given_answers"] == [-1]


def test_what_failed_is_a_certificate_that_refute_checks(logdepth, tmp_path):
    file = tmp_path / "short.py"
    file.write_text(
        "from logdepth import make_task\n"
        "from logdepth.programs import cut_loops\n"
        "from logdepth.solutions import program_for\n"
        "program = cut_loops(program_for(make_task('connectivity', n=8, edges=8)), 1)\n"
    )
    written = tmp_path / "failing.json"
    assert logdepth("reduce", "1-vs-2-cycle", "connectivity", file, "--instances", 20, "--out", written).status == 1
    words = ("refute", file, "--task", "connectivity", "--n", 8, "--edges", 8, "--check", written, "--json")
    assert logdepth(*words).json["holds"]


def test_the_help_names_every_target(logdepth):
    shown = " ".join(logdepth("reduce", "--help").stdout.replace("│", " ").split())
    assert all(target in shown for target in TARGETS)


def test_nothing_is_written_where_nothing_fails(logdepth, tmp_path):
    words = ("reduce", "1-vs-2-cycle", "connectivity", "--cut", 3, "--n", 8, "--instances", 5)
    outcome = logdepth(*words, "--out", tmp_path / "failure.json")
    assert outcome.status == 0
    assert not (tmp_path / "failure.json").exists()
    assert "nothing failed" in outcome.stderr


def test_a_program_says_its_size_by_its_rows_or_is_told(logdepth, refused, tmp_path):
    def write(name, parameters):
        file = tmp_path / f"{name}.py"
        file.write_text(
            "from logdepth import make_task\n"
            "from logdepth.solutions import program_for\n"
            f"program = program_for(make_task('{name}', {parameters}))\n"
        )
        return file

    graph, hops = write("connectivity", {"n": 11, "edges": 10}), write("k-hop", {"n": 2000, "k": 6, "alphabet": "9"})
    words = ("--instances", 3, "--json")
    assert logdepth("reduce", "1-vs-2-cycle", "connectivity", graph, *words).json["n"] == 10
    assert logdepth("reduce", "1-vs-2-cycle", "k-hop", hops, "--n", 6, *words).json["right"] == 3
    assert "does not say how many vertices it is for. Give --n 6." in refused("reduce", "1-vs-2-cycle", "k-hop", hops)
    assert "takes 24, and columns up to 12. Declare as many." in refused(
        "reduce", "1-vs-2-cycle", "connectivity", graph, "--n", 12
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("1-vs-2-cycle", "k-hop", "--n", 10**12), "1-vs-2-cycle: n must be a whole number from 3 to 65536"),
        (("1-vs-2-cycle", "k-hop", "--n", 1000), "k-hop: n must be a whole number from 1 to 1048576; got 4500001"),
        (("1-vs-2-cycle", "reachability", "--n", 66), "reachability: n must be a whole number from 2 to 64; got 66"),
        (("k-hop", "connectivity"), "no reduction starts from 'k-hop'. Known: 1-vs-2-cycle."),
        (("1-vs-2-cycle", "component"), "Did you mean 'components'?"),
        (("1-vs-2-cycle", "k-hop", "--n", 0), "even number of at least 6 vertices; got 0"),
        (("1-vs-2-cycle", "connectivity", "--cut", 1, "--n", 0), "even number of at least 6 vertices; got 0"),
        (("1-vs-2-cycle", "k-hop", "--n", 7), "even number of at least 6 vertices; got 7. Give another --n."),
        (("1-vs-2-cycle", "k-hop", "--cut", 1), "program 'k-hop' has no loop to cut"),
        (("1-vs-2-cycle", "k-hop", "nowhere"), "there is no model folder nowhere"),
        (("1-vs-2-cycle", "k-hop", "examples/addition.py"), "has the inputs a, b and the outputs sum; k-hop has token"),
        (("1-vs-2-cycle", "connectivity", "nowhere", "--cut", 1), "Leave out one of the two"),
    ],
)
def test_what_is_no_reduction_is_refused(refused, words, message):
    assert message in refused("reduce", *words)


def test_a_model_of_another_task_or_size_is_refused(refused, tmp_path):
    write_model(compile_task(make_task("connectivity", n=8, edges=10)), tmp_path / "model")
    words = ("reduce", "1-vs-2-cycle")
    assert "is a model of connectivity, and 1-vs-2-cycle-to-k-hop asks k-hop" in refused(
        *words, "k-hop", tmp_path / "model"
    )
    assert "10 vertices need n ≥ 10, and this connectivity has 8. Give another model, or another --n." in refused(
        *words, "connectivity", tmp_path / "model", "--n", 10
    )
