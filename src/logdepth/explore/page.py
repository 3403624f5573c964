"""The explorer of a model as one file that loads nothing."""

from __future__ import annotations

from typing import Any

from logdepth.artefacts import Model
from logdepth.explore.contents import contents_of, pack, weights_of
from logdepth.pages import explorer_page

MODULE = "exploring"
"""Of engine/: its `start` opens what is packed, and draws it."""


def explore_page(model: Model, instance: Any = None, name: str = "") -> str:
    """The whole page. instance: the input that is shown first, as `model.report` takes it, called `name` there.

    Errors: UsageError if the instance does not fit.
    """
    packed = pack(contents_of(model, instance, name), weights_of(model))
    return explorer_page(model, {"packed": packed}, MODULE)
