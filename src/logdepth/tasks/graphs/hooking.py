"""What the tasks share whose solutions grow forests of pointers: the ways in which trees unite."""

from dataclasses import dataclass

from logdepth.tasks.graphs.graph_task import GraphTask
from logdepth.tasks.way import check_way, way_parameter

WAYS = {
    "narrow": "rounds of five layers of three heads, with the smallest scores: float32 carries the most vertices",
    "middle": "rounds of three layers of three heads",
    "shallow": "rounds of two layers of six heads",
}
"""How trees of pointers unite: `solutions` has a program for each."""


@dataclass(frozen=True)
class HookingTask(GraphTask):
    """A task on a graph whose solutions unite trees of pointers, in one of three ways."""

    way: str = way_parameter(WAYS)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_way(self.name, self.way, WAYS)
