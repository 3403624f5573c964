"""The explorer as a notebook's widget: Python reads and sets what the page shows. It needs anywidget.

The page stands in a frame, as without a widget, and `widget.js` carries messages. Python's questions are numbered:
`_asked` is what the page should show; `_said` is what it shows, and bears the number of the latest question that it
answers. So a word of the page that is older than a question is known as such, and never undoes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from logdepth.explore.explored import Explored
from logdepth.numerics.errors import UsageError


class ExplorerWidget(anywidget.AnyWidget):
    """An explorer that talks to Python. Python and the page set `input` and `off`; the page sets what comes of them.

    input: what is typed; set it to anything that `model.report` takes. off: the heads that add nothing, [[step, head],
    …] from 0, as `model.transformer.steps` counts them. answer: its entries as numbers, by the columns of outputs where
    the model is a program of one's own, and letters of a trained network; None until the page has run what was asked.
    right: how many entries equal the exact answer, None where no exact answer is known. refused: why the page did not
    take the latest input, in a sentence; "" if it did.
    Errors: UsageError for an input that the model does not take, and for a head that it does not have.
    """

    _esm = files("logdepth").joinpath("explore/widget.js").read_text(encoding="utf-8")
    _title = traitlets.Unicode().tag(sync=True)
    _page = traitlets.Unicode().tag(sync=True)
    _height = traitlets.Int().tag(sync=True)
    _asked = traitlets.Dict().tag(sync=True)
    _said = traitlets.Dict().tag(sync=True)

    input = traitlets.Any()
    off = traitlets.List()
    answer = traitlets.Any(None, read_only=True)
    right = traitlets.Int(None, allow_none=True, read_only=True)
    refused = traitlets.Unicode("", read_only=True)

    def __init__(self, title: str, page: str, height: int, explored: Explored) -> None:
        self._explored = explored
        self._known: tuple[Any, list[list[int]]] = (explored.first, [])  # what the page shows, or is asked to show
        super().__init__(_title=title, _page=page, _height=height, input=explored.first)
        self._asked = {"number": 0, "input": self.input, "off": self.off}

    @traitlets.validate("input")
    def _type(self, proposal: Any) -> Any:
        value, first = proposal["value"], self._explored.first
        of_page = value is self._said.get("input", first)
        return value if of_page or value is first else self._explored.typed(value)

    @traitlets.validate("off")
    def _check_heads(self, proposal: Any) -> list[list[int]]:
        return [self._checked_head(pair) for pair in proposal["value"]]

    def _checked_head(self, pair: Sequence[int]) -> list[int]:
        heads = self._explored.heads
        match pair:
            case [int(step), int(head)] if 0 <= step < len(heads) and 0 <= head < heads[step]:
                return [step, head]
        known = [[step, head] for step, many in enumerate(heads) for head in range(many)]
        raise UsageError(f"a head is a pair [step, head], from {known[0]} to {known[-1]}; got {pair!r}.")

    @traitlets.observe("input", "off")
    def _ask(self, change: Any) -> None:
        if (self.input, self.off) == self._known:
            return
        self._known = self.input, self.off
        self.set_trait("answer", None)
        self.set_trait("right", None)
        self.set_trait("refused", "")
        self._asked = {"number": self._asked["number"] + 1, "input": self.input, "off": self.off}

    @traitlets.observe("_said")
    def _hear(self, change: Any) -> None:
        said = change["new"]
        if said.get("number") != self._asked["number"]:  # older than what is asked now
            return
        self._known = said["input"], said["off"]
        with self.hold_trait_notifications():  # who observes one of these may ask at once
            self.input, self.off = said["input"], said["off"]
            for name in ("answer", "right", "refused"):
                self.set_trait(name, said[name])
