"""Training: it learns, it goes on where it was killed with the same weights, and it never loses a good checkpoint."""

import csv
import hashlib
import json
import os
import pickle
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from importlib import metadata
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from logdepth.learn.evaluation.evaluate import evaluate, find_procedure
from logdepth.learn.plans.build import network_of
from logdepth.learn.plans.presets import PRESETS, plan_of, plans_of
from logdepth.learn.plans.recipes import Recipe
from logdepth.learn.trained.models import read_answering
from logdepth.learn.training import train as training
from logdepth.learn.training.metrics import read_rows
from logdepth.learn.training.run_folder import CONFIG, METRICS, START, STATE, WEIGHTS, read_plan, sessions_of, step_of
from logdepth.learn.training.train import Training, train
from logdepth.networks import load_weights
from logdepth.numerics.errors import UsageError


def weights_of(folder):
    return load_file(folder / STATE)


def equal(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def rows(folder):
    """Metrics without what depends on the clock."""
    with (folder / METRICS).open() as stream:
        return [
            {key: value for key, value in row.items() if key not in ("seconds", "steps_per_second")}
            for row in csv.DictReader(stream)
        ]


@pytest.fixture(scope="module")
def trained_once(small, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained") / "run"
    train(small(), folder, "cpu")
    return folder


@pytest.fixture
def run(trained_once, tmp_path):
    """A run of 40 steps, to do anything with."""
    return shutil.copytree(trained_once, tmp_path / "run")


def test_a_run_learns_and_can_be_evaluated(small, tmp_path):
    plan = small(steps=150, warmup=10, most_hops=0, batch=8)  # to copy
    train(plan, tmp_path / "run", "cpu")
    model = read_answering(tmp_path / "run")
    assert model.sampler == plan.sampler
    assert evaluate(model, find_procedure("corrected")).answered[0].value < 0.01
    losses = [float(row["loss"]) for row in rows(tmp_path / "run")]
    assert losses[-1] < losses[0] / 5


def test_the_folder_says_all_that_it_takes_to_repeat_the_run(run, small):
    assert read_plan(run) == small()
    (session,) = sessions_of(run)
    assert (session["from_step"], session["device"], session["processes"]) == (0, "cpu", 1)
    assert session["threads"] == torch.get_num_threads()
    assert session["processor"] and session["cores"] == os.cpu_count()
    versions = {name: metadata.version(name) for name in ("torch", "numpy", "safetensors", "transformers")}
    assert session["versions"].items() >= versions.items()
    assert [row["step"] for row in rows(run)] == [str(step) for step in range(5, 45, 5)]
    assert rows(run)[0].keys() >= {"loss", "error", "error_k0", "error_k1", "error_k2"}
    assert list((run / "events").iterdir())
    assert equal(load_file(run / WEIGHTS), {k[8:]: v for k, v in weights_of(run).items() if k.startswith("network.")})


@pytest.mark.parametrize("optimiser", ["adamw", "muon"])
def test_a_run_that_stopped_goes_on_with_the_same_weights_to_the_last_bit(small, tmp_path, optimiser):
    plan = small(optimiser=optimiser)
    train(plan, tmp_path / "whole", "cpu")
    countdown = iter([False] * 16 + [True])
    assert train(plan, tmp_path / "parted", "cpu", stop=lambda: next(countdown)).done == 17
    assert step_of(tmp_path / "parted") == 17
    assert train(plan, tmp_path / "parted", "cpu").done == 40
    assert equal(weights_of(tmp_path / "whole"), weights_of(tmp_path / "parted"))


def test_a_run_that_goes_on_elsewhere_says_what_is_other_there(small, tmp_path, monkeypatch):
    countdown, said = iter([False] * 16 + [True]), []
    train(small(), tmp_path, "cpu", stop=lambda: next(countdown), say=said.append)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 77)
    threads = sessions_of(tmp_path)[0]["threads"]
    train(small(), tmp_path, "cpu", say=said.append)
    (text,) = said
    assert f"goes on from step 17 with threads {threads} → 77: its weights may differ in the last bits" in text
    train(small(), tmp_path, "cpu", say=said.append)  # nothing is left to do
    assert [(session["from_step"], session["threads"]) for session in sessions_of(tmp_path)] == [(0, threads), (17, 77)]
    assert len(said) == 1


def test_a_run_does_not_depend_on_what_was_drawn_before_and_leaves_the_generator_alone(small, tmp_path):
    train(small(), tmp_path / "one", "cpu")
    torch.manual_seed(123)
    torch.rand(7)
    state = torch.get_rng_state()
    train(small(), tmp_path / "other", "cpu")
    assert torch.equal(torch.get_rng_state(), state)
    assert equal(weights_of(tmp_path / "one"), weights_of(tmp_path / "other"))
    train(small(seed=1), tmp_path / "seed", "cpu")
    assert not equal(weights_of(tmp_path / "one"), weights_of(tmp_path / "seed"))


def test_a_process_that_is_killed_goes_on_with_the_same_weights_to_the_last_bit(run, small, tmp_path):
    """SIGKILL, at whatever moment it comes."""
    settings = [word for key, value in small().settings.items() for word in (f"--{key.replace('_', '-')}", str(value))]
    command = [sys.executable, "-m", "logdepth", "train", "khop-paper", *settings, "--out", str(tmp_path / "killed")]
    command += ["--device", "cpu"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not (tmp_path / "killed" / STATE).exists():
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.returncode == -signal.SIGKILL, process.stderr.read()
    assert 10 <= step_of(tmp_path / "killed") <= 40
    assert train(read_plan(tmp_path / "killed"), tmp_path / "killed", "cpu").done == 40
    assert equal(weights_of(run), weights_of(tmp_path / "killed"))
    assert rows(run) == rows(tmp_path / "killed")
    assert not list((tmp_path / "killed").glob(".*"))


def test_a_finished_run_is_left_as_it_is(run, small):
    before = (run / STATE).stat().st_mtime_ns, (run / METRICS).read_text()
    assert train(small(), run, "cpu").done == 40
    assert before == ((run / STATE).stat().st_mtime_ns, (run / METRICS).read_text())


def test_an_interrupted_first_step_loses_nothing(small, tmp_path, monkeypatch, run):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(training, "loss_of", interrupted)
        train(small(), tmp_path / "first", "cpu")
    assert train(small(), tmp_path / "first", "cpu").done == 40
    assert equal(weights_of(tmp_path / "first"), weights_of(run))


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_stops_the_run_and_keeps_the_checkpoint(small, tmp_path, monkeypatch, bad):
    honest, calls = training.loss_of, iter(range(1000))
    monkeypatch.setattr(
        training, "loss_of", lambda logits, batch: honest(logits, batch) * (bad if next(calls) == 17 else 1)
    )
    with pytest.raises(UsageError, match=r"the loss is (nan|inf) at step 18\. .* Lower lr \(now 0\.01\)"):
        train(small(), tmp_path / "run", "cpu")
    assert step_of(tmp_path / "run") == 10
    assert all(tensor.isfinite().all() for tensor in weights_of(tmp_path / "run").values())


def test_weights_that_are_not_finite_are_not_saved(small, tmp_path, monkeypatch):
    """The loss of step 10 is finite, and its gradient is not."""
    honest, calls = training.loss_of, iter(range(1000))

    def steep(logits, batch):
        loss = honest(logits, batch)
        return loss + (0 * logits.sum()).sqrt() if next(calls) == 9 else loss  # sqrt'(0) is infinite, times 0 is NaN

    monkeypatch.setattr(training, "loss_of", steep)
    with pytest.raises(UsageError, match="is not finite after step 10"):
        train(small(), tmp_path / "run", "cpu")
    assert step_of(tmp_path / "run") == 0


def test_a_full_disk_is_one_message_and_the_last_checkpoint_stays(small, tmp_path):
    """The system refuses files above a size that lies between that of the weights of step 10 and what comes then."""
    folder = tmp_path / "run"
    countdown = iter([False] * 9 + [True])
    train(small(), folder, "cpu", stop=lambda: next(countdown))
    before = weights_of(folder)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(UsageError, match=r"(state|model)\.safetensors cannot be written"):
            train(small(), folder, "cpu")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert equal(before, weights_of(folder)) and step_of(folder) == 10
    assert not list(folder.glob(".*"))
    train(small(), folder, "cpu")


def test_events_that_find_no_room_are_given_up_and_metrics_go_on(small, tmp_path, monkeypatch):
    class Full:
        def add_scalar(self, *values):
            raise OSError(28, "No space left on device")

    def fail(error):
        raise error

    monkeypatch.setattr("logdepth.learn.training.metrics.event_writer", lambda folder, step: Full())
    heard = []
    hook = lambda failure: heard.append(failure.exc_type)  # noqa: E731
    monkeypatch.setattr(threading, "excepthook", hook)

    def watch(row):
        for error in (OSError(28, "of TensorBoard's thread"), KeyError("of another")):
            thread = threading.Thread(target=fail, args=(error,))
            thread.start()
            thread.join()

    train(small(), tmp_path / "run", "cpu", watch=watch)
    assert heard == 8 * [KeyError] and threading.excepthook is hook
    assert [int(row["step"]) for row in read_rows(tmp_path / "run" / METRICS)] == list(range(5, 41, 5))


class Malicious:
    def __reduce__(self):
        return os.system, ("touch hacked",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (lambda good: good[: len(good) // 2], "is damaged"),
        (lambda good: b"", "is damaged"),
        (lambda good: b"\x00" * 100, "is damaged"),
        (lambda good: pickle.dumps(Malicious()), "is a pickle, which can execute code, and is never loaded"),
    ],
    ids=["truncated", "empty", "zeros", "pickle with code"],
)
def test_a_checkpoint_that_is_none_is_refused(run, small, tmp_path, monkeypatch, content, message):
    monkeypatch.chdir(tmp_path)
    (run / STATE).write_bytes(content((run / STATE).read_bytes()))
    with pytest.raises(UsageError, match=f"state.safetensors {message}.*to begin again"):
        train(small(), run, "cpu")
    assert not (tmp_path / "hacked").exists()


def test_a_checkpoint_of_another_shape_is_refused(run, small, tmp_path):
    train(small(width=32), tmp_path / "wide", "cpu")
    (run / STATE).write_bytes((tmp_path / "wide" / STATE).read_bytes())
    with pytest.raises(
        UsageError, match=r"is of another network or damaged: 'network\..*' is F32 .*32.* there and F32 .*16.* in this"
    ):
        train(small(), run, "cpu")
    with pytest.raises(UsageError, match="is of another network"):
        train(small(), tmp_path / "new", "cpu", weights=tmp_path / "wide" / WEIGHTS)
    assert not (tmp_path / "new").exists()


def test_a_run_can_begin_from_weights_and_its_folder_keeps_them(run, small, tmp_path, monkeypatch):
    still, weights, folder = small(lr=0.0, weight_decay=0.0, steps=6), tmp_path / "given.pt", tmp_path / "again"
    torch.save(load_file(run / WEIGHTS), weights)

    def interrupted(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):  # before there is a checkpoint
        patch.setattr(training, "loss_of", interrupted)
        train(still, folder, "cpu", weights=weights)
    weights.unlink()
    begun = train(still, folder, "cpu", weights=folder / START)
    assert equal(dict(begun.network.state_dict()), load_file(run / WEIGHTS))
    told = json.loads((folder / CONFIG).read_text())["weights"]
    assert told == {"file": str(weights), "sha256": hashlib.sha256((folder / START).read_bytes()).hexdigest()}


def test_a_run_goes_on_from_no_other_weights_than_it_began_from(run, small, tmp_path):
    with pytest.raises(UsageError, match=r"began from random weights, and now it would from .*model\.safetensors"):
        train(small(), run, "cpu", weights=run / WEIGHTS)
    folder, plan = tmp_path / "tuned", small(seed=3, steps=6)
    train(plan, folder, "cpu", weights=run / WEIGHTS)
    train(plan, folder, "cpu", weights=run / WEIGHTS)  # the same ones
    for others in (None, folder / WEIGHTS):
        with pytest.raises(UsageError, match=r"run/model\.safetensors, and now it would from .* Choose another folder"):
            train(plan, folder, "cpu", weights=others)


def test_a_folder_that_holds_something_else_is_refused(run, small, tmp_path):
    with pytest.raises(UsageError, match=f"{run} is a run with lr = 0.01, and now it is 0.02"):
        train(small(lr=0.02), run, "cpu")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.tex").touch()
    with pytest.raises(UsageError, match="holds something that is no run"):
        train(small(), tmp_path / "other", "cpu")
    (run / CONFIG).write_text("{")
    with pytest.raises(UsageError, match=r"config\.json is damaged"):
        train(small(), run, "cpu")


def test_settings_that_cannot_be_are_refused():
    for settings, message in (
        ({"depht": 3}, "training k-hop has no setting 'depht'. Did you mean 'depth'"),
        ({"task": "k-hops"}, "there is no task 'k-hops' to train. Did you mean 'k-hop'"),
        ({"optimiser": "adam"}, "there is no optimiser 'adam'. Did you mean 'adamw'"),
        ({"lr": "fast"}, "lr must be a number from 0.0 to 100.0; got 'fast'"),
        ({"lr": "nan"}, "lr must be a number from 0.0 to 100.0; got 'nan'"),
        ({"steps": 10, "warmup": 10}, "warmup must be below steps 10; got 10"),
        ({"width": 16, "letters": 30}, "is no logits"),
        ({"width": 66}, "width 66 is not a multiple of heads 4"),
        ({"vocabulary": 5}, "k-hop has 23 token ids; vocabulary is 5"),
    ):
        with pytest.raises(UsageError, match=message):
            plan_of(settings)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_plan_and_comes_back_from_its_settings(name):
    for plan in plans_of(name, {}).values():
        assert plan_of(plan.settings) == plan
        network_of(plan)


def test_the_published_preset_is_the_published_setting():
    (plan,) = plans_of("khop-paper", {"depth": "3"}).values()
    recipe = plan.recipe
    assert (recipe.lr, recipe.warmup, recipe.steps, recipe.batch, recipe.dropout) == (1e-4, 1000, 100_000, 32, 0.1)
    assert (recipe.depth, recipe.heads, recipe.width, recipe.optimiser, recipe.weight_decay) == (
        3,
        4,
        128,
        "adamw",
        0.01,
    )
    assert plan.sampler.parameters == {"n": 100, "most_hops": 16, "fewest_hops": 0, "letters": 4, "repeats": 0}
    shape = network_of(plan).shape
    assert (shape.vocabulary, shape.positions, shape.classes) == (30, 100, None)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_matrix_products_are_in_the_precision_that_is_asked_for_and_weights_in_float32(small, tmp_path, precision):
    done, seen = Training(small(precision=precision), torch.device("cpu")), set()
    (block,) = done.network.h
    block.mlp.c_fc.register_forward_hook(lambda module, inputs, output: seen.add(output.dtype))
    done.step()
    assert seen == {getattr(torch, precision)}
    assert all(weight.dtype == torch.float32 for weight in done.network.state_dict().values())


def test_the_network_and_its_dropout_are_those_of_the_recipe(small, monkeypatch):
    plan = small(dropout=0.25, positions="sinusoids", n=12)
    network = network_of(plan)
    place, wave = torch.meshgrid(torch.arange(12.0), torch.arange(8.0), indexing="ij")
    angles = place / 24.0 ** (wave / 8)
    expected = 0.02 * torch.cat([angles.sin(), angles.cos()], dim=1)
    assert torch.allclose(network.wpe.weight, expected, atol=1e-6)
    assert not torch.allclose(network_of(small(n=12)).wpe.weight, expected, atol=1e-2)
    assert network.shape.dropout == 0.25
    losses = {}
    for dropout in (0.0, 0.1, 0.9):
        done = Training(small(dropout=dropout), torch.device("cpu"))
        done.step()
        losses[dropout] = done.losses[0].item()
    assert len(set(losses.values())) == 3


def test_the_result_of_a_recipe_stays_what_it_is(run):
    """Of the defaults, the order of draws and the mathematics; the last bits depend on the processor."""
    losses = [float(row["loss"]) for row in rows(run)]
    assert losses == pytest.approx([2.5299, 1.5016, 1.2685, 1.3322, 1.2217, 1.1384, 1.042, 1.0119], rel=1e-3)


def test_what_does_not_fit_into_memory_is_one_message(small, tmp_path):
    """The batch alone is 75 MB, and the system gives half of that."""
    used = 1024 * int(re.search(r"VmSize:\s+(\d+)", Path("/proc/self/status").read_text())[1])
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**25, limits[1]))
    try:
        with pytest.raises(UsageError, match=r"do not fit into the memory of cpu\. .* Lower batch"):
            train(small(batch=2**20), tmp_path, "cpu")
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory."), RuntimeError("can't allocate memory")]
)
def test_memory_that_runs_out_in_a_step_keeps_the_last_checkpoint(small, tmp_path, monkeypatch, error):
    honest, calls = training.loss_of, iter(range(1000))

    def full(*arguments):
        if next(calls) == 17:
            raise error
        return honest(*arguments)

    monkeypatch.setattr(training, "loss_of", full)
    with pytest.raises(UsageError, match="4 sequences of 9 tokens at once do not fit into the memory of cpu"):
        train(small(), tmp_path, "cpu")
    assert step_of(tmp_path) == 10
    monkeypatch.setattr(training, "loss_of", lambda *_: torch.zeros(2) @ torch.zeros(3))  # our own mistakes stay so
    with pytest.raises(RuntimeError):
        train(small(), tmp_path, "cpu")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler on a CPU")
