"""Certificates: written and read they are the same, and a change of any of their claims is noticed."""

import json

import numpy as np
import pytest
import torch

from logdepth import make_task
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.numerics.documents import Departure
from logdepth.numerics.errors import UsageError
from logdepth.refuters import (
    Computing,
    Rejected,
    TokenNetwork,
    as_json,
    check,
    convict,
    encoding_of,
    of_json,
    read_certificate,
    sign,
    write_certificate,
)
from logdepth.refuters.one_attention_layer import ONE_ATTENTION_LAYER
from logdepth.tasks import Graph
from logdepth.verification.mutations import accepted_mutations, mutate

TASK = make_task("induction-heads", n=33, alphabet="3")


@pytest.fixture(scope="module")
def suspect():
    shape = Gpt2Shape(vocabulary=4, positions=33, depth=1, heads=1, width=8, classes=4, dropout=0.0)
    return TokenNetwork(TASK, Gpt2(shape, torch.Generator().manual_seed(0)), encoding_of(TASK), "gpt2")


@pytest.fixture(scope="module")
def found(suspect):
    return ONE_ATTENTION_LAYER(suspect)


def test_a_certificate_is_written_and_read_and_holds(found, suspect, tmp_path):
    write_certificate(found, tmp_path / "c.json")
    again = read_certificate(tmp_path / "c.json")
    assert as_json(again) == as_json(found)
    check(again, suspect)


def test_a_change_of_any_one_value_is_noticed(found, suspect):
    """Also of one who writes the digest of what he changed."""
    assert list(accepted_mutations(found, suspect, 100)) == []


def test_a_change_is_noticed_by_the_digest_too(found):
    document, rng = json.loads(json.dumps(as_json(found))), np.random.default_rng(0)
    for _ in range(60):
        changed, path = mutate(document, rng)
        assert changed != document and changed[path[0]] != document[path[0]]
        with pytest.raises(Departure):
            of_json(changed)


def test_a_checker_that_checks_less_is_caught(found, suspect, monkeypatch):
    monkeypatch.setattr("logdepth.refuters.checker.check_bottleneck", lambda found, suspect: None)
    assert {path[0] for path in accepted_mutations(found, suspect, 100)} == {"bottleneck"}


def test_equal_numbers_of_another_type_are_not_the_same(found, suspect):
    document = as_json(found)
    document["given"] = [float(answer) for answer in document["given"]]
    document = sign(document)
    with pytest.raises(Rejected, match="the model's answers"):
        check(of_json(document), suspect)


def test_inputs_that_differ_beyond_the_sums_are_no_pair(found, suspect):
    instances = [found.instances[0].copy(), found.instances[1].copy()]
    asked = int(np.flatnonzero(instances[1][:-1] == 3)[0])
    instances[1][[asked, (asked + 2) % 32]] = instances[1][[(asked + 2) % 32, asked]]
    document = as_json(found) | {"instances": [instance.tolist() for instance in instances]}
    document["inputs"] = [list(suspect.spell(instance)) for instance in instances]
    for key, answers in (("exact", map(TASK.solve, instances)), ("given", suspect.answers(instances))):
        document[key] = [int(answer[-1]) for answer in answers]
    document = sign(document)
    with pytest.raises(Rejected, match="the instances differ beyond the part that passes the bottleneck"):
        check(of_json(document), suspect)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "another"}, "its format is 'another'"),
        ({"version": 2}, "version 2"),
        ({"more": 1}, "more is unknown"),
        ({"task": {"name": "srot", "parameters": {}}}, "its task or an instance cannot be read"),
        ({"instances": [[9, 9]]}, "its task or an instance cannot be read"),
        ({"instances": [{"vertices": 1}]}, "is missing"),
    ],
)
def test_a_file_that_is_no_certificate_says_why(found, change, message, tmp_path):
    document = as_json(found) | change
    document = sign(document)
    (tmp_path / "c.json").write_text(json.dumps(document))
    with pytest.raises(UsageError, match=message):
        read_certificate(tmp_path / "c.json")


def test_graphs_and_whole_answers_are_kept(tmp_path):
    task = make_task("components", n=4)
    graph = task.sample(np.random.default_rng(3), size=4)

    class Silent:
        def run(self, columns):
            return {name: 0 * next(iter(columns.values())) for name in task.outputs}

    suspect = Computing(task, Silent())
    found = convict(suspect, [graph], "It says nothing.", refuter="test")
    write_certificate(found, tmp_path / "c.json")
    again = read_certificate(tmp_path / "c.json")
    assert again.instances[0].edges.tolist() == graph.edges.tolist()
    check(again, suspect)


PATH = [[1, 2], [2, 3], [3, 4], [4, 5], [5, 6]]
TRIANGLES = [[1, 2], [2, 3], [3, 1], [4, 5], [5, 6], [6, 4]]


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("1-vs-2-cycle", {"edges": PATH}, "cannot be read .*cycles"),
        ("1-vs-2-cycle", {"edges": [*TRIANGLES, [7, 8], [8, 9], [9, 7]], "vertices": 9}, "cannot be read .*cycles"),
        ("connectivity", {"directed": True}, "no graph as connectivity takes it"),
        ("connectivity", {"question": [1, 2]}, "no graph as connectivity takes it"),
        ("connectivity", {"weights": [1, 1, 1, 1, 1, 1]}, "no graph as connectivity takes it"),
        ("connectivity", {"vertices": 10**30}, "cannot be read"),
        ("connectivity", {"edges": [[1, 2**63]]}, "cannot be read"),
    ],
)
def test_an_instance_that_its_task_does_not_promise_proves_nothing(name, change, message):
    """A model may say anything there."""
    task = make_task(name, n=12)

    class Silent:
        def run(self, columns):
            return {name: 0 * next(iter(columns.values())) + 9 for name in task.outputs}

    graph = task.instance_of(Graph(6, np.array(TRIANGLES)))
    document = as_json(convict(Computing(task, Silent()), [graph], "It says 9.", refuter="test"))
    assert of_json(document).instances[0].edges.tolist() == TRIANGLES
    document["instances"][0] |= change
    with pytest.raises(Departure, match=message):
        of_json(sign(document))
