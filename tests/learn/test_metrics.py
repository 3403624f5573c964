"""Metrics: TensorBoard shows what the CSV file holds, each step once, whatever was done twice."""

import pytest

from logdepth.learn import train as training
from logdepth.learn.metrics import EVENTS, Metrics, Row, last_row, last_step, read_rows
from logdepth.learn.run_folder import METRICS, step_of
from logdepth.learn.train import train


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
