"""T2 on trained networks: machines say what the forward pass says, in the claimed rounds."""

from dataclasses import replace

import pytest
import torch

from logdepth.artefacts import compile_task, write_model
from logdepth.learn.samplers import KHop
from logdepth.learn.trained.models import Trained, read_answering
from logdepth.learn.trained.simulate import as_json, simulate_trained
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.numerics.errors import UsageError
from logdepth.tasks import make_task

AGREEMENT = 1e-9  # T2 in float64: sums of softmax weights are merged in another order
SAMPLER = KHop(n=20, most_hops=4, letters=3)
SHAPE = Gpt2Shape(vocabulary=SAMPLER.vocabulary, positions=20, depth=2, heads=2, width=12)


def trained(tmp_path, shape=SHAPE):
    network = Gpt2(shape, torch.Generator().manual_seed(0))
    for weight in network.parameters():
        weight.data *= 20  # so that logits differ
    return Trained(tmp_path, SAMPLER, network.eval())


@pytest.mark.parametrize("classes", [None, 9])
@pytest.mark.parametrize("memory", [None, 200, 4096])
def test_machines_agree_with_the_forward_pass_within_the_claim(tmp_path, classes, memory):
    model = trained(tmp_path, replace(SHAPE, classes=classes))
    found = list(simulate_trained(model, sequences=3, memory=memory))
    assert len(found) == 3
    for each in found:
        assert each.same
        assert 0 < each.difference <= AGREEMENT
        assert len(set(each.expected)) > 1
        assert each.outcome.run.rounds == each.outcome.claimed.sizes["rounds"]
        assert each.outcome.protocol.machines == each.outcome.claimed.sizes["machines"]
    result = as_json(found)
    assert (result["sequences"], result["answer_correct"]) == (3, True)


def test_another_network_is_noticed(tmp_path, monkeypatch):
    model, other = trained(tmp_path), trained(tmp_path, replace(SHAPE, epsilon=0.5))
    monkeypatch.setattr("logdepth.learn.trained.simulate.deepcopy", lambda network: other.network)
    before = other.network.forward
    monkeypatch.setattr(other.network, "forward", lambda ids: before(ids.flip(-1)))
    result = as_json(list(simulate_trained(model)))
    assert result["answer_correct"] is False
    assert result["largest_difference"] > AGREEMENT


def test_what_is_no_gpt2_is_refused(tmp_path):
    write_model(compile_task(make_task("k-hop", {"n": 8, "k": 2})), tmp_path / "hops")
    with pytest.raises(UsageError, match=r"hops is no GPT-2 \(compiled\): machines run softmax attention"):
        next(simulate_trained(read_answering(tmp_path / "hops")))
    with pytest.raises(UsageError, match=r"machines need at least \d+ words"):
        next(simulate_trained(trained(tmp_path), memory=5))
