"""What a walk through the rooms plans, it plans once, and before an engine runs; and pages draw without running."""

import importlib
import importlib.util
import sys
from pathlib import Path

import pytest

from logdepth import RawProtocol, Table, compile_program, compile_protocol, compile_task, make_task
from logdepth.pages.page import model_page, routing_page
from logdepth.solutions.graphs.cycle_protocol import cycle_protocol
from logdepth.traces import trace_model, trace_protocol_model

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "walks.py"

PLANNED = {
    "file → mpc → answer": ["layout of a graph"],
    "file → mpc --program → answer": ["protocol of a program", "ways to deal out a program's rows"],
    "GPT-2 checkpoint → simulate, with its page": ["protocol of a transformer"],
    "compiled model → page": ["protocol of a transformer"],
}


@pytest.fixture(scope="module")
def walks():
    spec = importlib.util.spec_from_file_location("walks", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["walks"] = module  # for its dataclass
    spec.loader.exec_module(module)
    return module


def test_every_planner_that_is_counted_is_there(walks):
    for name in walks.PLANNERS:
        module, function = name.rsplit(".", 1)
        assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.parametrize("title", PLANNED)
def test_a_walk_plans_once_before_the_engine_runs(walks, title, tmp_path):
    walk = walks.walked(walks.WALKS[title](tmp_path))
    assert {walks.PLANNERS[name]: times for name, times in walk.planned.items()} == dict.fromkeys(PLANNED[title], 1)
    assert walk.ran and walk.late == 0


def models():
    table = Table("own", rows=9)
    table.output("y", table.pull(table.input("x", high=9), table.index))
    yield pytest.param(lambda: trace_model(compile_task(make_task("k-hop", n=20, k=4))), model_page, id="task")
    yield pytest.param(lambda: trace_model(compile_program(table.program())), model_page, id="program")
    raw: RawProtocol = cycle_protocol(6)
    yield pytest.param(lambda: trace_protocol_model(raw, compile_protocol(raw)), routing_page, id="protocol")


@pytest.mark.parametrize(("trace", "draw"), list(models()))
def test_a_page_draws_a_trace_and_runs_nothing(walks, trace, draw):
    ready = trace()
    drawn = walks.walked(lambda: draw(ready))
    entered = {function for _, _, _, function in drawn.calls}
    assert not drawn.ran and not drawn.planned
    assert entered.isdisjoint({"evaluate", "interpret", "carry_out", "run_locally", "trace_transformer", "prepare"})
    assert {into for _, _, into, _ in drawn.calls} <= {"artefacts", "traces", "transformer", "programs", "solutions"}
