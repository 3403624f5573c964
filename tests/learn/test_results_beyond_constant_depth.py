"""The errors that docs/circuits.md states are those of results/beyond-constant-depth."""

import csv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_states_the_errors_of_the_file() -> None:
    page = " ".join((ROOT / "docs" / "circuits.md").read_text().split())
    with (ROOT / "results" / "beyond-constant-depth" / "errors.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    for task in ("linear-equalities", "empty-productions"):
        own = [row for row in rows if row["task"] == task]
        assert listed(row["error"] for row in own) in page
    assert listed(row["commoner"] for row in own) in page


def listed(numbers) -> str:
    *before, last = [f"{float(number):.2f}" for number in numbers]
    return f"{', '.join(before)} and {last}"
