"""The table of checkpoints: every one beside its published errors, as text, CSV and a figure."""

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from logdepth.learn.evaluation.evaluate import Evaluation
from logdepth.learn.evaluation.rates import Rate
from logdepth.learn.evaluation.study import Row, as_csv, as_text, checkpoints_in, figure, published_errors
from logdepth.numerics.errors import UsageError


def row(name="width4-depth2", depth=2, published=None, architecture="gpt2", **sizes):
    """A checkpoint that errs on k tokens of 100 without dropout, and on twice as many with it."""

    def found(procedure, factor):
        rates = {k: Rate(factor * k, 100, max(0, factor * k - 2) / 100, (factor * k + 2) / 100) for k in range(5)}
        rates[5] = Rate(0, 0, 0.0, 1.0)
        return Evaluation(procedure, 10, 0, rates, rates)

    sizes = {"depth": depth, "heads": 4, "width": 8, **sizes}
    evaluations = {"corrected": found("corrected", 1), "published": found("published", 2)}
    return Row(Path(name), Path(name, "model.pt"), name, architecture, sizes, evaluations, published or {})


def test_the_table_shows_both_procedures_and_the_published_errors():
    text = as_text([row(published={0: 0.0, 1: 0.04, 2: 0.04, 3: 0.06, 4: 0.08}), row("other", 3)])
    assert [line.split() for line in text.splitlines()[1:5]] == [
        ["k", "0", "1", "2", "3", "4", "5", "<2%", "to", "k"],
        ["errors.json", ".000", ".040", ".040", ".060", ".080", "–", "0"],
        ["published,", "10", "seq.", ".000", ".020", ".040", ".060", ".080", "–", "0"],
        ["corrected,", "10", "seq.", ".000", ".010", ".020", ".030", ".040", "–", "1"],
    ]
    # the interval ± 2% is ± 1.96 standard errors; -2% is √2 of 1.96 of them
    assert "at most 1.4 standard errors (k = 1), mean square 0.38" in text
    assert text.count("errors.json") == 2  # none for the other one


def test_the_csv_has_a_line_for_each_checkpoint_procedure_and_k():
    lines = list(csv.DictReader(io.StringIO(as_csv([row(published={1: 0.5}), row("few", samples=1000)]))))
    assert len(lines) == 2 * 2 * 6
    [line] = [x for x in lines if (x["checkpoint"], x["protocol"], x["k"]) == ("width4-depth2", "published", "1")]
    assert (line["error"], line["published_error"], line["samples"]) == ("0.02", "0.5", "")
    assert (float(line["low"]), float(line["high"])) == pytest.approx((0, 0.04))
    assert {x["samples"] for x in lines if x["checkpoint"] == "few"} == {"1000"}
    assert {x["error"] for x in lines if x["k"] == "5"} == {""}


def test_json_has_no_numbers_that_json_has_not():
    result = row(published={1: 0.5, 5: 0.1}).as_json()
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    assert result["deviations"].keys() == {"1"}  # nobody answered at k = 5


def test_the_figure_has_a_panel_for_each_procedure_and_a_row_for_each_number_of_samples():
    rows = [row(), row("deeper", 3, {1: 0.1}), row("few", samples=1000)]
    text = figure(rows, "svg")
    assert figure(rows, "svg") == text
    panels = [group for group in ElementTree.fromstring(text).iter() if str(group.get("id")).startswith("axes_")]
    assert len(panels) == 4
    assert figure(rows, "png").startswith(b"\x89PNG")


def test_checkpoints_are_folders_with_weights_or_a_configuration_on_any_level(tmp_path):
    for place in ("b/run/config.yaml", "a/model_3.pt", "c/notes.txt", "b/run/model_3.pt", "d/model.safetensors"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    assert checkpoints_in(tmp_path) == [tmp_path / "a", tmp_path / "b" / "run", tmp_path / "d"]
    assert checkpoints_in(tmp_path / "a") == [tmp_path / "a"]
    with pytest.raises(UsageError, match=r"no folder in .*c holds a checkpoint"):
        checkpoints_in(tmp_path / "c")
    with pytest.raises(UsageError, match="there is no folder of checkpoints"):
        checkpoints_in(tmp_path / "e")


def test_published_errors_are_read_and_never_executed(tmp_path):
    (tmp_path / "local").mkdir()
    place = tmp_path / "local" / "errors.json"
    place.write_text('{"((2, 4, 1000), 0)": 0.25, "((2, 4, 1000), 3)": 0.5, "((3, 8, -1), 1)": 1e-3}')
    assert published_errors(tmp_path) == {(2, 4, 1000): {0: 0.25, 3: 0.5}, (3, 8, -1): {1: 0.001}}
    for text in ("{\"__import__('os').abort()\": 1}", "[1]", "{", '{"((2, 4), 0)": 1}', '{"((2, 4, -1), 0)": null}'):
        place.write_text(text)
        with pytest.raises(UsageError, match=r"errors\.json holds no published errors"):
            published_errors(tmp_path)
    assert published_errors(tmp_path / "nowhere") == {}
