"""Metrics: TensorBoard shows what the CSV file holds, each step once, whatever was done twice."""

import pytest

from logdepth.learn.training import train as training
from logdepth.learn.training.metrics import EVENTS, Metrics, Row, last_row, last_step, read_rows
from logdepth.learn.training.run_folder import METRICS, step_of
from logdepth.learn.training.train import train
from logdepth.numerics.errors import UsageError


def test_events_are_the_rows_also_after_steps_that_were_done_again(small, tmp_path, monkeypatch):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    honest, calls = training.loss_of, iter(range(1000))

    def killed(*arguments):
        if next(calls) == 17:
            raise KeyboardInterrupt
        return honest(*arguments)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(training, "loss_of", killed)
        train(small(), tmp_path, "cpu")
    assert (last_step(tmp_path), step_of(tmp_path)) == (15, 10)  # the row of step 15 will come again
    train(small(), tmp_path, "cpu")
    events = accumulator.EventAccumulator(str(tmp_path / EVENTS), {"scalars": 0})
    events.Reload()
    rows = read_rows(tmp_path / METRICS)
    assert [int(row["step"]) for row in rows] == list(range(5, 45, 5))
    assert set(events.Tags()["scalars"]) == rows[0].keys() - {"step"}
    for name in events.Tags()["scalars"]:
        told = {event.step: event.value for event in events.Scalars(name)}
        assert len(told) == len(events.Scalars(name))
        assert told == pytest.approx({int(row["step"]): float(row[name]) for row in rows if row[name]}, rel=1e-6)


def test_the_last_row_is_the_one_that_was_written_whole_last(tmp_path):
    assert (last_row(tmp_path), last_step(tmp_path)) == (None, 0)
    metrics = Metrics(tmp_path, range(40), "k", 0)
    assert last_row(tmp_path) is None
    for step in (1, 2, 3):
        row = Row(step, 1 / 3, 2 / 3, 0.5, 1e9 / 7, 12.5, (1 / 3, None) * 20)
        metrics.add(row)
        assert last_row(tmp_path) == row
    metrics.close()
    with (tmp_path / METRICS).open("a") as stream:
        stream.write("4,0.25,0.")
    assert last_row(tmp_path) == row


HEAD = "step,loss,error,rate,seconds,steps_per_second,error_k0\n"
DAMAGED = {
    "an empty cell": ("5,,0.5,1,1,1,\n", 'line 2: loss is ""; it must be a number'),
    "a loss that is none": ("5,nan,0.5,1,1,1,\n", "line 2: loss is"),
    "an endless loss": ("5,inf,0.5,1,1,1,\n", "line 2: loss is"),
    "an error above 1": ("5,0.1,1.5,1,1,1,\n", "line 2: error is"),
    "an error of a group above 1": ("5,0.1,0.5,1,1,1,2\n", "line 2: [0] is"),
    "no step": ("x,0.1,0.5,1,1,1,\n", 'line 2: step is "x"'),
    "half a step": ("0.5,0.1,0.5,1,1,1,\n", 'line 2: step is "0.5"'),
    "a step twice": ("5,0.1,0.5,1,1,1,\n5,0.1,0.5,1,1,1,\n", "line 3: step 5 comes after step 5"),
    "a row that is cut off before the last": ("5,0.1\n6,0.1,0.5,1,1,1,\n", "line 2: it has 2 cells"),
    "a cell more": ("5,0.1,0.5,1,1,1,,\n", "line 2: it has 8 cells"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_rows_that_are_none_are_refused_with_their_line(tmp_path, case):
    rows, words = DAMAGED[case]
    (tmp_path / METRICS).write_text(HEAD + rows)
    with pytest.raises(UsageError) as refusal:
        read_rows(tmp_path / METRICS)
    assert words in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_last_row_that_is_not_ended_is_left_out(tmp_path):
    """It may end in the middle of a number."""
    (tmp_path / METRICS).write_text(HEAD + "5,0.25,0.5,1,1,1,\n10,0.125,0.5,1,1,1,0.1")
    assert [row["step"] for row in read_rows(tmp_path / METRICS)] == ["5"]
