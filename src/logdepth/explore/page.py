"""The explorer of a model as one file that loads nothing, and as what a notebook shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logdepth.artefacts import Model, compile_task
from logdepth.explore.contents import contents_of, pack, typed_input, weights_of
from logdepth.explore.explored import Explored
from logdepth.explore.trained import contents_of_trained, weights_of_trained
from logdepth.learn.samplers import KHop, letter_names
from logdepth.learn.trained.models import Answering, in_words
from logdepth.numerics.errors import UsageError
from logdepth.numerics.files import write_file
from logdepth.pages import explorer_page, in_a_frame, trained_explorer_page
from logdepth.tasks import make_task

if TYPE_CHECKING:
    from logdepth.explore.widget import ExplorerWidget

MODULE, WORKER = "exploring", "serve"
"""Of engine/: `start` of the one opens what is packed, and draws it; `serve` of the other runs in a worker."""

LARGEST, LARGEST_TRAINED = 2_000_000, 16_000_000
"""Bytes of a page: weights of compiled models are mostly zeros, and pack well; those of trained ones do not."""


HEIGHT = {True: 900, False: 620}
"""Pixels of the frame in a notebook: of the whole page, and of one figure under the input."""


@dataclass(frozen=True)
class Explorer:
    """A page that runs a model in the browser; a notebook shows it in a frame, `height` pixels high."""

    title: str
    html: str
    height: int = 900
    explored: Explored | None = None

    def __repr__(self) -> str:
        return f"Explorer({self.title}: {len(self.html.encode()):,} bytes)"

    def _repr_html_(self) -> str:
        return in_a_frame(self.html, f"{self.title} · logdepth", self.height)

    def widget(self) -> ExplorerWidget:
        """The page as a notebook's widget that talks to Python: an `ExplorerWidget`, of anywidget.

        `input` is what is typed, and `off` the heads that are switched off, [[step, head], …] from 0; both are set from
        Python or in the page. The page says `answer`, `right` (entries that equal the exact answer) and `refused` (why
        it did not take an input). `answer` is None until the page has run what Python asked for.
        Errors: UsageError if anywidget is not installed.
        """
        try:
            from logdepth.explore.widget import ExplorerWidget
        except ModuleNotFoundError as error:
            if error.name not in ("anywidget", "traitlets"):
                raise
            raise UsageError("the widget needs anywidget. Install it: pip install 'logdepth[notebook]'.") from None
        assert self.explored is not None, "make_explorer and make_trained_explorer say it"
        return ExplorerWidget(f"{self.title} · logdepth", self.html, self.height, self.explored)

    def write(self, file: str | Path) -> Path:
        """Write the page, whole or not at all. Errors: UsageError if the file cannot be written."""
        write_file(file, self.html.encode())
        return Path(file)


def make_explorer(
    model: Model, instance: Any = None, name: str = "", height: int | None = None, view: str | None = None
) -> Explorer:
    """The explorer of a compiled model. instance: the input that is shown first, as `model.report` takes it, called
    `name` there. view: one figure alone, of `pages.VIEWS`.

    Errors: UsageError for a model with blank tokens, if the instance does not fit, for another view, and for a page of
    more than LARGEST bytes.
    """
    if model.blank:
        raise UsageError(
            f"{model.name!r} has {model.blank} blank tokens, and the explorer runs a table as it is typed, without"
            " them. Look at the model's report, or compile it with the router 'exact'."
        )
    contents = contents_of(model, instance, name)
    packed = pack(contents, weights_of(model))
    page = explorer_page(model, {"packed": packed}, MODULE, WORKER, view)
    checked = check_size(page, model.name, LARGEST, "Compile it for smaller sizes.")
    heads = [0 if block.attention is None else block.attention.heads for block in model.transformer.steps]
    explored = Explored(contents["examples"][0]["input"], tuple(heads), partial(typed_input, model))
    return Explorer(model.name, checked, height or HEIGHT[view is None], explored)


def make_trained_explorer(
    model: Answering, text: str | None = None, height: int | None = None, view: str | None = None
) -> Explorer:
    """The explorer of a trained GPT-2 that is asked k-hop. text: the input that is shown first, "3 abcab": k, a space,
    and the letters. view: one figure alone, of `pages.VIEWS`, without the compiled model beside it.

    Errors: UsageError for another model or view, and if the page would be larger than LARGEST_TRAINED bytes.
    """
    contents = contents_of_trained(model, text)
    packed = pack(contents, weights_of_trained(model))
    words = in_words(model.architecture, model.sizes)
    data = {"packed": packed, "beside": compiled_beside(model) if view is None else None}
    page = trained_explorer_page(model.name, words, data, MODULE, WORKER, view)
    checked = check_size(page, model.name, LARGEST_TRAINED, "Take a smaller network.")
    shape = contents["subject"]["shape"]
    explored = Explored(contents["examples"][0]["input"], (shape["heads"],) * shape["depth"], str)
    return Explorer(model.name, checked, height or HEIGHT[view is None], explored)


def compiled_beside(model: Answering) -> dict[int, str]:
    """For every k that a trained model is asked from 1 on, the compiled model of k hops over its letters, packed."""
    sampler = model.sampler
    assert isinstance(sampler, KHop), "contents_of_trained has seen to it"
    alphabet = "".join(letter_names(sampler.letters))
    found = {}
    for k in (k for k in sampler.groups if k):
        compiled = compile_task(make_task("k-hop", {"n": sampler.n - 2, "k": k, "alphabet": alphabet}))
        found[k] = pack(contents_of(compiled), weights_of(compiled))
    return found


def check_size(page: str, name: str, most: int, remedy: str) -> str:
    size = len(page.encode())
    if size > most:
        raise UsageError(f"the explorer of {name} would have {size:,} bytes, and at most {most:,} are taken. {remedy}")
    return page
