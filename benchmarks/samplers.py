"""The sampler of k-hop against a generator written one token at a time, side by side: batches of 32, N = 100, k <= 16.

python benchmarks/samplers.py
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
import torch

from logdepth.learn.samplers import SAMPLERS, KHop, make_sampler

BATCH, LENGTH, HOPS, LETTERS = 32, 100, 16, "abcd"


def reference_batch(rng: np.random.RandomState) -> tuple[torch.Tensor, torch.Tensor]:
    """One batch as the published study draws it: strings, letter by letter, and all hops up to 16 by searching."""
    ids = {letter: HOPS + 1 + i for i, letter in enumerate(LETTERS)}
    none, blank = HOPS + 1 + len(LETTERS), HOPS + 2 + len(LETTERS)
    inputs, targets = [], []
    for _ in range(BATCH):
        text = ""
        for _ in range(LENGTH):
            text += rng.choice([letter for letter in LETTERS if letter != text[-1:]])
        places = [list(range(LENGTH))]
        for _ in range(HOPS + 1):
            found = []
            for place in places[-1]:
                before = text.rfind(text[place], 0, place) if place >= 0 else -1
                found.append(before + 1 if before >= 0 else -1)
            places.append(found)
        k = rng.randint(0, HOPS + 1)
        answers = [ids[text[place]] if place >= 0 else none for place in places[k]]
        inputs.append([k, *(ids[letter] for letter in text[:-2])])
        targets.append([blank, *answers[:-2]])
    return torch.tensor(inputs), torch.tensor(targets)


def agree(inputs: torch.Tensor, targets: torch.Tensor) -> bool:
    """Whether our answers to these inputs are the same."""
    ours = KHop().ask(inputs[:, 1:] - HOPS - 1, inputs[:, 0])
    return torch.equal(ours.inputs, inputs) and torch.equal(ours.targets, targets)


def main() -> None:
    rng, sampler = np.random.RandomState(0), KHop(n=LENGTH, most_hops=HOPS)
    slow, fast = [], []
    same = 0
    for turn in range(20):  # by turns, so that a busy machine is busy for both
        start = perf_counter()
        inputs, targets = reference_batch(rng)
        slow.append(perf_counter() - start)
        same += agree(inputs, targets)
        start = perf_counter()
        for step in range(10):
            sampler.batch(BATCH, turn, step)
        fast.append((perf_counter() - start) / 10)
    one, other = float(np.median(slow)), float(np.median(fast))
    print(f"answers equal on {same} of {len(slow)} batches of the reference")
    print(f"reference {1e3 * one:.1f} ms a batch, ours {1e3 * other:.3f} ms: {one / other:.0f} times faster")
    for name in SAMPLERS:
        start = perf_counter()
        for step in range(20):
            make_sampler(name).batch(BATCH, 0, step)
        print(f"{name}: {1e3 * (perf_counter() - start) / 20:.2f} ms a batch of {BATCH}")


if __name__ == "__main__":
    main()
