"""Connectivity."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from logdepth.tasks.graphs.components import component_labels
from logdepth.tasks.graphs.graph import Graph
from logdepth.tasks.graphs.graph_task import on_every_row
from logdepth.tasks.graphs.hooking import HookingTask
from logdepth.tasks.parameters import Size
from logdepth.tasks.prompts import TEMPLATES, Template
from logdepth.theory import Claims, graphs
from logdepth.theory.local_messages import tell_cycles_apart
from logdepth.theory.one_versus_two_cycles import mpc_needs_log_rounds, transformers_need_log_depth
from logdepth.theory.threshold_circuits import constant_depth_is_not_enough


@dataclass(frozen=True)
class Connectivity(HookingTask):
    """Every row outputs whether the whole graph is connected."""

    name: ClassVar[str] = "connectivity"
    summary: ClassVar[str] = "whether the graph is connected"
    defined_by: ClassVar[str] = "len(set(components(vertices, edges))) == 1"
    asks: ClassVar[Template] = TEMPLATES["connectivity"]
    small: ClassVar[Size] = {"n": 8}
    corner_sizes: ClassVar[tuple[Size, ...]] = tuple(
        {"n": n, "way": way} for way in ("middle", "shallow") for n in (1, 5)
    )
    loops_count: ClassVar[bool] = False
    repeats_count: ClassVar[bool] = False

    @property
    def outputs(self) -> dict[str, int]:
        return {"connected": 1}

    def solve(self, instance: Graph) -> np.ndarray:
        return on_every_row(self, instance, int(component_labels(instance).max() == 1))

    def present(self, answer: np.ndarray, instance: Graph) -> Any:
        """True or False."""
        return bool(answer[-1])

    @property
    def theory(self) -> Claims:
        n = self.n
        return (
            graphs.transformer_in_log_diameter(n, source=graphs.COMPONENTS),
            transformers_need_log_depth(n),
            constant_depth_is_not_enough(),
            graphs.one_layer_needs_linear_size(n),
            graphs.graph_questions_in_bounded_memory(n, self.edges, taken=max(0, 2 * n - 4)),
            graphs.message_passing(n),
            tell_cycles_apart(n),
            graphs.mpc_in_log_diameter(n),
            mpc_needs_log_rounds(n),
        )
