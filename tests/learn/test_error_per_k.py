"""Evaluation: errors are counted as a plain loop counts them, and the published figures come out again."""

import ast
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch

from logdepth.learn.evaluation.evaluate import PROCEDURES, SOLVED, Evaluation, evaluate, find_procedure, solved_up_to
from logdepth.learn.evaluation.rates import Rate
from logdepth.learn.samplers import KHop
from logdepth.learn.samplers.sampler import mix
from logdepth.learn.trained.models import Answering, Trained, read_answering
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.numerics.errors import UsageError
from logdepth.tasks.sequences.k_hop import hop

CORRECTED = PROCEDURES["corrected"]


@dataclass(frozen=True, eq=False)
class Shortsighted(Answering):
    """Knows every hop up to `reach`, and takes the last one it knows for the rest; keeps what it was asked, and how."""

    reach: int
    asked: list
    dropouts: set = field(default_factory=set)

    @property
    def architecture(self):
        return "shortsighted"

    @property
    def sizes(self):
        return {"depth": 1, "heads": 1, "width": 1}

    def answers(self, inputs, dropout=False):
        self.asked.append(inputs)
        self.dropouts.add(dropout)
        letters, k = inputs[:, 1:] - len(self.sampler.groups), inputs[:, 0] + self.sampler.groups.start
        return self.sampler.ask(letters, k.clamp(max=self.reach)).targets


def shortsighted(reach=2, **parameters):
    return Shortsighted(Path("."), KHop(**{"n": 30, "most_hops": 4, "letters": 3, **parameters}), reach, [])


def test_errors_are_those_of_a_plain_loop():
    model = shortsighted()
    found = evaluate(model, CORRECTED, sequences=70, seed=5)
    assert [len(ids) for ids in model.asked[:2]] == [50, 20]
    for k in range(5):
        wrong = answered = wrong_anywhere = anywhere = 0
        for ids in torch.cat(model.asked[2 * k : 2 * k + 2]):
            letters = ids[1:].numpy() - 5 + 1
            truth, given = hop(letters, k), hop(letters, min(k, 2))
            answered += (truth > 0).sum()
            wrong += ((truth > 0) & (truth != given)).sum()
            anywhere += 1 + len(truth)  # with the blank
            wrong_anywhere += (truth != given).sum()
        assert (found.answered[k].wrong, found.answered[k].counted) == (wrong, answered)
        assert (found.everywhere[k].wrong, found.everywhere[k].counted) == (wrong_anywhere, anywhere)
    assert found.answered[2].wrong == 0 < found.answered[3].wrong
    assert found.threshold.k == found.threshold.high == 2


def test_the_same_seed_asks_the_same_and_another_does_not():
    first, again, other = shortsighted(), shortsighted(), shortsighted()
    assert evaluate(first, CORRECTED, 9, seed=1) == evaluate(again, CORRECTED, 9, seed=1)
    evaluate(other, CORRECTED, 9, seed=2)
    assert torch.equal(torch.cat(first.asked), torch.cat(again.asked))
    assert not torch.equal(torch.cat(first.asked), torch.cat(other.asked))


def test_evaluation_leaves_the_random_state_alone():
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    evaluate(shortsighted(), CORRECTED, 3)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize(("procedure", "dropout", "sequences"), [("corrected", False, 300), ("published", True, 100)])
def test_only_the_published_procedure_keeps_dropout(procedure, dropout, sequences):
    model = shortsighted(n=6, most_hops=1)
    assert evaluate(model, PROCEDURES[procedure]).sequences == sequences
    assert model.dropouts == {dropout}


def test_dropout_is_that_of_training_and_ends_with_the_question():
    sampler = KHop(n=14, most_hops=2, letters=3)
    shape = Gpt2Shape(sampler.vocabulary, 14, depth=2, heads=2, width=12, dropout=0.5)
    network = Gpt2(shape, torch.Generator().manual_seed(0))
    model = Trained(Path("."), sampler, network.eval())
    inputs = sampler.draw(20, torch.Generator().manual_seed(0)).inputs
    torch.manual_seed(3)
    expected = network.train()(inputs).argmax(-1)
    torch.manual_seed(3)
    assert torch.equal(model.answers(inputs, dropout=True), expected)
    assert torch.equal(model.answers(inputs), network.eval()(inputs).argmax(-1))
    assert not torch.equal(model.answers(inputs), expected)


