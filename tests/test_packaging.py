"""What a package index gets: the source without what tools leave behind, a page that needs no repository."""

import re
from pathlib import Path

import pytest
import yaml
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

import logdepth

ROOT = Path(__file__).parents[1]


def files_of(builder: type, root: Path) -> set[str]:
    """The paths that a distribution built from a folder holds."""
    made = builder(str(root), plugin_manager=PluginManager())
    return {file.distribution_path.replace("\\", "/") for file in made.recurse_included_files()}


@pytest.fixture(scope="module")
def littered(tmp_path_factory) -> Path:
    """A small copy of the project, without git, with what tools and users leave behind in it."""
    root = tmp_path_factory.mktemp("project")
    for name in ("pyproject.toml", "README.md", "LICENSE", "CITATION.cff", "src/logdepth/__init__.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes((ROOT / name).read_bytes())
    for name in LITTER:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("...")
    return root


LITTER = (
    ".venv/bin/python",
    ".mypy_cache/x.json",
    ".ruff_cache/x",
    ".pytest_cache/x",
    ".import_linter_cache/x",
    ".hypothesis/x",
    ".coverage",
    ".env",
    "src/logdepth/__pycache__/__init__.cpython-311.pyc",
    "tests/__pycache__/test_x.pyc",
    "docs/.ruff_cache/x",
    "benchmarks/results/x.csv",
    "runs/khop/state.safetensors",
    "logdepth-demo/hops/report.html",
    "model/model.safetensors",
    "dist/old.tar.gz",
)


@pytest.mark.parametrize("builder", [SdistBuilder, WheelBuilder])
def test_what_tools_and_users_leave_behind_is_not_distributed(littered, builder):
    assert not {name for name in files_of(builder, littered) if name in LITTER or "cache" in name}


def test_the_source_holds_what_is_needed_to_test_and_to_build_it():
    files = files_of(SdistBuilder, ROOT)
    needed = ("pyproject.toml", "README.md", "LICENSE", "CITATION.cff", "tests/conftest.py", "docs/tutorial.md")
    assert files.issuperset(needed)
    package = {f"src/logdepth/{path.relative_to(ROOT / 'src/logdepth')}" for path in (ROOT / "src").rglob("*.py")}
    assert package <= files
    wheel = {name.removeprefix("src/") for name in package}
    assert wheel | {
        "logdepth/tasks/inputs/data/karate.gml",
        "logdepth/pages/page.css",
        "logdepth/py.typed",
    } <= files_of(WheelBuilder, ROOT)


def test_the_page_of_a_package_index_shows_no_picture_and_no_link_that_needs_the_repository():
    readme = ProjectMetadata(str(ROOT), PluginManager()).core.readme
    assert not [link for link in re.findall(r"\]\(([^)]*)\)", readme) if not link.startswith("https://")]
    assert "![" not in readme
    own = re.sub(r"\W+", " ", (ROOT / "README.md").read_text())
    assert "## How it works, and what it does not do" in readme and "arXiv 2402.09268" in readme
    assert len(readme) > 0.8 * len(own), "no more than pictures and links is left out"


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == logdepth.__version__
    assert citation["license"] == ProjectMetadata(str(ROOT), PluginManager()).core.license_expression
    assert citation["authors"] and citation["references"][0]["url"].startswith("https://arxiv.org/")
