"""Recurrent networks that are trained on recall, and refuted or not: a minute or two on one core.

Run: python benchmarks/refute_recurrent.py
"""

import numpy as np
import torch
from torch.nn import functional

from logdepth import make_task
from logdepth.networks import Gpt2Shape, Recurrent
from logdepth.refuters import Counterexample, Search, TokenNetwork, encoding_of, prefix_family_of, refute

CASES = (("gru", 8, 32, 1, 4000), ("gru", 16, 16, 1, 1500), ("lstm", 24, 16, 2, 1000))  # kind, T, width, layers, steps
BATCH, PEAK, TESTED = 128, 5e-3, 4096


def main() -> None:
    for kind, bits, width, depth, steps in CASES:
        task = make_task("recall", {"n": bits, "keys": bits, "values": 2})
        network, accuracy = trained(task, kind, width, depth, steps)
        words = network.state_words(2 * bits)
        print(f"{kind.upper()}, T = {bits}, width {width}, {depth} layers: accuracy {accuracy:.3f}, {words} numbers")
        suspect = TokenNetwork(task, network, encoding_of(task), f"{kind}, width {width}")
        report("as it is", refute(suspect))
        for rounding in (1, 2, 3, 4):
            report(f"its state in {rounding} bits a number", refute(suspect, Search(bits=rounding)))


def trained(task, kind: str, width: int, depth: int, steps: int):
    """A network trained on random first parts and questions, and its accuracy on fresh ones."""
    encoding, family, rng = encoding_of(task), prefix_family_of(task), np.random.default_rng(0)
    shape = Gpt2Shape(len(encoding.names), task.rows, depth, 1, width, classes=len(encoding.names), dropout=0.0)
    network = Recurrent(shape, kind, torch.Generator().manual_seed(0))
    optimiser = torch.optim.Adam(network.parameters(), lr=PEAK)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)

    def draw(size: int):
        parts = rng.integers(0, 2, (size, family.bits)).astype(bool)
        asked = rng.integers(0, family.bits, size)
        ids = np.stack([encoding.ids(family.instance(*each)) for each in zip(parts, asked, strict=True)])
        classes = [family.right(*each) - 1 for each in zip(parts, asked, strict=True)]  # class of letter t: t - 1
        return torch.as_tensor(ids), torch.tensor(classes)

    for _ in range(steps):
        ids, right = draw(BATCH)
        optimiser.zero_grad()
        functional.cross_entropy(network(ids)[:, -1], right).backward()
        optimiser.step()
        schedule.step()
    ids, right = draw(TESTED)
    with torch.no_grad():
        return network.eval(), float((network(ids)[:, -1].argmax(-1) == right).double().mean())


def report(what: str, found) -> None:
    verdict = "refuted" if isinstance(found, Counterexample) else "not refuted"
    print(f"  {what}: {verdict}. {found.why}")
    if isinstance(found, Counterexample):
        rounded_answers = found.rounded or ["-"] * len(found.inputs)
        for rows, right, given, rounded in zip(found.inputs, found.exact, found.given, rounded_answers, strict=True):
            print(f"    {' '.join(rows)} -> {given}, rounded {rounded}, right {right}")
    else:
        for attempt in found.attempts:
            print(f"    {attempt.what}: {attempt.count:,}")


if __name__ == "__main__":
    main()
