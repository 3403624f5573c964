"""Graphs in words: text to graph and back on 10,000 prompts of every encoding of GraphQA, and how fast.

    python benchmarks/prompts.py [PROMPTS]

Graphs come from all seven generators, questions from all templates. For every prompt: the text that is read is written
again, and has to be the same text; the graph that is written is read again, and has to be the same graph, question
and capacities. The same for questions of several steps about people.
"""

import sys
from time import perf_counter

import numpy as np

from logdepth.tasks import GRAPHQA, draw_graphqa
from logdepth.tasks.prompts import (
    MOST_CAPACITY,
    PEOPLE,
    PHRASINGS,
    PROFESSION,
    PROFESSIONS,
    RELATIONS,
    TEMPLATES,
    Fact,
    KinPrompt,
    Prompt,
    read_kin,
    read_prompt,
    write_prompt,
)

WORDS = ("golf", "tennis")


def draw_prompt(rng: np.random.Generator, encoding: str, number: int) -> Prompt:
    graph = draw_graphqa(rng, list(GRAPHQA)[number % len(GRAPHQA)])
    template = list(TEMPLATES.values())[number % len(TEMPLATES)]
    order = rng.permutation(len(graph.edges))
    edges = [(int(u), int(v)) if rng.random() < 0.5 else (int(v), int(u)) for u, v in graph.edges[order]]
    asked = (rng.permutation(graph.vertices)[: template.vertices] + 1).tolist()
    words = WORDS[: len(template.fields) - template.vertices]
    capacities = rng.integers(1, MOST_CAPACITY + 1, len(edges)).tolist() if template.name == "max-flow" else None
    likes = {int(v) + 1: WORDS[rng.integers(2)] for v in rng.permutation(graph.vertices)[:3]} if words else {}
    return write_prompt(
        graph.vertices,
        edges,
        encoding,
        template.name,
        [*asked, *words],
        capacities=capacities or None,
        likes=likes,
    )


def draw_kin(rng: np.random.Generator) -> KinPrompt:
    people = [PEOPLE[i] for i in rng.permutation(len(PEOPLE))[: rng.integers(2, 9)]]
    kinds = [*RELATIONS[: rng.integers(1, 7)], PROFESSION]
    facts = [
        Fact(kind, person, str(rng.choice(PROFESSIONS if kind == PROFESSION else people)))
        for person in people
        for kind in kinds
    ]
    steps = [*(str(rng.choice(kinds[:-1])) for _ in range(rng.integers(0, 4))), str(rng.choice(kinds))]
    return KinPrompt(tuple(facts[i] for i in rng.permutation(len(facts))), people[0], tuple(steps))


def line(name: str, prompts: list, read) -> None:
    started = perf_counter()
    same_text = same_value = 0
    for prompt in prompts:
        text = prompt.text
        found = read(text)
        same_text += found.text == text
        same_value += found == prompt
    microseconds = 1e6 * (perf_counter() - started) / len(prompts)
    print(f"| {name} | {len(prompts):,} | {same_text:,} | {same_value:,} | {microseconds:.0f} |", flush=True)


def main(count: int) -> None:
    print("| encoding | prompts | text the same | graph and question the same | µs a prompt, there and back |")
    print("|---|---|---|---|---|")
    for encoding in PHRASINGS:
        rng = np.random.default_rng(0)
        line(encoding, [draw_prompt(rng, encoding, number) for number in range(count)], read_prompt)
    rng = np.random.default_rng(0)
    line("several steps", [draw_kin(rng) for _ in range(count)], read_kin)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
