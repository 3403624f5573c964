"""Test-suite settings: the same examples on every run, and one torch thread per worker; the published checkpoints."""

import gc
import math
import os
import pickle
import resource
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

# Two workers on two cores: more threads only fight. Torch reads this when a test, or a command it starts, imports it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Some forty tests start commands, and each would compile the package again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

settings.register_profile("deterministic", derandomize=True, deadline=None, database=None)
settings.load_profile("deterministic")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected lives to the end: no collection of garbage looks through it, now or later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(700, 10, 100)  # what tests keep is looked through ten times less often
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First the tests that build the site: workers share out the last tests, and each of them would build it."""
    items.sort(key=lambda item: item.path.parent.name != "website")


@pytest.fixture(scope="session", autouse=True)
def no_time_limit() -> None:
    """What a verification counts does not depend on how fast the machine is that runs the tests."""
    from logdepth.verification import budget

    budget.SECONDS = math.inf


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of the checkpoints that were published with arXiv 2402.09268; without it a test is skipped.

    LOGDEPTH_PUBLISHED names it; otherwise it is looked for beside the repository.
    """
    beside = Path(__file__).parents[2] / "shared" / "data" / "hop-induction-heads"
    folder = Path(os.environ.get("LOGDEPTH_PUBLISHED", beside))
    if not folder.is_dir():
        pytest.skip("the published checkpoints are not here")
    return folder


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Members of a sweep are trained at once in this process; a plan and its outcome are pickled on the way.

    A process of its own, which has to import torch, takes seconds: few tests need one.
    """
    import torch

    from logdepth.learn.sweeps import sweep as sweeping

    @contextmanager
    def at_once(workers: int) -> Iterator[Callable[[sweeping.Member], sweeping.Started]]:
        def start(member: sweeping.Member) -> sweeping.Started:
            found = pickle.dumps(sweeping.train_member(pickle.loads(pickle.dumps(member)), lambda: False))
            return sweeping.Started(lambda: True, lambda: pickle.loads(found), lambda: None)

        yield start

    threads = torch.get_num_threads()
    monkeypatch.setitem(sweeping.ENGINES, "local", at_once)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file may grow beyond 10,000 bytes: the system answers as on a full disk, with another word for it."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
