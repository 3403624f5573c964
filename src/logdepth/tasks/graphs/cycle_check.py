"""Cycle check."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from logdepth.tasks.graphs.components import count_components
from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_task import on_every_row
from logdepth.tasks.graphs.hooking import HookingTask
from logdepth.tasks.parameters import Size
from logdepth.tasks.prompts import TEMPLATES, Template
from logdepth.theory import Claims, graphs
from logdepth.theory.local_messages import tell_cycle_from_path
from logdepth.theory.one_versus_two_cycles import mpc_needs_log_rounds, transformers_need_log_depth


@dataclass(frozen=True)
class CycleCheck(HookingTask):
    """Every row outputs whether the graph has a cycle."""

    name: ClassVar[str] = "cycle-check"
    summary: ClassVar[str] = "whether the graph has a cycle"
    defined_by: ClassVar[str] = "len(edges) > len(vertices) - len(set(components(vertices, edges)))"
    asks: ClassVar[Template] = TEMPLATES["cycle-check"]
    small: ClassVar[Size] = {"n": 8}
    corner_sizes: ClassVar[tuple[Size, ...]] = tuple(
        {"n": n, "way": way} for way in ("middle", "shallow") for n in (1, 5)
    )

    @property
    def outputs(self) -> dict[str, int]:
        return {"cyclic": 1}

    def solve(self, instance: Graph) -> np.ndarray:
        """A forest has as many edges as vertices less components; any edge more closes a cycle."""
        return on_every_row(self, instance, int(len(instance.edges) > instance.vertices - count_components(instance)))

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """True or False."""
        return bool(answer[-1])

    @property
    def theory(self) -> Claims:
        n, harder = self.n, "One cycle less an edge has no cycle; two cycles less an edge still have one."
        forest = "A graph is a forest if its edges and its components together are as many as its vertices."
        return (
            graphs.cycle_check_in_log_depth(n),
            transformers_need_log_depth(n, note=harder),
            graphs.one_layer_needs_linear_size(n),
            tell_cycle_from_path(n),
            graphs.graph_questions_in_bounded_memory(n, self.edges, taken=n),
            graphs.mpc_in_log_rounds(n, note=forest),
            mpc_needs_log_rounds(n, note=harder),
        )
