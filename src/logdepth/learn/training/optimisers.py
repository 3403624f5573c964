"""Optimisers, and the one schedule of learning rates: linear warm-up, then linear decay to 0."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer


def fraction_of_rate(step: int, warmup: int, steps: int) -> float:
    """Which part of the learning rate step 0, 1, … takes: t / warmup up to 1, then linearly down to 0 at `steps`.

    Step 0 has rate 0 if there is a warm-up, as in the published runs.
    """
    return step / warmup if step < warmup else (steps - step) / (steps - warmup)


class Muon(Optimizer):
    """Momentum whose update of every matrix has its singular values set to about 1: all directions move equally fast.

    lr: root mean square of an update's entries is 0.2 lr, about that of AdamW, so that one scale of rates serves both.
    fused: into how many matrices of one shape a parameter parts along its longer axis (query, key, value of GPT-2: 3).
    Sources: Jordan et al. 2024 (Newton–Schulz with their coefficients); Liu et al., arXiv 2502.16982 (the scale).
    """

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
        fused: Callable[[nn.Parameter], int] = lambda parameter: 1,
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self.fused = fused

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]  # no closure, no loss
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if not state:
                    state["momentum"] = torch.zeros_like(parameter)
                gradient, average = parameter.grad, state["momentum"]
                average.lerp_(gradient, 1 - group["momentum"])
                update = self.orthogonal(parameter, gradient.lerp(average, group["momentum"]))  # Nesterov's
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(update, alpha=-group["lr"])

    def orthogonal(self, parameter: nn.Parameter, update: Tensor) -> Tensor:
        axis = int(update.shape[1] > update.shape[0])
        parts = torch.stack(update.chunk(self.fused(parameter), dim=axis))
        scale = 0.2 * max(parts.shape[1:]) ** 0.5
        return torch.cat(list(orthogonalise(parts)), dim=axis) * scale


def orthogonalise(matrices: Tensor) -> Tensor:
    """U Vᵀ of every matrix U S Vᵀ, but for singular values between about 0.7 and 1.2; (B, rows, columns).

    Five steps of a quintic Newton–Schulz iteration. Source: Jordan et al. 2024, "Muon".
    """
    wide = matrices.shape[1] <= matrices.shape[2]
    x = matrices if wide else matrices.mT
    x = x / (torch.linalg.matrix_norm(x, keepdim=True) + 1e-7)
    for _ in range(5):
        gram = x @ x.mT
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x if wide else x.mT


def optimisers_of(
    network: nn.Module, name: str, rate: float, matrix_rate: float, beta2: float, weight_decay: float
) -> list[Optimizer]:
    """The optimisers of a network's parameters.

    "adamw": AdamW at `rate` for all. "muon": Muon at `matrix_rate` for the matrices of its layers, AdamW for the rest.
    """
    parameters = dict(network.named_parameters())
    matrices = (
        {key: value for key, value in parameters.items() if is_layer_matrix(key, value)} if name == "muon" else {}
    )
    rest = [value for key, value in parameters.items() if key not in matrices]
    found: list[Optimizer] = [AdamW(rest, lr=rate, betas=(0.9, beta2), weight_decay=weight_decay, fused=True)]
    if matrices:
        fused = {id(value) for key, value in matrices.items() if "attn.c_attn" in key}
        found.append(
            Muon(
                matrices.values(),
                lr=matrix_rate,
                weight_decay=weight_decay,
                fused=lambda parameter: 3 if id(parameter) in fused else 1,
            )
        )
    return found


def moments_of(optimiser: Optimizer) -> dict[str, Tensor]:
    """What an optimiser keeps after a step by name, "INDEX.KEY", as tensors of the right shape and kind."""
    found = {}
    for index, parameter in enumerate(optimiser.param_groups[0]["params"]):
        if isinstance(optimiser, Muon):
            found[f"{index}.momentum"] = parameter
        else:
            found |= {f"{index}.exp_avg": parameter, f"{index}.exp_avg_sq": parameter}
            found[f"{index}.step"] = torch.zeros((), dtype=torch.float32)
    return found


def is_layer_matrix(name: str, parameter: nn.Parameter) -> bool:
    """Whether this is a matrix from activations to activations, neither an embedding nor the readout."""
    return parameter.ndim == 2 and not name.startswith(("wte", "wpe", "embedding", "head"))
