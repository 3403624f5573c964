"""A training step of the published setting against the published loop, side by side: depth 4, N = 100, batch 32.

The reference is Hugging Face's GPT-2 with eager attention, torch's AdamW as it comes, sequences drawn one letter at a
time, and a batch of evaluation every 10 steps, as at github.com/chsanford/hop-induction-heads.

python benchmarks/training_step.py [--device cuda] [--compile]
"""

from __future__ import annotations

import argparse
from time import perf_counter

import numpy as np
import torch
from samplers import reference_batch
from torch.nn.functional import cross_entropy
from transformers import GPT2Config, GPT2Model

from logdepth.learn.plans.presets import plans_of
from logdepth.learn.training.train import Training

TURNS, STEPS = 8, 10  # by turns, so that a busy machine is busy for both


class Reference:
    """The published loop."""

    def __init__(self, device: torch.device) -> None:
        config = GPT2Config(
            vocab_size=30,
            n_positions=100,
            n_embd=128,
            n_layer=4,
            n_head=4,
            use_cache=False,
            attn_implementation="eager",
        )
        self.device = device
        self.network = GPT2Model(config).to(device).train()
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=1e-4)
        self.rng = np.random.RandomState(0)

    def step(self, number: int) -> None:
        inputs, targets = (part.to(self.device) for part in reference_batch(self.rng))
        logits = self.network(inputs).last_hidden_state
        loss = cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))
        error = (logits.argmax(dim=-1) != targets).float().mean()
        loss.item(), error.item()
        self.network.zero_grad()
        loss.backward()
        self.optimiser.step()
        if number % 10 == 0:
            inputs, targets = (part.to(self.device) for part in reference_batch(self.rng))
            logits = self.network(inputs).last_hidden_state
            cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1)).item()
            for k in range(17):
                ((logits.argmax(dim=-1) != targets).float() * (inputs[:, :1] == k)).sum().item()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--compile", action="store_true")
    chosen = parser.parse_args()
    device = torch.device(chosen.device)
    contestants: dict[str, Reference | Training] = {"reference": Reference(device)}
    for precision in ("float32", "bfloat16"):
        changes = {"depth": 4, "precision": precision, "compile": int(chosen.compile)}
        (plan,) = plans_of("khop-paper", changes).values()
        contestants[f"ours, {precision}"] = Training(plan, device)
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(-1, TURNS):
        for name, contestant in contestants.items():
            start = perf_counter()
            for step in range(STEPS):
                contestant.step(step) if isinstance(contestant, Reference) else contestant.step()
            if isinstance(contestant, Training):
                contestant.row(0.0, 0.0)  # a row of metrics every 10 steps; it waits for the device
            if turn >= 0:  # the first turn warms up
                times[name].append((perf_counter() - start) / STEPS)
    print(f"{torch.get_num_threads()} threads, {device}{', compiled' * chosen.compile}")
    for name, taken in times.items():
        ratio = np.median(np.array(times["reference"]) / np.array(taken))
        print(f"{name}: {1e3 * float(np.median(taken)):.1f} ms a step, {ratio:.2f} times as fast as the reference")


if __name__ == "__main__":
    main()
