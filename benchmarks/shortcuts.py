"""How far simple rules come in tasks that are to need more: shares of right answers, on samples not used to fit them.

python benchmarks/shortcuts.py
"""

from __future__ import annotations

import random
from collections import Counter

import networkx as nx
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, one_hot

from logdepth.learn.samplers import Questions, Sampler, make_sampler

GRAPHS = {
    "1-vs-2-cycle": ({"n": 16}, {"n": 32}),
    "connectivity": ({"n": 16}, {"n": 24}, {"n": 32}, {"n": 64}),
}


def threshold(feature: Tensor, answers: Tensor) -> float:
    """How often the best rule "at most v" or "more than v" is right: fitted to the first half, judged on the second.

    feature (S,), answers (S,) of 0 and 1.
    """
    half = len(feature) // 2
    values = feature[:half].unique()
    right = same(feature[:half, None] <= values, answers[:half, None])  # (values,)
    best = torch.maximum(right, 1 - right).argmax()
    share = same(feature[half:] <= values[best], answers[half:]).item()
    return share if right[best] >= 0.5 else 1 - share


def same(rule: Tensor, answers: Tensor) -> Tensor:
    """The share of samples, which are the first axis, where a rule says what is right."""
    return (rule == answers.bool()).double().mean(0)


def logistic(features: Tensor, answers: Tensor) -> float:
    """The same for logistic regression with a small penalty; features (S, F)."""
    features, answers = features.float(), answers.float()
    half = len(features) // 2
    features = (features - features[:half].mean(0)) / features[:half].std(0).clamp(min=1e-3)
    weights = torch.zeros(features.shape[1] + 1, requires_grad=True)
    search = torch.optim.LBFGS([weights], max_iter=30, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        search.zero_grad()
        scores = features[:half] @ weights[:-1] + weights[-1]
        value = binary_cross_entropy_with_logits(scores, answers[:half]) + 1e-3 * weights[:-1].square().sum()
        value.backward()
        return value

    search.step(loss)
    with torch.no_grad():
        scores = features[half:] @ weights[:-1] + weights[-1]
    return same(scores > 0, answers[half:]).item()


def graph_shares(sampler: Sampler, sequences: int, cycles: int) -> dict[str, float]:
    """Shares of right answers to a graph task, by rule; the shortest cycle is looked for in `cycles` sequences only."""
    batch, n = sampler.batch(sequences, seed=0, step=0), sampler.parameters["n"]
    answers = batch.targets[:, -1] - batch.targets[:, -1].min()
    ends = batch.inputs[:, :-1].view(sequences, -1, 2)
    adjacent = torch.zeros(sequences, n, n)
    rows, (one, other) = torch.arange(sequences)[:, None], ends.unbind(2)
    adjacent[rows, one, other] = adjacent[rows, other, one] = 1
    degrees = adjacent.sum(2).sort(1).values  # (S, n)
    walks = adjacent @ adjacent
    triangles = (walks * adjacent).sum((1, 2)) / 6
    pairs = walks * (walks - 1) / 2  # of common neighbours: a 4-cycle has two for each diagonal, one from either end
    squares = (pairs.sum((1, 2)) - pairs.diagonal(dim1=1, dim2=2).sum(1)) / 4
    product = (adjacent * adjacent.sum(2, keepdim=True) * adjacent.sum(1, keepdim=True)).sum((1, 2))
    nearby = torch.stack([triangles, squares, product], dim=1)
    girth = torch.tensor([min(nx.girth(nx.Graph(edges.tolist())), n + 1) for edges in ends[:cycles]])
    shares = {
        "always the same answer": threshold(torch.zeros(sequences), answers),
        "names by place, logistic": logistic(one_hot(batch.inputs[:, :-1]).flatten(1), answers),
        "adjacency, logistic": logistic(adjacent.flatten(1), answers),
        "degrees, logistic": logistic(degrees, answers),
        "largest degree": threshold(degrees[:, -1], answers),
        "number of triangles": threshold(triangles, answers),
        "number of 4-cycles": threshold(squares, answers),
        "length of the shortest cycle": threshold(girth, answers[:cycles]),
        "all of these counts, logistic": logistic(torch.cat([degrees, nearby], dim=1), answers),
    }
    step = (adjacent + torch.eye(n) > 0).float()
    reached = step
    for hops in (1, 2, 3):  # with more, a rule begins to be an algorithm
        more = (reached @ step > 0).float()
        closed = (more.sum(2) == reached.sum(2)).any(1)
        shares[f"a vertex reaches all it can in {hops}"] = threshold(closed.long(), answers)
        reached = more
    return shares


def question_shares(sampler: Questions, sequences: int) -> list[dict[str, float]]:
    """Shares of right answers to questions of 1, 2, … steps, by rule; read from the words."""
    rng = random.Random(0)
    right: dict[int, Counter[str]] = {steps: Counter() for steps in sampler.groups}
    batch = sampler.batch(sequences, seed=0, step=0)
    for inputs, answer, steps in zip(batch.inputs.tolist(), batch.targets[:, -1], batch.group.tolist(), strict=True):
        words = [sampler.tokens[token] for token in inputs]
        facts = [(words[i + 1], words[i + 3], words[i + 5]) for i in range(0, 7 * sampler.facts, 7)]
        professions = {person: job for relation, person, job in facts if relation == "profession"}
        relatives: dict[str, list[str]] = {}
        for relation, person, other in facts:
            if relation != "profession":
                relatives.setdefault(person, []).append(other)
        asked = [word for word in words[7 * sampler.facts :] if word != "_"]
        walker = asked[5]
        for _ in range(steps - 1):
            walker = rng.choice(relatives[walker])
        jobs = list(professions.values())
        told = [other for others in relatives.values() for other in others]
        guesses = {
            "a random profession that is told": rng.choice(jobs),
            "the profession told most often": Counter(jobs).most_common(1)[0][0],
            "that of somebody told of as a relation": professions[rng.choice(told)],
            "that of the person who is asked about": professions[asked[5]],
            "that at the end of the walk, ignoring names of relations": professions[walker],
        }
        for rule, guess in guesses.items():
            right[steps][rule] += guess == sampler.tokens[answer]
    counts = Counter(batch.group.tolist())
    return [{rule: found / counts[steps] for rule, found in rules.items()} for steps, rules in right.items()]


def sum_shares(sampler: Sampler, sequences: int) -> dict[str, float]:
    """Shares of right answers to a sum task, by rule; one number of every sequence is asked about."""
    batch = sampler.batch(sequences, seed=0, step=0)
    n, modulus = sampler.parameters["n"], sampler.vocabulary - 2
    numbers, asked = batch.inputs[:, :n], batch.inputs[:, n]
    answers = batch.targets[:, n] - modulus
    half = sequences // 2
    yes = torch.zeros(modulus).index_add_(0, asked[:half], answers[:half] - 0.5)
    counts = one_hot(numbers, modulus).sum(1)
    twice = (asked[:, None] + 2 * numbers) % modulus == 0
    return {
        "always the same answer": threshold(torch.zeros(sequences), answers),
        "the answer most frequent for this number": same(yes[asked[half:]] > 0, answers[half:]).item(),
        "how often the number is there": threshold((numbers == asked[:, None]).sum(1), answers),
        "how many different numbers there are": threshold((counts > 0).sum(1), answers),
        "the number and twice another make 0": threshold(twice.any(1).long(), answers),
        "the list and the number, logistic": logistic(torch.cat([counts, one_hot(asked, modulus)], dim=1), answers),
    }


def table(title: str, names: list[str], columns: list[dict[str, float]]) -> None:
    wide = max(map(len, columns[0]))
    print(f"\n{title:{wide}}" + "".join(f"{name:>9}" for name in names))
    for rule in columns[0]:
        print(f"{rule:{wide}}" + "".join(f"{shares[rule]:9.2f}" for shares in columns))


def main() -> None:
    for task, settings in GRAPHS.items():
        found = [graph_shares(make_sampler(task, chosen), 8000, 2000) for chosen in settings]
        table(task, [f"n={chosen['n']}" for chosen in settings], found)
    table("questions", [f"{steps} steps" for steps in Questions().groups], question_shares(Questions(), 8000))
    table(
        "sums of 32 numbers",
        ["2-sum", "3-sum"],
        [sum_shares(make_sampler(name), 16_000) for name in ("2-sum", "3-sum")],
    )


if __name__ == "__main__":
    main()
