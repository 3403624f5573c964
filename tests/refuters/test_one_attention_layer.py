"""One attention layer: Bob's answer is the network's, what is found stands by itself, a good solver is not refuted."""

from itertools import product

import numpy as np
import pytest
import torch

from logdepth import Table, compile_program, make_task
from logdepth.networks import Gpt2, Gpt2Shape, Performer
from logdepth.numerics.errors import UsageError
from logdepth.refuters import Computing, Counterexample, NotRefuted, NotTaken, Search, TokenNetwork, check, encoding_of
from logdepth.refuters.one_attention_layer import ONE_ATTENTION_LAYER, refute
from logdepth.refuters.packing import Packing
from logdepth.refuters.partial_sums import PartialSums, exact_terms, finish_sums, open_suspect, terms_of

HEADS = make_task("induction-heads", n=33, alphabet="3")
TASKS = [HEADS, make_task("acausal-k-hop", n=20, k=1, alphabet="12"), make_task("3-sum", n=14, modulus=80)]


def shape(task, depth=1, heads=2):
    names = encoding_of(task).names
    return Gpt2Shape(len(names), positions=task.n, depth=depth, heads=heads, width=8, classes=len(names))


def random_network(task, seed=0, make=Gpt2, **sizes):
    network = make(shape(task, **sizes), generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        for weight in network.parameters():
            weight.mul_(20 if weight.ndim == 2 else 1)  # fresh weights are small, and attention would be even
    return TokenNetwork(task, network, encoding_of(task), f"gpt2 {seed}")


def one_layer_program(task):
    """A compiled transformer of one layer, which says the letter before."""
    table = Table("letter before", rows=task.n, causal=True)
    table.output("answer", table.shift(table.input("token", high=3), 1, name="before"))
    return Computing(task, compile_program(table.program()).transformer, "the letter before")


def rows_of(suspect, f, i):
    family = open_suspect(suspect).family
    return np.stack([suspect.rows(family.instance(*question)) for question in zip(f, i, strict=True)])


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_bob_answers_as_the_network_from_the_sums_alone(task):
    """To rounding in float64, where both are computed: the sums are those of softmax, in another order."""
    suspect = random_network(task)
    network = suspect.network.double()
    opened = open_suspect(suspect)
    exact, shift = exact_terms(opened)
    rng = np.random.default_rng(0)
    f, i = rng.integers(0, 2, (20, opened.family.bits)).astype(bool), rng.integers(0, opened.family.bits, 20)
    sums = np.stack(
        [
            exact[bits[opened.sharing.owner[opened.sharing.alices]].astype(int), np.arange(opened.family.bits)].sum(
                axis=0
            )
            for bits in f
        ]
    )
    rows = rows_of(suspect, f, i)
    heard = []
    opened.layer.finish = lambda rows, mixed: heard.append(mixed)
    finish_sums(opened, sums, shift, rows_of(suspect, np.zeros_like(f), i))
    _, cache = network.run_with_cache(torch.as_tensor(rows[..., 0]))
    assert np.abs(heard[0] - cache.outputs[0][:, :, -1].detach().numpy()).max() < 1e-13


@pytest.mark.parametrize("bits", [6, 8, None])
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_network_that_was_never_trained_is_refuted(task, bits):
    suspect = random_network(task)
    found = ONE_ATTENTION_LAYER(suspect, Search(bits=bits))
    assert isinstance(found, Counterexample) and found.refutes_model
    check(found, suspect)
    assert found.wrong(suspect)
    assert len(found.carried[0].numbers) == 2 * (4 + 1)


def test_equal_sums_are_equal_to_the_bit_and_lead_to_one_answer():
    suspect = random_network(HEADS)
    found = ONE_ATTENTION_LAYER(suspect)
    assert found.indistinguishable and found.carried[0] == found.carried[1]
    assert found.rounded[0] == found.rounded[1] and found.exact[0] != found.exact[1]
    assert found.refutes_rounded
    assert (
        f"a whole number of {found.bottleneck.bits} bits times a step" in found.form
        and "16 tokens that hold the bits" in found.form
    )


def test_the_search_depends_on_its_seed_alone():
    suspect = random_network(HEADS)
    one, again = (ONE_ATTENTION_LAYER(suspect, Search(seed=3, seconds=60)) for _ in range(2))
    assert one.inputs == again.inputs


@pytest.mark.parametrize(("bits", "groups"), [(4, 1), (6, 2), (8, 2)])
def test_packing_is_right_on_all_of_its_family(bits, groups):
    packing = Packing(make_task("induction-heads", n=2 * bits + 1, alphabet="3"), groups)
    family = open_suspect(packing).family
    for f in product([False, True], repeat=bits):
        instances = [family.instance(f, i) for i in range(bits)]
        assert [answer[-1] for answer in packing.answers(instances)] == [family.right(f, i) for i in range(bits)]


@pytest.mark.parametrize(("bits", "refuted"), [(4, False), (3, True), (2, True)])
def test_packing_holds_as_many_bits_as_its_terms_and_no_more(bits, refuted):
    packing = Packing(make_task("induction-heads", n=17, alphabet="3"), groups=2)  # 8 bits in 2 numbers
    found = ONE_ATTENTION_LAYER(packing, Search(bits=bits))
    assert isinstance(found, Counterexample) == refuted
    if refuted:
        assert found.refutes_rounded and not found.refutes_model
    else:
        assert found.needed_bits == 8 and found.carried_bits >= 8
        assert f"f compared by their sums of {bits}-bit terms" in {attempt.what for attempt in found.attempts}
        assert found.attempts[0].count == 2**8


def test_a_compiled_transformer_of_one_layer_is_opened():
    suspect = one_layer_program(HEADS)
    found = ONE_ATTENTION_LAYER(suspect)
    assert isinstance(found, Counterexample) and found.refutes_model
    opened, rng = open_suspect(suspect), np.random.default_rng(0)
    f, i = rng.integers(0, 2, (5, 16)).astype(bool), np.arange(5)
    sums = PartialSums(20).sums(opened, f)
    for bits, asked, carried in zip(f, i, sums, strict=True):
        instance = opened.family.instance(bits, asked)
        assert PartialSums(20).carried(suspect, instance).numbers == tuple(carried)
        assert suspect.answer(instance)[-1] == 1 + bits[-1]


@pytest.mark.slow  # to import transformers takes longer than the test
def test_a_gpt2_of_hugging_face_is_opened():
    transformers = pytest.importorskip("transformers")
    config = transformers.GPT2Config(**(shape(HEADS).to_hugging_face() | {"architectures": ["GPT2LMHeadModel"]}))
    torch.manual_seed(0)
    suspect = TokenNetwork(HEADS, transformers.GPT2LMHeadModel(config), encoding_of(HEADS), "of Hugging Face")
    found = ONE_ATTENTION_LAYER(suspect)
    assert isinstance(found, Counterexample)
    check(found, suspect)


class Other(torch.nn.Module):
    def forward(self, ids):
        return torch.zeros(*ids.shape, 4)


@pytest.mark.parametrize(
    ("suspect", "message"),
    [
        (lambda: random_network(HEADS, depth=2), "it has 2 attention layers, and the theorem is about one"),
        (lambda: random_network(HEADS, make=lambda shape, generator: Performer(shape, 4, generator)), "no softmax"),
        (lambda: Computing(HEADS, compile_program_of_two_layers()), "it has 2 attention layers"),
        (lambda: of_other_columns("letter", 3, 33), "its columns are letter -> answer, and induction-heads has token"),
        (lambda: of_other_columns("token", 2, 33), "and this induction-heads has 33 of"),
        (lambda: of_other_columns("token", 3, 20), "it takes 20 rows of {'token': 3}"),
        (lambda: TokenNetwork(HEADS, Other(), encoding_of(HEADS), "mine"), "no other attention can be opened"),
        (lambda: TokenNetwork(CYCLES, Other(), encoding_of(CYCLES), "mine"), "no other attention can be opened"),
        (lambda: random_network(make_task("2-sum", n=9, modulus=20)), "the query depends on what is asked"),
    ],
)
def test_a_model_that_the_theorem_is_not_about_is_refused_in_one_line(suspect, message):
    with pytest.raises(NotTaken, match=message):
        ONE_ATTENTION_LAYER(suspect())


CYCLES = make_task("cycle-check", n=6)


def of_other_columns(name, high, rows):
    table = Table("letter before", rows=rows, causal=True)
    table.output("answer", table.shift(table.input(name, high=high), 1, name="before"))
    return Computing(HEADS, compile_program(table.program()))


def compile_program_of_two_layers():
    from logdepth import compile_task

    return compile_task(HEADS).transformer


def test_a_budget_that_is_too_small_is_an_error():
    with pytest.raises(UsageError, match=r"1e-06 seconds were over before the first question\. Raise seconds"):
        ONE_ATTENTION_LAYER(random_network(HEADS), Search(seconds=1e-6))


class DependsOnTheBatch(Packing):
    """It is wrong where it is asked about more than two instances at once."""

    def answers(self, instances):
        return [answer + (len(instances) > 2) for answer in super().answers(instances)]


def test_a_model_that_is_right_when_asked_alone_is_not_refuted():
    suspect = DependsOnTheBatch(make_task("induction-heads", n=17, alphabet="3"), groups=2)
    assert isinstance(ONE_ATTENTION_LAYER(suspect), NotRefuted)


def test_one_bit_leaves_none_beside_the_sign():
    with pytest.raises(UsageError, match=r"from 2 to 32 bits; got 1\. Change bits"):
        ONE_ATTENTION_LAYER(random_network(HEADS), Search(bits=1))


def test_what_was_tried_in_vain_is_told():
    packing = Packing(make_task("induction-heads", n=17, alphabet="3"), groups=2)
    found = refute(open_suspect(packing), Search())
    assert isinstance(found, NotRefuted)
    assert "that model is refuted" in found.why  # its 3-bit version
    assert sum(attempt.count for attempt in found.attempts) > 256


def test_a_layer_that_does_not_give_the_answers_is_not_taken():
    """A rounding of a layer that the model does not use would be no rounding of the model."""
    task = make_task("induction-heads", n=33, alphabet="3")
    shape = Gpt2Shape(vocabulary=4, positions=33, depth=1, heads=1, width=8, classes=4, dropout=0.0)
    network = Gpt2(shape, torch.Generator().manual_seed(0))

    def right(_, inputs, __):
        (ids,) = inputs
        asked = (ids[:, :-1:2] == 2).int().argmax(1, keepdim=True)
        return torch.nn.functional.one_hot(ids[:, 1::2].gather(1, asked)[:, 0], 4).float()

    assert ONE_ATTENTION_LAYER.take(TokenNetwork(task, network, encoding_of(task), "gpt2")).numbers == 9
    network.register_forward_hook(right)
    with pytest.raises(NotTaken, match="something else computes its answers"):
        ONE_ATTENTION_LAYER(TokenNetwork(task, network, encoding_of(task), "gpt2"), Search(bits=4))


@pytest.mark.parametrize("bits", [2, 5, 8])
@pytest.mark.parametrize("make", [random_network, lambda task: Packing(task, 2)], ids=["signed", "unsigned"])
def test_terms_and_sums_fit_into_the_bits_that_are_said(make, bits):
    """A sign takes one of them. All of a packing's tokens weigh the same, so that one sum is the greatest of all."""
    opened = open_suspect(make(HEADS))
    rounded, every = terms_of(opened, bits), np.ones((1, opened.family.bits), dtype=bool)
    least = rounded.terms.min(axis=(0, 1))
    assert (np.where(least < 0, 2 ** (bits - 1), 2**bits) > np.abs(rounded.terms).max(axis=(0, 1))).all()
    size = PartialSums(bits).sum_bits(opened) - int(least.min() < 0)
    sums = [PartialSums(bits).sums(opened, f) for f in (every, ~every)]
    assert np.abs(sums).max() < 2**size
