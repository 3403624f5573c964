"""Several processes train one network: as one process does, but for rounding."""

import os
import shutil
import subprocess
import sys

import pytest
import torch

from logdepth.learn.training.metrics import read_rows
from logdepth.learn.training.processes import Processes
from logdepth.learn.training.run_folder import METRICS, STATE, begin
from logdepth.learn.training.session import session_on
from logdepth.learn.training.train import Training, train
from logdepth.numerics.errors import UsageError


@pytest.mark.slow
def test_two_processes_train_as_one_does(small, tmp_path):
    plan = small(dropout=0.0, steps=20)
    train(plan, tmp_path / "one", "cpu")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += ["-m", "logdepth", "train", "--resume", str(tmp_path / "two"), "--device", "cpu"]
    loopback = {**os.environ, "GLOO_SOCKET_IFNAME": "lo"}
    for _ in range(2):  # torch's own threads abort a process at its very end, once in about forty runs: then again
        shutil.rmtree(tmp_path / "two", ignore_errors=True)
        begin(tmp_path / "two", plan, None, session_on(torch.device("cpu"), 2))
        done = subprocess.run(command, capture_output=True, text=True, timeout=150, env=loopback)
        if "terminate called without an active exception" not in done.stderr:
            break
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("solved up to") == 1  # one of them speaks
    assert (tmp_path / "two" / STATE).exists()
    one, two = (read_rows(tmp_path / name / METRICS) for name in ("one", "two"))
    assert [row["step"] for row in one] == [row["step"] for row in two]
    for alone, shared in zip(one, two, strict=True):  # weights differ more: AdamW makes steps of gradients that are 0
        assert float(shared["loss"]) == pytest.approx(float(alone["loss"]), rel=1e-3)
        assert float(shared["error"]) == pytest.approx(float(alone["error"]), abs=0.02)


def test_every_sequence_is_in_one_share(small):
    batch = small().sampler.batch(6, 0, 0)
    shares = [Processes(rank, 3).share_of(batch) for rank in range(3)]
    rows = torch.cat([share.inputs for share in shares])
    assert sorted(map(tuple, rows.tolist())) == sorted(map(tuple, batch.inputs.tolist()))
    with pytest.raises(UsageError, match="batch must be a multiple of the 4 processes; got 6"):
        Processes(0, 4).share_of(batch)


class Alike(Processes):
    """A process that trains on the whole batch by itself: what differs between two of them is what they draw."""

    def shared(self, network):
        return network

    def share_of(self, batch):
        return batch


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_every_process_drops_units_of_its_own(small, dropout):
    losses = []
    for rank in (0, 1, 0):
        training = Training(small(dropout=dropout), torch.device("cpu"), Alike(rank, 2))
        training.step()
        losses.append(float(training.losses[0]))
    assert losses[0] == losses[2], "a process that starts again draws the same"
    assert (losses[0] == losses[1]) == (dropout == 0)
