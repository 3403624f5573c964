"""The refuter of one-pass models: what it finds is wrong, and a model that keeps all bits is not refuted."""

from itertools import product

import numpy as np
import pytest
import torch
from torch import nn

from logdepth import make_task
from logdepth.networks import Gpt2, Gpt2Shape, Mamba, Recurrent
from logdepth.numerics.errors import UsageError
from logdepth.refuters import (
    REFUTERS,
    Computing,
    Counterexample,
    NotRefuted,
    NotTaken,
    Rejected,
    Search,
    TokenNetwork,
    as_json,
    check,
    encoding_of,
    of_json,
    prefix_family_of,
    refute,
)
from logdepth.refuters.one_pass import draw_first_parts, table_machine
from logdepth.refuters.state_at_cut import StateAtCut, levels
from logdepth.solutions import program_for
from logdepth.verification.mutations import accepted_mutations

REFUTER = REFUTERS["one-pass"]


def recall_task(pairs):
    return make_task("recall", {"n": pairs, "keys": pairs, "values": 2})


TASKS = {
    "recall": recall_task(5),
    "2-sum": make_task("2-sum", {"n": 6, "modulus": 12}),
    "3-sum": make_task("3-sum", {"n": 7, "modulus": 40}),
    "connectivity": make_task("connectivity", {"n": 7}),
    "cycle-check": make_task("cycle-check", {"n": 7}),
}


def network(task, kind="gru", width=6, seed=0):
    size = len(encoding_of(task).names)
    shape = Gpt2Shape(vocabulary=size, positions=80, depth=1, heads=1, width=width, classes=size, dropout=0.0)
    generator = torch.Generator().manual_seed(seed)
    match kind:
        case "gpt2":
            return Gpt2(shape, generator)
        case "mamba":
            return Mamba(shape, 4, generator)
    return Recurrent(shape, kind, generator)


def suspect(task, model=None):
    return TokenNetwork(task, model or network(task), encoding_of(task), "mine")


@pytest.mark.parametrize("bits", [2, 3, 5])
@pytest.mark.parametrize("by_letters", [False, True])
def test_recall_is_an_index_family_and_so_is_one_hop_with_a_letter_for_every_key(bits, by_letters):
    task = recall_task(bits)
    if by_letters:
        task = make_task("k-hop", {"n": 2 * bits + 1, "k": 1, "alphabet": str(bits + 2)})
    family = prefix_family_of(task)
    assert family.bits == bits
    for f, i in product(product([False, True], repeat=bits), range(bits)):
        instance = family.instance(np.array(f), i)
        assert len(instance) == 2 * bits + 1
        assert task.solve(instance)[-1] == family.right(f, i)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru", "mamba"])
def test_untrained_networks_are_refuted_as_they_are_and_rounded(kind):
    model = suspect(TASKS["recall"], network(TASKS["recall"], kind))
    as_it_is, rounded = REFUTER(model), REFUTER(model, Search(bits=1))
    assert as_it_is.refutes_model and rounded.refutes_rounded
    for found in (as_it_is, rounded):
        assert found.indistinguishable and len(set(found.exact)) == 2 and len(set(found.rounded)) == 1
        assert found.inputs[0][-1] == found.inputs[1][-1]  # one question
    assert rounded.carried[0].bits == 1 and len(rounded.carried[0].numbers) == model.network.state_words(9)


@pytest.mark.parametrize("name", TASKS)
def test_every_family_whose_first_part_comes_first_refutes(name):
    task = TASKS[name]
    found = REFUTER(suspect(task))
    assert found.refutes_model
    for instance, exact in zip(found.instances, found.exact, strict=True):
        assert task.solve(instance)[-1] == exact
    assert found.wrong(suspect(task))


@pytest.mark.parametrize("pairs", [2, 8, 12, 40])
def test_a_table_is_refuted_iff_it_has_fewer_cells_than_keys(pairs):
    spared = REFUTER(table_machine(pairs, pairs))
    assert isinstance(spared, NotRefuted) and spared.carried_bits == pairs + 8 and spared.needed_bits == pairs
    found = REFUTER(table_machine(pairs, pairs - 1))
    assert isinstance(found, Counterexample) and found.refutes_model and found.indistinguishable
    assert found.bottleneck.bits == 0  # the same as they are