def test_a_compiled_network_trains_as_it_does_uncompiled(small, tmp_path):
    said, plan = [], {"dropout": 0.0, "steps": 6}
    train(small(**plan, log_every=1), tmp_path / "plain", "cpu")
    train(small(**plan, log_every=1, compile=1), tmp_path / "compiled", "cpu", say=said.append)
    assert not said
    plain, fast = ([float(row["loss"]) for row in rows(tmp_path / name)] for name in ("plain", "compiled"))
    assert fast == pytest.approx(plain, rel=1e-3)


def test_without_a_compiler_training_goes_on_and_says_so(small, tmp_path, monkeypatch, run):
    def broken(network):
        def forward(inputs):
            raise RuntimeError("no C++ compiler")

        return forward

    monkeypatch.setattr(torch, "compile", broken)
    said = []
    train(small(compile=1), tmp_path / "compiled", "cpu", say=said.append)
    assert said == ["torch.compile does not work here (no C++ compiler); going on without."]
    assert equal(weights_of(run), weights_of(tmp_path / "compiled"))


def test_every_setting_has_help_and_a_range():
    for item in Recipe.describe():
        assert item.help
        assert item.kind is str or (item.low is not None and item.high is not None)


def test_a_device_that_is_not_there_is_refused(small, tmp_path):
    with pytest.raises(UsageError, match="there is no device 'tpu9' here"):
        train(small(), tmp_path / "run", "tpu9")
    assert not (tmp_path / "run").exists()


