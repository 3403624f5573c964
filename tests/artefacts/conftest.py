"""A written model, and how another program could change it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from logdepth.artefacts import folder, write_model
from logdepth.artefacts.description import checksum


@pytest.fixture
def written(model, tmp_path) -> Path:
    """The folder of the test module's `model`."""
    write_model(model, tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def edit() -> Callable[..., None]:
    """Change the description of a folder and its checksum; `tensors`: the checksum that it states of the tensors."""

    def changed(directory: Path, tensors: str | None = None, **changes: Any) -> None:
        description = json.loads((directory / folder.DESCRIPTION).read_text()) | changes
        if tensors is not None:
            description["sha256"]["tensors"] = tensors
        description["sha256"]["description"] = checksum(description)
        (directory / folder.DESCRIPTION).write_text(json.dumps(description))

    return changed