def test_a_small_family_is_asked_whole_and_the_answer_says_so():
    spared = REFUTER(table_machine(6, 6))
    assert "right on all 384 questions of the family" in spared.why
    assert {attempt.count for attempt in spared.attempts} == {64, 384}


def test_first_parts_are_all_or_different_ones_with_their_flips():
    rng = np.random.default_rng(0)
    assert len({f.tobytes() for f in draw_first_parts(11, rng)}) == 2048
    many = draw_first_parts(30, rng)
    seen = {f.tobytes() for f in many}
    assert len(seen) == len(many) == 2048
    assert all((many[0] ^ flip).tobytes() in seen for flip in np.eye(30, dtype=bool))


class Trained(nn.Module):
    """What a user writes."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(10, 6)
        self.layers = nn.LSTM(6, 6, batch_first=True)
        self.head = nn.Linear(6, 10)

    def forward(self, ids):
        return self.head(self.layers(self.embedding(ids))[0])


def test_a_module_of_ones_own_is_refuted_and_the_checker_knows_it_from_another():
    task = recall_task(7)
    torch.manual_seed(0)
    mine, other = suspect(task, Trained()), suspect(task, Trained())
    found = refute(mine, Search(seed=3))
    check(found, mine)
    with pytest.raises(Rejected):
        check(found, other)


@pytest.mark.parametrize(("kind", "bits"), [("gru", None), ("gru", 3), ("table", None)])
def test_a_change_of_any_one_value_of_a_certificate_is_noticed(kind, bits):
    model = table_machine(6, 4) if kind == "table" else suspect(TASKS["recall"])
    assert list(accepted_mutations(REFUTER(model, Search(bits=bits)), model, 80)) == []


@pytest.mark.parametrize("settings", [(0, 0, 0.0), (1, 33, 1.0), (1, 4, 0.3), (1, 4, 0.0), (1, 0, 1.0), (1, -1, 1.0)])
def test_a_state_at_a_cut_is_as_it_is_or_in_fixed_point(settings):
    with pytest.raises(UsageError, match="is none"):
        StateAtCut(*settings)


def test_the_search_depends_on_its_seed_alone():
    model = suspect(recall_task(14))
    one, again, other = (REFUTER(model, Search(seed=seed)) for seed in (0, 0, 1))
    assert one.inputs == again.inputs != other.inputs


def test_what_does_not_read_in_one_pass_is_not_taken():
    task = TASKS["recall"]
    two_sum = make_task("2-sum", {"n": 6, "modulus": 12})
    for model, message in (
        (suspect(task, network(task, "gpt2")), "Gpt2 has a state of unknown size"),
        (Computing(task, program_for(task)), "it takes networks on token ids"),
        (suspect(make_task("acausal-k-hop", {"n": 12, "k": 1, "alphabet": "9"})), "no family whose first part"),
        (suspect(make_task("induction-heads", {"n": 50, "alphabet": "3"})), "asks for 1 of the bits before"),
        (suspect(make_task("k-hop", {"n": 50, "k": 3})), "of one hop"),
    ):
        with pytest.raises(NotTaken, match=message):
            REFUTER.take(model)
    assert REFUTER.take(suspect(two_sum))


def test_whole_numbers_are_not_rounded():
    with pytest.raises(UsageError, match=r"holds whole numbers, which are not rounded\. Leave out bits"):
        REFUTER(table_machine(6, 6), Search(bits=3))


def test_bits_in_all_are_those_of_the_formats_where_they_differ():
    machine = table_machine(16, 15)
    found = REFUTER(machine)
    (part, other) = found.carried
    assert part == other and (len(part.numbers), part.bits, part.size) == (16, 8, 8 + 15)
    assert part.of_each == "up to 8 bits"
    assert of_json(as_json(found)).carried == found.carried


@pytest.mark.parametrize("bits", [1, 2, 8])
def test_a_rounded_state_fits_into_the_bits_that_are_said(bits):
    found = levels(torch.linspace(-2.0, 2.0, 1001, dtype=torch.float64)[None], bits, 2.0)
    assert (int(found.min()), int(found.max())) == (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
