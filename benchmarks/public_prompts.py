"""Prompts that the public generator of GraphQA writes, read and answered here; its answers beside ours.

    git clone https://github.com/google-research/talk-like-a-graph
    python benchmarks/public_prompts.py talk-like-a-graph [GRAPHS]

GRAPHS of each of its seven generators (4), in each encoding that does not raise, with each of ten questions. Every
second prompt has two examples before it, one of them with its chain of thought, and the beginning of another behind it.
Self-loops of `sfn` are taken out. Lists of nodes are compared as sets, and those in another order counted.
"""

import sys
from collections import Counter
from importlib import import_module

from logdepth.numerics.errors import UsageError
from logdepth.tasks import GRAPHQA, make_task
from logdepth.tasks.prompts import PHRASINGS

QUESTIONS = {
    "cycle-check": "CycleCheck",
    "edge-existence": "EdgeExistence",
    "node-count": "NodeCount",
    "edge-count": "EdgeCount",
    "node-degree": "NodeDegree",
    "connected-nodes": "ConnectedNodes",
    "disconnected-nodes": "DisconnectedNodes",
    "reachability": "Reachability",
    "shortest-path": "ShortestPath",
    "triangle-count": "TriangleCounting",
}
ENCODINGS = [name for name in PHRASINGS if name != "expert"]  # which raises there
SEED = 1234
BEFORE, BEHIND = "Example: ", "Let's think step by step. "
BAG = "Let's construct the graph with the nodes and edges first.\n"


def embellish(prompt: str, examples: list[str]) -> str:
    """The prompt as the public few-shot prompts are put together."""
    before = "".join(f"{BEFORE}{example}\n" for example in examples)
    return before + BEFORE + prompt.replace("\nQ: ", f"\n{BAG}Q: ") + BEHIND


def judge(name: str, encoding: str, prompt: str, answer: str) -> str:
    """right, order, wrong, or what is refused."""
    task = make_task(name)
    try:
        instance = task.instance_of(prompt)
    except UsageError as error:
        return str(error)
    said = task.in_words(task.solve(instance), instance)
    if instance.prompt.phrasing.name != encoding:
        return f"read as {instance.prompt.phrasing.name}, not {encoding}"
    if said.strip() == answer.strip():
        return "right"
    lists = [sorted(text.strip(". ").split(", ")) for text in (said, answer)]
    return "order" if name.endswith("-nodes") and lists[0] == lists[1] else f"{said!r}, not {answer!r}"


def main(folder: str, count: int) -> None:
    sys.path.insert(0, folder)
    tasks, generators = (import_module(f"talk_like_a_graph.{name}") for name in ("graph_tasks", "graph_generators"))
    found: Counter[str] = Counter()
    for generator in GRAPHQA:
        graphs = generators.generate_graphs(count, generator, False, SEED)
        for graph in graphs:
            graph.remove_edges_from([(u, v) for u, v in graph.edges if u == v])
        for encoding in ENCODINGS:
            for name, kind in QUESTIONS.items():
                public = getattr(tasks, kind)()
                examples = [public.create_few_shot_example(graphs[0], encoding, cot) for cot in (True, False)]
                rows = public.prepare_examples_dict(graphs, [generator] * count, encoding)
                for number, row in rows.items():
                    prompt = embellish(row["question"], examples) if number % 2 else row["question"]
                    found[judge(name, encoding, prompt, row["answer"])] += 1
    right, order = found.pop("right", 0), found.pop("order", 0)
    print(f"{right + order + found.total():,} prompts: {right + order:,} right, {order:,} of them in another order")
    for what, times in found.most_common(10):
        print(f"{times:,} times: {what}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 4)
