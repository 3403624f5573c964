"""One attention layer refuted: the figures of docs/refuters.md, from networks that are trained here on what they fail.

python benchmarks/refuters.py          # about two minutes on one core
"""

from time import perf_counter

import numpy as np
import torch
from torch.nn import functional

from logdepth import make_task
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.refuters import Counterexample, Search, TokenNetwork, check, encoding_of
from logdepth.refuters.averaging_head import ONE_AVERAGING_HEAD, ProjectedHead
from logdepth.refuters.index_families import family_of
from logdepth.refuters.one_attention_layer import ONE_ATTENTION_LAYER
from logdepth.refuters.packing import Packing
from logdepth.verification.mutations import accepted_mutations

BATCH, RATE, STEPS = 64, 3e-3, 1500


def train(task, steps=STEPS, width=8, heads=1, seed=0):
    """A GPT-2 of one layer on random questions of the task's INDEX family, and its accuracy on 2,048 new ones."""
    family, encoding = family_of(task), encoding_of(task)
    names, length = len(encoding.names), len(encoding.ids(family.instance(np.zeros(family.bits), 0)))
    shape = Gpt2Shape(names, positions=length, depth=1, heads=heads, width=width, classes=names, dropout=0.0)
    network = Gpt2(shape, torch.Generator().manual_seed(seed))
    class_of = {answer: each for each, answer in encoding.meaning.items()}
    classes = torch.tensor([class_of[value] for value in family.values])
    rng = np.random.default_rng(seed)

    def batch(size):
        f, i = rng.integers(0, 2, (size, family.bits)).astype(bool), rng.integers(0, family.bits, size)
        ids = np.stack([encoding.ids(family.instance(*question)) for question in zip(f, i, strict=True)])
        return torch.as_tensor(ids), classes[f[np.arange(size), i].astype(int)]

    optimiser = torch.optim.AdamW(network.parameters(), RATE)
    for _ in range(steps):
        ids, targets = batch(BATCH)
        loss = functional.cross_entropy(network(ids)[:, -1], targets)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    network.eval()
    ids, targets = batch(2048)
    with torch.no_grad():
        accuracy = (network(ids)[:, -1].argmax(-1) == targets).double().mean().item()
    return TokenNetwork(task, network, encoding, f"gpt2, 1 layer, {heads} head, width {width}"), accuracy


def search(suspect, bits, seconds=10.0):
    begun = perf_counter()
    found = ONE_ATTENTION_LAYER(suspect, Search(bits=bits, seconds=seconds))
    return found, perf_counter() - begun


def say(what, found, seconds):
    if not isinstance(found, Counterexample):
        tried = ", ".join(f"{attempt.count:,} {attempt.what}" for attempt in found.attempts)
        print(f"{what}: not refuted in {seconds:.2f} s; {found.carried_bits} bits are carried; tried: {tried}")
        return
    kind = "equal sums" if found.indistinguishable else "near sums"
    terms = f"{found.bottleneck.bits}-bit terms" if found.bottleneck else "no bottleneck"
    fails = " and ".join(["the network"] * found.refutes_model + ["the rounded one"] * found.refutes_rounded)
    print(f"{what}: {kind} of {terms} in {seconds:.2f} s; wrong: {fails}")


def main():
    torch.set_num_threads(1)
    print(f"One layer of GPT-2, width 8, trained for {STEPS:,} steps of {BATCH}\n")
    kept = None
    for bits in (24, 48):
        suspect, accuracy = train(make_task("induction-heads", n=2 * bits + 1, alphabet="3"))
        found, seconds = search(suspect, 8)
        say(f"INDEX in induction heads, T = {bits}, accuracy {accuracy:.3f}", found, seconds)
        kept = kept or (found, suspect)
    for bits in (12, 24, 48):
        suspect, accuracy = train(make_task("3-sum", n=bits + 2, modulus=6 * bits + 8))
        say(f"Match3, T = {bits}, M = {6 * bits + 8}, accuracy {accuracy:.3f}", *search(suspect, None))
    print("\nA solver that packs T bits into G numbers, with p-bit terms\n")
    for bits, groups, each in ((8, 1, 8), (16, 2, 8), (24, 3, 8), (16, 2, 7), (16, 2, 6), (24, 2, 8)):
        packing = Packing(make_task("induction-heads", n=2 * bits + 1, alphabet="3"), groups)
        enough = "≥" if groups * each >= bits else "<"
        say(f"G p = {groups} · {each} {enough} T = {bits}", *search(packing, each))
    print("\nA head that averages q rows, known by its query of m numbers of 2 bits\n")
    for q, width in ((6, 12), (10, 4), (12, 4), (16, 6)):
        head = ProjectedHead(make_task("sparse-averaging", n=2 * q + 1, q=q, high=1), width)
        begun = perf_counter()
        averaged = ONE_AVERAGING_HEAD(head, Search(bits=2))
        verdict = "two sets of one query" if isinstance(averaged, Counterexample) else "not refuted"
        print(f"q = {q}, m p = {2 * width}: {verdict} in {perf_counter() - begun:.2f} s")
    found, suspect = kept
    check(found, suspect)
    begun, accepted = perf_counter(), list(accepted_mutations(found, suspect, 1000))
    print(f"\n1,000 certificates with one value changed: {len(accepted)} accepted, {perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
