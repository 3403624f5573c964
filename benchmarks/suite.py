"""Where the tests spend their CPU time: by file and by test function, children included; collection by itself.

    python benchmarks/suite.py [--every 16] [--top 30] [WHAT PYTEST TAKES]

CPU time says more than wall time does where other work is going on. every: of the parameters of a test, and of the
tests, one in so many, the same on every run; all tests of one parameter stay together.
"""

import argparse
import resource
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.remove(str(Path(__file__).parent))  # circuits.py here would hide the folder circuits of the tests


def cpu() -> float:
    """Seconds of this process and of those children that have ended."""
    uses = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


class Watch:
    """A plugin of pytest that counts the seconds of every test with its fixtures."""

    def __init__(self, every: int) -> None:
        self.every, self.collection, self.seconds = every, 0.0, Counter[str]()

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Iterator[None]:
        before = cpu()
        result = yield
        self.collection = cpu() - before
        return result

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if zlib.crc32(parameters_of(item).encode()) % self.every == 0]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        before = cpu()
        result = yield
        self.seconds[item.nodeid] += cpu() - before
        return result


def parameters_of(item: pytest.Item) -> str:
    found = getattr(item, "callspec", None)
    return found.id if found else item.nodeid


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--top", type=int, default=30, help="lines of each table")
    given, rest = parser.parse_known_args()
    watch = Watch(given.every)
    status = pytest.main(["-q", *rest], plugins=[watch])
    print(f"collection {watch.collection:.1f} s, {len(watch.seconds)} tests {watch.seconds.total():.1f} s of CPU")
    for part in ("::", "["):
        print_table(watch.seconds, part, given.top)
    sys.exit(status)


def print_table(seconds: Counter[str], part: str, top: int) -> None:
    """By what stands before this part of a test's name."""
    found, count = Counter[str](), Counter[str]()
    for name, used in seconds.items():
        found[name.split(part)[0]] += used
        count[name.split(part)[0]] += 1
    print()
    for name, used in found.most_common(top):
        print(f"{used:8.2f} s {count[name]:6} tests  {name}")


if __name__ == "__main__":
    main()
