"""The code on the pages of docs/ and in the README runs, and prints what the pages say that it prints.

The convention for a page is in `page_examples`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_examples import Example, examples

from logdepth.arrows.registry import ARROWS
from logdepth.reductions import REDUCTIONS
from logdepth.refuters import REFUTERS
from logdepth.solutions import SOLUTIONS
from logdepth.tasks import TASKS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINKING = [*PAGES, *(ROOT / page for page in ("CHANGELOG.md", "CONTRIBUTING.md", "results/README.md"))]
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)")


def headings(page: Path) -> set[str]:
    """The anchors that a page offers, spelt as in links on code-hosting sites."""
    titles = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.fixture(autouse=True)
def _registries() -> Iterator[None]:
    """What a page registers is gone after it."""
    known = [(registry, set(registry)) for registry in (TASKS, SOLUTIONS, ARROWS, REFUTERS, REDUCTIONS)]
    yield
    for registry, names in known:
        for name in registry.keys() - names:
            del registry[name]


@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)], ids=lambda page: page.name)
def test_the_code_on_a_page_runs_and_prints_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": page.stem}
    for example in examples(page):
        placed = "\n" * example.line + example.code  # so that a traceback names the line of the page
        exec(compile(placed, str(page), "exec"), namespace)
        assert capsys.readouterr().out == example.printed, f"{page.name}, line {example.line}"


@pytest.mark.parametrize("page", LINKING, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    for path, anchor in LINK.findall(page.read_text()):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name} links to {path}, which is not there"
        if anchor:
            assert anchor in headings(target), f"{page.name} links to {path}#{anchor}, and there is no such heading"


def test_a_text_block_belongs_to_the_code_right_before_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1)\n```\n\n```text\n1\n```\n```python\nx = 2\n```\n\nProse.\n\n```text\n3\n```\n")
    assert examples(page) == [Example(1, "print(1)\n", "1\n"), Example(8, "x = 2\n", "")]