def test_json_tells_errors_and_intervals_by_k_and_null_where_nobody_is_asked():
    found = evaluate(shortsighted(n=5, most_hops=6), CORRECTED, sequences=4).as_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["protocol"] == "corrected"
    assert found["sequences"] == 4
    assert found["errors"].keys() == found["intervals"].keys() == {str(k) for k in range(7)}
    assert found["errors"]["0"] == 0
    assert found["errors"]["6"] is None  # three letters do not hop six times
    assert found["intervals"]["6"] == [0, 1]


@pytest.mark.parametrize(
    ("errors", "k"),
    [
        ({0: 0.9, 1: 0.0, 2: 0.01, 3: 0.5, 4: 0.0}, 2),  # k = 0 is no hop, and what comes after a gap does not count
        ({1: SOLVED, 2: 0.0}, 0),
        ({1: 0.0, 2: None}, 1),
        ({5: 0.0}, 5),
        ({}, 0),
    ],
)
def test_the_threshold_is_the_end_of_the_solved(errors, k):
    assert solved_up_to(errors) == k


def test_the_ends_of_the_intervals_tell_how_sure_the_threshold_is():
    rates = {1: Rate(0, 9, 0.0, 0.01), 2: Rate(1, 99, 0.005, 0.05), 3: Rate(9, 90, 0.01, 0.2), 4: Rate(5, 9, 0.4, 0.7)}
    threshold = Evaluation("corrected", 3, 0, rates, rates).threshold
    assert (threshold.low, threshold.k, threshold.high) == (1, 2, 3)


def test_unknown_procedures_and_no_sequences_are_refused():
    with pytest.raises(UsageError, match=r"there is no procedure 'corected'\. Did you mean 'corrected'"):
        find_procedure("corected")
    with pytest.raises(UsageError, match="at least one sequence; got 0"):
        evaluate(shortsighted(), CORRECTED, 0)


# --- the published figures ---


def published_errors(published, depth):
    errors = json.loads((published / "errors.json").read_text())
    cells = {ast.literal_eval(key): value for key, value in errors.items()}
    return {k: cells[((depth, 4, -1), k)] for k in range(17)}


@pytest.mark.slow
@pytest.mark.parametrize("depth", [3, 4])
def test_the_published_figures_come_out_again(published, depth):
    """Measured on 40 sequences, those on 100: a difference has √1.4 times the standard error of the one on fewer."""
    found = evaluate(read_answering(published / f"width4-depth{depth}"), PROCEDURES["published"], sequences=40)
    deviations = [
        (found.answered[k].value - error) / (1.4**0.5 * found.answered[k].standard_error)
        for k, error in published_errors(published, depth).items()
    ]
    assert max(map(abs, deviations)) < 3
    assert sum(deviation**2 for deviation in deviations) / 17 < 2  # about 1


def test_without_dropout_the_published_models_are_better(published):
    model = read_answering(published / "width4-depth3")
    as_published, corrected = (evaluate(model, PROCEDURES[name], sequences=10) for name in ("published", "corrected"))
    assert corrected.answered[4].high < as_published.answered[4].low
    assert corrected.threshold.k == 3
    assert as_published.threshold.k == 2


@pytest.mark.parametrize("seed", [0, 1])
def test_no_training_step_of_the_same_seed_draws_a_sequence_that_is_asked(seed, small):
    plan = small(n=34, most_hops=8, letters=4, width=32, batch=64, seed=seed)
    model = Shortsighted(Path("."), plan.sampler, 2, [])
    evaluate(model, CORRECTED, seed=seed)
    asked = {tuple(ids[1:].tolist()) for batch in model.asked for ids in batch}
    steps = (plan.sampler.batch(64, mix(seed), step).inputs for step in range(100))
    assert not asked & {tuple(ids[1:].tolist()) for batch in steps for ids in batch}
