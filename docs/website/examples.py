"""The page of examples: the files of examples/, whole."""

from __future__ import annotations

from pathlib import Path

from website.markdown import document, fenced
from website.outline import ROOT

LANGUAGES = {".py": "python"}


def examples_page(root: Path = ROOT) -> str:
    files = sorted(path for path in (root / "examples").iterdir() if path.is_file())
    return document(
        "# Examples",
        "The files of the folder `examples`, to copy. Each one says on its first lines how it is run.",
        *(document(f"## {path.name}", fenced(path.read_text(), LANGUAGES.get(path.suffix, "text"))) for path in files),
    )
