"""What a network of constant depth learns of two problems beyond TC⁰, size by size.

python benchmarks/beyond_constant_depth.py [--steps 1500] [--depth 2] [--width 64]

One network for each task and depth is trained on all sizes at once, with fresh questions at every step, and measured on
500 questions of every size that it was not trained on. An error of 0.5 is that of a coin; on
grammars one answer is commoner, and always giving it errs on 0.20 to 0.38. This shows what was learned,
and proves nothing: a network that fails may be trained too little.
"""

import argparse
from time import process_time

import torch
from torch.nn.functional import cross_entropy

from logdepth.learn.samplers import EmptyProductions, LinearEqualities, Sampler, generator_of, unseen
from logdepth.networks import Gpt2, Gpt2Shape

MEASURED = 500


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--depth", type=int, default=2)
    parser.add_argument("--width", type=int, default=64)
    given = parser.parse_args()
    torch.set_num_threads(1)
    for sampler in (LinearEqualities(n=6), EmptyProductions(n=8)):
        began = process_time()
        network = trained(sampler, given.steps, given.depth, given.width)
        errors = [f"{size}: {error(network, sampler, size):.2f}" for size in sampler.groups]
        sizes = f"{given.depth} layers of width {given.width}, {given.steps:,} steps"
        print(
            f"{sampler.name}, {sizes} ({process_time() - began:.0f} s of CPU). Error by size: {', '.join(errors)}",
            flush=True,
        )


def trained(sampler: Sampler, steps: int, depth: int, width: int) -> Gpt2:
    shape = Gpt2Shape(
        vocabulary=sampler.vocabulary,
        positions=sampler.length,
        depth=depth,
        heads=4,
        width=width,
        classes=sampler.classes,
        dropout=0.0,
    )
    network = Gpt2(shape, torch.Generator().manual_seed(0))
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.01)
    falling = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, total_iters=steps)
    for step in range(steps):
        batch = sampler.batch(64, 0, step)
        loss = cross_entropy(network(batch.inputs)[:, -1], batch.targets[:, -1])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        falling.step()
    return network.eval()


@torch.no_grad()
def error(network: Gpt2, sampler: Sampler, size: int) -> float:
    """The share of wrong answers among yes and no."""
    batch = sampler.draw(MEASURED, generator_of(unseen(0), size), size)
    found = network(batch.inputs)[:, -1, -2:].argmax(1) + sampler.classes - 2
    return float((found != batch.targets[:, -1]).float().mean())


if __name__ == "__main__":
    main()
