"""Write a model with its page, as `compile` and `demo` do."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logdepth.models import Model


def write_with_report(model: "Model", directory: Path, instance: Any = None, input_name: str = "") -> Path:
    """Write the folder of a model and its page, which shows a run on `instance`; return the path of the page."""
    from logdepth.models import write_model
    from logdepth.models.files import write_file
    from logdepth.models.folder import REPORT
    from logdepth.report.page import page

    html = page(model, instance, input_name=input_name)  # first: if it cannot be drawn, nothing is written
    write_model(model, directory)
    write_file(directory / REPORT, html.encode())
    return directory / REPORT
