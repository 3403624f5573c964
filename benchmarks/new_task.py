"""A new task needs no line in the tests: that of docs/extending.md, and all tests that run on every task.

Run: python benchmarks/new_task.py [MORE WORDS FOR PYTEST]
It takes the first blocks of that page as they stand, up to the registration of the solution, and then every test whose
name ends with the name of the task. No test may fail.
"""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path[0] = str(ROOT / "tests")  # in place of this folder, whose files have names of their own

from page_examples import examples  # noqa: E402

TASK = "repeats"


def register_task_of_the_page() -> None:
    page, names = ROOT / "docs" / "extending.md", {"__name__": "extending"}
    for example in examples(page):
        exec(compile("\n" * example.line + example.code, str(page), "exec"), names)
        if "register_solution(" in example.code:
            return
    raise AssertionError(f"{page} registers no solution")


def main(words: list[str]) -> int:
    register_task_of_the_page()
    return int(pytest.main(["-q", "-k", f"{TASK} and not extending", str(ROOT / "tests"), *words]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
