"""The examples on a page: blocks of Python, and what the page says that they print.

The convention for a page: its ```python blocks are scripts, run from top to bottom in one namespace and in an empty
folder. A ```text block right after one (only blank lines between) is all that it prints; without such a block it prints
nothing. Blocks in other languages are not run.
"""

import re
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```python\n(?P<code>.*?)^```\n(?:\n*^```text\n(?P<printed>.*?)^```\n)?", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A block of code, the line of the page on which it begins, and what the page says that it prints."""

    line: int
    code: str
    printed: str


def examples(page: Path) -> list[Example]:
    text = page.read_text()
    return [
        Example(text.count("\n", 0, match.start("code")), match["code"], match["printed"] or "")
        for match in BLOCK.finditer(text)
    ]