def test_the_length_of_a_head_may_begin_as_a_pickle_does(run):
    """The first bytes of a safetensors file are a number: of one in 256 runs it begins with 0x80."""
    data = (run / STATE).read_bytes()
    length = int.from_bytes(data[:8], "little")
    longer = length + (0x80 - length) % 256
    text = data[8 : 8 + length] + b" " * (longer - length)
    (run / STATE).write_bytes(longer.to_bytes(8, "little") + text + data[8 + length :])
    assert (run / STATE).read_bytes()[0] == 0x80 and step_of(run) == 40
    assert load_weights(run / STATE).keys() == weights_of(run).keys()


def test_a_configuration_of_fewer_steps_than_were_done_is_refused(run, small):
    text = (run / CONFIG).read_text()
    (run / CONFIG).write_text(text.replace('"steps": 40', '"steps": 7'))
    with pytest.raises(UsageError, match=r"says 7 steps, and state\.safetensors is of step 40"):
        train(small(steps=7), run, "cpu")


def test_a_checkpoint_without_what_an_optimiser_keeps_is_refused(run, small):
    with safe_open(run / STATE, "pt") as file:
        header = file.metadata()
    whole = load_file(run / STATE)
    for name in ("optimiser.0.0.exp_avg", "optimiser.0.3.step", "network.wpe.weight"):
        save_file({key: value for key, value in whole.items() if key != name}, run / STATE, header)
        with pytest.raises(UsageError, match=f"'{name}' is absent there"):
            Training(small(), torch.device("cpu")).restore(run, 40)
    save_file(whole | {"optimiser.0.0.step": torch.tensor(3.0)}, run / STATE, header)
    with pytest.raises(UsageError, match=r"'optimiser\.0\.0\.step' is 3, and it is of step 40"):
        Training(small(), torch.device("cpu")).restore(run, 40)
    whole["optimiser.0.0.exp_avg"][0, 0] = torch.nan
    save_file(whole, run / STATE, header)
    with pytest.raises(UsageError, match=r"'optimiser\.0\.0\.exp_avg' holds what is no finite number"):
        Training(small(), torch.device("cpu")).restore(run, 40)


def test_a_setting_that_is_missing_is_no_default(run):
    config = json.loads((run / CONFIG).read_text())
    del config["recipe"]["lr"]
    (run / CONFIG).write_text(json.dumps(config))
    with pytest.raises(UsageError, match="lr is missing among its settings"):
        read_plan(run)


def test_safetensors_of_something_else_is_no_checkpoint(run, small):
    save_file({"x": torch.zeros(1)}, run / STATE, {"step": "3"})
    with pytest.raises(UsageError, match=r"is of another network or damaged: 'network\.wte\.weight' is absent there"):
        train(small(), run, "cpu")
