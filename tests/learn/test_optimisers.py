"""Optimisers against their definitions: schedule, orthogonalised updates, and which settings reach which parameters."""

import pytest
import torch
from torch import nn

from logdepth.learn.plans.build import network_of
from logdepth.learn.training.optimisers import Muon, fraction_of_rate, optimisers_of, orthogonalise


@pytest.mark.parametrize(("warmup", "steps"), [(0, 10), (1, 10), (5, 40), (9, 10), (1000, 3000)])
def test_the_schedule_is_the_published_one(warmup, steps):
    """The study's: Hugging Face's linear warm-up and linear decay."""
    transformers = pytest.importorskip("transformers")
    optimiser = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    theirs = transformers.get_linear_schedule_with_warmup(optimiser, warmup, steps)
    for step in range(steps):
        assert fraction_of_rate(step, warmup, steps) == pytest.approx(theirs.get_last_lr()[0], abs=1e-12)
        optimiser.step()
        theirs.step()


@pytest.mark.parametrize("shape", [(8, 8), (8, 24), (24, 8), (64, 64)])
def test_orthogonalised_matrices_have_singular_values_near_one_and_the_same_singular_vectors(shape):
    """Between about 0.7 and 1.2, as its docstring says, for singular values that differ by a factor of 20."""
    generator = torch.Generator().manual_seed(0)
    u, _, vt = torch.linalg.svd(torch.randn(5, *shape, generator=generator), full_matrices=False)
    spread = torch.linspace(1, 20, min(shape)).expand(5, -1)
    found = orthogonalise(u * spread[:, None] @ vt)
    values = (u.mT @ found @ vt.mT).diagonal(dim1=1, dim2=2)
    assert values.min() > 0.65 and values.max() < 1.25
    assert torch.allclose(found, u * values[:, None] @ vt, atol=1e-4)


def test_an_update_of_muon_has_the_scale_of_adamw():
    weight = nn.Parameter(torch.zeros(32, 128))
    weight.grad = torch.randn(32, 128, generator=torch.Generator().manual_seed(0))
    Muon([weight], lr=1.0).step()
    assert weight.square().mean().sqrt().item() == pytest.approx(0.2, rel=0.2)


def test_muon_takes_query_key_and_value_apart():
    """One fused matrix moves as three matrices of their own do, momentum and decay included."""
    generator = torch.Generator().manual_seed(1)
    whole = nn.Parameter(torch.randn(8, 24, generator=generator))
    parts = [nn.Parameter(part.clone()) for part in whole.detach().chunk(3, dim=1)]
    ours, theirs = Muon([whole], lr=0.1, weight_decay=0.5, fused=lambda _: 3), Muon(parts, lr=0.1, weight_decay=0.5)
    plain = nn.Parameter(whole.detach().clone())
    unfused = Muon([plain], lr=0.1, weight_decay=0.5)
    for scale in (1.0, 100.0):
        whole.grad = torch.randn(8, 24, generator=generator) * torch.tensor([1.0, scale, 7.0]).repeat_interleave(8)
        plain.grad = whole.grad.clone()
        for part, gradient in zip(parts, whole.grad.chunk(3, dim=1), strict=True):
            part.grad = gradient.clone()
        for optimiser in (ours, theirs, unfused):
            optimiser.step()
    assert torch.allclose(whole, torch.cat(parts, dim=1), atol=1e-6)
    assert not torch.allclose(whole, plain, atol=1e-2)


def test_every_parameter_has_one_optimiser_with_the_recipes_settings(small):
    network = network_of(small(depth=2))
    for name, kinds in (("adamw", ["AdamW"]), ("muon", ["AdamW", "Muon"])):
        found = optimisers_of(network, name, rate=3e-4, matrix_rate=0.02, beta2=0.5, weight_decay=0.25)
        assert [type(optimiser).__name__ for optimiser in found] == kinds
        held = [id(each) for optimiser in found for group in optimiser.param_groups for each in group["params"]]
        assert sorted(held) == sorted(map(id, network.parameters()))
        assert all(group["weight_decay"] == 0.25 for optimiser in found for group in optimiser.param_groups)
        (group,) = found[0].param_groups
        assert (group["lr"], group["betas"]) == (3e-4, (0.9, 0.5))
    (group,) = found[1].param_groups
    assert group["lr"] == 0.02
    names = {id(value): key for key, value in network.named_parameters()}
    parts = {names[id(each)].split(".", 2)[2]: found[1].fused(each) for each in group["params"]}
    assert parts == {"attn.c_attn.weight": 3, "attn.c_proj.weight": 1, "mlp.c_fc.weight": 1, "mlp.c_proj.weight": 1}
