"""Message passing sees as far as it has layers: an answer that lies farther is wrong somewhere, whatever the width."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from logdepth.networks import MessagePassing, MessagePassingShape
from logdepth.refuters.alike_nearby import FAMILIES, AlikeNearby
from logdepth.refuters.certificate import register_bottleneck
from logdepth.refuters.conviction import convict
from logdepth.refuters.graph_network import GraphNetwork, graph_network
from logdepth.refuters.refutation import Attempt, Carried, NotRefuted, Refutation
from logdepth.refuters.refuter import Example, Refuter, Search
from logdepth.refuters.suspect import NotTaken, OtherKind, Suspect
from logdepth.tasks import Graph, make_task

NAME = "message-passing"


@register_bottleneck
@dataclass(frozen=True)
class StateOfVertex:
    """What one vertex knows after the last layer. It answers from nothing else."""

    name: ClassVar[str] = "state of a vertex"

    vertex: int

    @property
    def answers_at(self) -> int:
        """The entry of the answer that follows from this state."""
        return self.vertex - 1

    def form(self, suspect: Suspect) -> str:
        network = opened(suspect)
        return (
            f"All that vertex {self.vertex} knows after {network.layers} layers of messages, as the network computes"
            " it; nothing was rounded."
        )

    def carried(self, suspect: Suspect, instance: Any) -> Carried:
        network = opened(suspect)
        network.check_vertex(instance, self.vertex)
        state = network.state(instance, self.vertex)
        return Carried(tuple(state.double().tolist()), 8 * state.dtype.itemsize)

    def beyond(self, suspect: Suspect, instance: Any) -> list[int]:
        return []

    def answer(self, suspect: Suspect, carried: Carried, beyond: list[int]) -> int | float:
        network = opened(suspect)
        return network.read(torch.tensor(carried.numbers, dtype=torch.float64))


def opened(suspect: Suspect) -> GraphNetwork:
    """Errors: NotTaken for another model, and for a task of which no two such instances are known."""
    if not isinstance(suspect, GraphNetwork):
        raise OtherKind("it takes networks that pass messages along the edges of a graph.")
    if type(suspect.task) not in FAMILIES:
        known = ", ".join(task.name for task in FAMILIES)
        raise NotTaken(f"it is about {known}, not about {suspect.task.name}.")
    return suspect


def refute(network: GraphNetwork, search: Search) -> Refutation:
    """Two instances that the vertex cannot tell apart: its state is the same, so one of its answers is wrong.

    Errors: NotTaken for a network whose vertex does tell them apart, and so sees farther than its layers.
    """
    pair = FAMILIES[type(network.task)](network.task, network.layers)
    if pair is None:
        return out_of_room(network)
    check_reach(network, pair)
    return convict(
        network,
        pair.instances,
        f"Both look the same to {of_rows(pair)} {pair.vertex} within {network.layers} edges, and its right answers"
        " differ.",
        refuter=NAME,
        entry=pair.vertex - 1,
        bottleneck=StateOfVertex(pair.vertex),
    )


def of_rows(pair: AlikeNearby) -> str:
    return "vertex" if isinstance(pair.instances[0], Graph) else "token"


def check_reach(network: GraphNetwork, pair: AlikeNearby) -> None:
    first, second = (network.state(instance, pair.vertex) for instance in pair.instances)
    if not torch.equal(first, second):
        raise NotTaken(
            f"{network.label} tells apart two graphs that are the same within {network.layers} edges of vertex"
            f" {pair.vertex}: it sees farther, as by a readout of the whole graph. The theorem is about answers at a"
            " vertex."
        )


def out_of_room(network: GraphNetwork) -> NotRefuted:
    task, layers = network.task, network.layers
    return NotRefuted(
        refuter=NAME,
        model=network.name,
        task=task,
        attempts=[
            Attempt(f"two instances of {task.name} with n up to {task.n} that are the same within {layers} edges", 0)
        ],
        carried_bits=None,
        needed_bits=None,
        why=f"With {layers} layers a vertex sees so far that no two such instances of this size are known. A larger"
        " task may have some.",
    )


def examples() -> Iterable[Example]:
    for name, parameters, depth, refuted in (
        ("connectivity", {"n": 16}, 3, True),
        ("connectivity", {"n": 15}, 3, False),
        ("components", {"n": 12}, 2, True),
        ("1-vs-2-cycle", {"n": 6}, 0, True),
        ("cycle-check", {"n": 9}, 3, True),
        ("cycle-check", {"n": 8}, 3, False),
        ("k-hop", {"n": 40, "k": 4, "alphabet": "3"}, 5, True),
        ("induction-heads", {"n": 9, "alphabet": "3"}, 5, True),
    ):
        task = make_task(name, parameters)
        shape = MessagePassingShape(
            vertices=task.n, depth=depth, width=8, classes=max(task.outputs.values()) + 1, labels=9
        )
        network = MessagePassing(shape, torch.Generator().manual_seed(depth))
        yield Example(graph_network(task, network), refuted=refuted)


MESSAGE_PASSING = Refuter(
    name=NAME,
    models="networks that pass messages along the edges of a graph and answer at every vertex",
    claim_model="GNN / CONGEST",
    tasks=tuple(FAMILIES),
    theorem="After L layers a vertex knows nothing of what lies farther than L edges away. So, at any width and"
    " precision, it cannot tell one cycle of 4L + 4 vertices from two of half as many, nor a cycle of 2L + 3 vertices"
    " from the same less an edge.",
    proof="by induction over the layers, as for LOCAL algorithms (Linial 1992)",
    take=opened,
    refute=refute,
    examples=examples,
)
