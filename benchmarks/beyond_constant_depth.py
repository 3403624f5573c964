"""What a network of constant depth learns of two problems beyond TC⁰, size by size.

python benchmarks/beyond_constant_depth.py [--steps 1500] [--depth 2] [--width 64] [--out results/beyond-constant-depth]

One network for each task and depth is trained on all sizes at once, with fresh questions at every step, and measured on
500 questions of every size that it was not trained on. An error of 0.5 is that of a coin; on
grammars one answer is commoner, and always giving it errs on 0.20 to 0.38. This shows what was learned,
and proves nothing: a network that fails may be trained too little.
"""

import argparse
import csv
import json
from pathlib import Path
from time import process_time

import torch
from torch.nn.functional import cross_entropy

from logdepth.learn.samplers import EmptyProductions, LinearEqualities, Sampler, generator_of, unseen
from logdepth.networks import Gpt2, Gpt2Shape

MEASURED = 500
FIXED = {"seed": 0, "batch": 64, "heads": 4, "optimiser": "AdamW", "rate": 1e-3, "questions of a size": MEASURED}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--depth", type=int, default=2)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--out", type=Path, help="folder for errors.csv and settings.json")
    given = parser.parse_args()
    torch.set_num_threads(1)
    rows = []
    for sampler in (LinearEqualities(n=6), EmptyProductions(n=8)):
        began = process_time()
        network = trained(sampler, given.steps, given.depth, given.width)
        found = [measure(network, sampler, size) for size in sampler.groups]
        rows += found
        sizes = f"{given.depth} layers of width {given.width}, {given.steps:,} steps"
        errors = ", ".join(f"{row['size']}: {row['error']:.2f} ({row['commoner']:.2f})" for row in found)
        print(
            f"{sampler.name}, {sizes} ({process_time() - began:.0f} s of CPU). Error by size, and in brackets that of"
            f" the commoner answer: {errors}",
            flush=True,
        )
    if given.out is not None:
        write(given.out, rows, {"steps": given.steps, "depth": given.depth, "width": given.width, **FIXED})


def write(folder: Path, rows: list[dict[str, object]], settings: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "errors.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    (folder / "settings.json").write_text(json.dumps(settings, indent=2) + "\n")


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
def measure(network: Gpt2, sampler: Sampler, size: int) -> dict[str, object]:
    """The share of wrong answers among yes and no, and that of always giving the commoner one."""
    batch = sampler.draw(MEASURED, generator_of(unseen(0), size), size)
    found = network(batch.inputs)[:, -1, -2:].argmax(1) + sampler.classes - 2
    targets = batch.targets[:, -1]
    yes = float((targets == sampler.classes - 1).float().mean())
    error = float((found != targets).float().mean())
    return {"task": sampler.name, "size": size, "error": round(error, 4), "commoner": round(min(yes, 1 - yes), 4)}


if __name__ == "__main__":
    main()
