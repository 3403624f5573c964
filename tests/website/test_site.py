"""The site, built: no warning, every link leads somewhere, nothing comes from a network, and all is near the front.

Built here are all pages, but of the API two rooms, and one arrow and one refuter; tasks are measured where they are
small. `make docs` builds the rest.
"""

from functools import cache
from html.parser import HTMLParser
from os.path import normpath
from pathlib import Path
from urllib.parse import unquote

import pytest

pytest.importorskip("furo", reason="the site is built with the extra: pip install '.[docs]'")
pytest.importorskip("myst_parser", reason="the site is built with the extra: pip install '.[docs]'")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]

LOADS = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src"}


class Page(HTMLParser):
    """What a page links to, what it loads, and its anchors."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.anchors |= {found["id"]} if found.get("id") else set()
        if tag == "a" and found.get("href"):
            self.links.append(found["href"] or "")
        if tag in LOADS and found.get(LOADS[tag]):
            self.loads.append(found[LOADS[tag]] or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import website.api
    import website.tasks
    import website.theorems
    from website.build import build

    folder = tmp_path_factory.mktemp("built") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(website.api, "rooms", lambda: ("artefacts", "programs"))
        patch.setattr(website.tasks, "LARGEST", 16)
        for kind, name in (("ARROWS", "program-to-transformer"), ("REFUTERS", "message-passing")):
            patch.setattr(website.theorems, kind, {name: getattr(website.theorems, kind)[name]})
        assert build(folder, workers="1") == 0, "a warning; it stands above"
    return folder


@cache
def page(path: Path) -> Page:
    return Page(path)


def written(site: Path) -> list[Path]:
    """The pages of the site itself."""
    return sorted(path for path in site.rglob("*.html") if path.parent.name != "explorers")


@cache
def target(link: str, origin: Path) -> tuple[Path, str]:
    path, _, anchor = link.partition("#")
    return (Path(normpath(origin.parent / unquote(path))) if path else origin), unquote(anchor)


def is_elsewhere(link: str) -> bool:
    return link.startswith(("http://", "https://", "mailto:"))


def test_every_link_leads_to_a_page_and_to_an_anchor_that_it_has(site: Path) -> None:
    for origin in written(site):
        for link in page(origin).links:
            if is_elsewhere(link):
                continue
            found, anchor = target(link, origin)
            assert found.is_file(), f"{origin.name} links to {link}"
            assert not anchor or found.suffix != ".html" or anchor in page(found).anchors, f"{origin.name}: {link}"


def test_a_page_loads_nothing_from_a_network(site: Path) -> None:
    for origin in written(site):
        for load in page(origin).loads:
            if not load.startswith("data:"):
                assert not is_elsewhere(load) and not load.startswith("//"), f"{origin.name} loads {load}"
                assert target(load.partition("?")[0], origin)[0].exists(), f"{origin.name} loads {load}"


@pytest.fixture(scope="module")
def near(site: Path) -> set[tuple[Path, str]]:
    """Where one click from the front page leads, and two."""
    one = targets_of(site / "index.html")
    return one.union(*(targets_of(path) for path in {path for path, _ in one if path.suffix == ".html"}))


def targets_of(origin: Path) -> set[tuple[Path, str]]:
    return {target(link, origin) for link in page(origin).links if not is_elsewhere(link)}


@pytest.mark.parametrize(
    "wanted",
    [
        "tutorial.html",
        "theorems.html",
        "explorers.html",
        "tracr-rasp-alta.html",
        "changelog.html",
        "extending.html",
        "api/programs.html#logdepth.programs.Table",
        "api/artefacts.html#logdepth.artefacts.Model",
        "tasks/k-hop.html",
    ],
)
def test_it_is_at_most_two_clicks_from_the_front_page(site: Path, near: set[tuple[Path, str]], wanted: str) -> None:
    assert target(wanted, site / "index.html") in near


def test_the_front_page_has_the_install_line_and_a_program(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    assert "pip<span" in text or "pip install ." in text
    assert "compile_program" in text


def test_the_explorers_are_on_the_site(site: Path) -> None:
    assert len([load for load in page(site / "explorers.html").loads if load.startswith("explorers/")]) == 3


def test_the_search_works_from_a_disk(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "explore")
    from chromium import PROGRAM, Browser

    if PROGRAM is None:
        pytest.skip("needs Chromium, which runs the search")
    browser = Browser()
    browser.open(site / "search.html", "?q=components")
    browser.wait("document.querySelector('#search-results h2')?.textContent === 'Search Results'")
    found = browser.ask("[...document.querySelectorAll('#search-results li a')].map(one => one.getAttribute('href'))")
    errors = browser.errors()
    browser.close()
    assert any(link.startswith("tasks/components.html") for link in found) and errors == []
