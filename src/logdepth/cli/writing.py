"""Write a model with its page, as `compile` and `demo` do."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logdepth.models import Model


def write_with_report(model: "Model", directory: Path, instance: Any = None, input_name: str = "") -> Path:
    """Write the folder of a model and its page, which shows a run on `instance`; return the path of the page."""
    from logdepth.report.page import page

    return write_with_page(model, directory, page(model, instance, input_name=input_name))


def write_with_page(model: "Model", directory: Path, html: str) -> Path:
    """Write the folder of a model and this page, which was drawn first: if it cannot be, nothing is written."""
    from logdepth.models import write_model
    from logdepth.models.folder import REPORT
    from logdepth.numerics.files import write_file

    write_model(model, directory)
    write_file(directory / REPORT, html.encode())
    return directory / REPORT
