"""Whatever stands in a folder of ours, behind right checksums too: it is read, or refused in one line.

A law over everything that the library writes and reads again. Each folder is changed a few hundred times: values become
others of any type and size, keys and entries go, come or repeat, files are cut off or have a bit flipped, and checksums
are made right again, as somebody could who wants to harm. No change may end in any other error than a UsageError of one
line, take a second gigabyte of memory, or hang.
"""

import copy
import hashlib
import json
import resource
import shutil
import signal
import zlib
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from logdepth.artefacts import compile_program, compile_task, folder, read_model, write_model
from logdepth.artefacts.description import checksum
from logdepth.learn.evaluation.comparison import read_run
from logdepth.learn.evaluation.evaluate import Evaluation
from logdepth.learn.plans.presets import plan_of
from logdepth.learn.sweeps.sweep_folder import SWEEP, begin_sweep, read_sweep
from logdepth.learn.trained.models import read_answering
from logdepth.learn.training.metrics import read_rows
from logdepth.learn.training.run_folder import CONFIG, EVALUATION, METRICS, STATE
from logdepth.learn.training.train import Training, begin, train
from logdepth.mpc import Packets, Protocol, Records, run_locally
from logdepth.mpc.checkpoints import MANIFEST
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.numerics.documents import Departure, read_json
from logdepth.numerics.errors import UsageError
from logdepth.programs import Table
from logdepth.tasks import make_task

SECONDS, BYTES = 20, 2**30

STRANGE = (
    None, True, False, -1, 0, 1, 2, 7, 2**31, 2**53, 2**63, 2**70, -(2**63), 0.5, -0.0, 1e-320, 1e308,
    float("nan"), float("inf"), "", "1", "x", "../..", "/dev/zero", "\x1b[31m\n", "a" * 5000,
    [], {}, [[]], [0], {"": 0}, [None] * 1000,
)  # fmt: skip


def places_in(document, place=()):
    """Every place in a JSON document, its own first."""
    yield place
    items = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in items:
        yield from places_in(value, (*place, key))


def change(rng, document):
    """The document with one place of it changed."""
    document = copy.deepcopy(document)
    places = [place for place in places_in(document) if place]
    *way, last = places[rng.integers(len(places))]
    holder = document
    for key in way:
        holder = holder[key]
    match rng.integers(6):
        case 0:
            del holder[last]
        case 1:
            *other_way, other = places[rng.integers(len(places))]
            value = document
            for key in (*other_way, other):
                value = value[key]
            holder[last] = copy.deepcopy(value)
        case 2 if isinstance(holder, list):
            holder.insert(last, copy.deepcopy(holder[last]))
        case 3 if isinstance(holder, dict):
            holder["colour"] = holder[last]
        case 4 if isinstance(holder[last], int | float):
            holder[last] += int(rng.choice([-1, 1, 10**6]))
        case _:
            holder[last] = STRANGE[rng.integers(len(STRANGE))]
    return document


def damage(rng, data):
    """The bytes of a file with a bit flipped, cut off, or with a part of them repeated."""
    place = int(rng.integers(len(data)))
    match rng.integers(3):
        case 0:
            return data[:place]
        case 1:
            return data[:place] + data[max(0, place - 40) :]
    return data[:place] + bytes([data[place] ^ (1 << int(rng.integers(8)))]) + data[place + 1 :]


def change_json(rng, path):
    path.write_text(json.dumps(change(rng, json.loads(path.read_text()))))


def damage_file(rng, path):
    path.write_bytes(damage(rng, path.read_bytes()))


def change_header(rng, path):
    """The JSON at the head of a safetensors file, with the tensors as they were."""
    data = path.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    said = json.dumps(change(rng, json.loads(data[8:end]))).encode()
    path.write_bytes(len(said).to_bytes(8, "little") + said + data[end:])


# --- the folders: how one is written, what makes its checksums right, and how it is used ---


def write_a_model(place):
    write_model(compile_task(make_task("list-ranking", {"n": 5})), place)


def write_a_program(place):
    table = Table("own", rows=6)
    token = table.input("token", letters="abc")
    before = table.pull(table.map(lambda i: i - 1, table.index, high=5), token)
    table.output("same", table.map(lambda a, b: a == b, token, before, high=1))
    table.output("end", table.repeat(2, lambda held: table.pull(held, held), before, high=5, name="hops"))
    write_model(compile_program(table.program()), place)


def use_program(place):
    model = read_model(place)
    for values in ([1, 2, 2, 3], [0, 0], [3]):
        for output, answers in model.run({"token": values}).items():
            assert ((answers >= 0) & (answers <= model.transformer.outputs[output])).all()
    assert all(f"{size:,}" for size in model.claimed.values())


def seal_model(place):
    path = place / folder.DESCRIPTION
    try:
        description = json.loads(path.read_text())
        description["sha256"]["tensors"] = hashlib.sha256((place / folder.TENSORS).read_bytes()).hexdigest()
        description["sha256"]["description"] = checksum(description)
        path.write_text(json.dumps(description))
    except (ValueError, TypeError, KeyError):
        pass


def use_model(place):
    model = read_model(place)
    answers = model.run({"next": [1, 2, 2]})["rank"]
    assert ((answers >= 0) & (answers <= model.transformer.outputs["rank"])).all()
    model.answer(model.task.sample(np.random.default_rng(0), model.task.families[0]))
    assert all(measured >= 0 for measured in model.measured.as_json().values())
    assert all(f"{size:,}" for size in model.claimed.values())  # as a table shows it


def rounds():
    """A protocol of four rounds without a loop, and what its machines hold."""

    def step(number, memory, mail):
        records = memory["x"]
        word = records["word"] + (mail["m"]["word"].sum() % 5 if mail else 0)
        sent = Packets(records.owner, (records.owner * 3 + number) % 5, {"word": word})
        return {"x": Records(records.owner, {"word": word})}, {"m": sent} if number < 4 else {}

    words = {"x": Records(np.arange(5), {"word": np.arange(5) * 7})}
    return Protocol("rounds", 5, 99, tuple(partial(step, number) for number in range(5))), words


class Stop(Exception):
    pass


def write_resumable(place):
    def progress(traffic, number, most):
        if number == 3:
            raise Stop

    with pytest.raises(Stop):
        run_locally(*rounds(), blocks=2, progress=progress, resume=place)


def seal_resumable(place):
    path = place / MANIFEST
    try:
        manifest = json.loads(path.read_text())
        for block, shard in enumerate(manifest["run"]["shards"]):
            data = (place / manifest["run"]["place"] / f"block-{block}.npy").read_bytes()
            shard |= {"size": len(data), "crc32": zlib.crc32(data)}
        manifest["crc32"] = zlib.crc32(json.dumps(manifest["run"]).encode())
        path.write_text(json.dumps(manifest))
    except (ValueError, TypeError, KeyError, OSError, AttributeError):
        pass


def resume(place):
    run = run_locally(*rounds(), blocks=2, resume=place)
    assert set(run.memory) == {"x"} and len(run.traffic) == 4


PLAN = plan_of(
    {"n": 8, "most_hops": 1, "letters": 3, "width": 8, "depth": 1, "heads": 2, "batch": 2, "steps": 4, "warmup": 1}
    | {"checkpoint_every": 2, "log_every": 1}
)
SESSION = {"device": "cpu", "device_name": None, "threads": 1, "processes": 1, "processor": "", "versions": {}}


def write_a_run(place):
    train(PLAN, place, "cpu")
    read_run(place, "run")


def use_run(place):
    read_answering(place).answers(torch.zeros(1, 4, dtype=torch.int64))
    read_rows(place / METRICS)
    with suppress(Departure):  # then it is made again
        Evaluation.from_json(read_json(place / EVALUATION))
    step = begin(place, PLAN, None, SESSION)
    training = Training(PLAN, torch.device("cpu"))
    if step:
        training.restore(place, step)
    training.step()


def write_a_sweep(place):
    begin_sweep(place, {f"lr{rate}": plan_of({"lr": rate, "steps": 4000, "n": 8}) for rate in (0.1, 0.2)})


def use_sweep(place):
    for name in read_sweep(place):
        assert (place / name).resolve().parent == place.resolve()


SHAPE = Gpt2Shape(vocabulary=9, positions=10, depth=1, heads=2, width=12)


def write_parts(place):
    """A checkpoint of others in two parts."""
    place.mkdir()
    state = Gpt2(SHAPE, torch.Generator().manual_seed(0)).state_dict()
    parts = {f"model-0000{i + 1}-of-00002.safetensors": dict(list(state.items())[i::2]) for i in range(2)}
    for name, part in parts.items():
        save_file({key: value.contiguous() for key, value in part.items()}, place / name)
    index = {"metadata": {"total_size": 1}, "weight_map": {key: name for name, part in parts.items() for key in part}}
    (place / "model.safetensors.index.json").write_text(json.dumps(index))
    (place / "config.json").write_text(json.dumps(SHAPE.to_hugging_face() | {"max_hops": 1, "char_tokens": 3}))


def write_pickle(place):
    place.mkdir()
    state = Gpt2(SHAPE, torch.Generator().manual_seed(0)).state_dict()
    torch.save({"model": state, "loss": np.float64(1)}, place / "model.pt")
    (place / "config.yaml").write_text("model:\n  n_head: 2\ntask: {max_hops: 1, char_tokens: 3}\n")


def use_checkpoint(place):
    read_answering(place).answers(torch.zeros(1, 4, dtype=torch.int64))


def nothing(place):
    pass


@dataclass(frozen=True)
class Kind:
    write: callable
    seal: callable
    use: callable
    changes: dict  # file, as a pattern -> how it is changed, and how often


KINDS = {
    "the folder of a model": Kind(
        write_a_model,
        seal_model,
        use_model,
        {
            folder.DESCRIPTION: [(change_json, 150), (damage_file, 30)],
            folder.TENSORS: [(damage_file, 60), (change_header, 60)],
        },
    ),
    "the folder of a program's model": Kind(
        write_a_program, seal_model, use_program, {folder.DESCRIPTION: [(change_json, 300), (damage_file, 20)]}
    ),
    "the folder of a run on machines": Kind(
        write_resumable,
        seal_resumable,
        resume,
        {MANIFEST: [(change_json, 200), (damage_file, 30)], "round-2-*/block-1.npy": [(damage_file, 80)]},
    ),
    "the folder of a training run": Kind(
        write_a_run,
        nothing,
        use_run,
        {
            CONFIG: [(change_json, 60), (damage_file, 10)],
            STATE: [(change_header, 30), (damage_file, 20)],
            "model.safetensors": [(change_header, 30), (damage_file, 10)],
            METRICS: [(damage_file, 40)],
            EVALUATION: [(change_json, 30)],
        },
    ),
    "the folder of a sweep": Kind(write_a_sweep, nothing, use_sweep, {SWEEP: [(change_json, 80), (damage_file, 20)]}),
    "a checkpoint in parts": Kind(
        write_parts,
        nothing,
        use_checkpoint,
        {
            "model.safetensors.index.json": [(change_json, 40), (damage_file, 10)],
            "config.json": [(change_json, 60), (damage_file, 20)],
            "model-00001-of-00002.safetensors": [(change_header, 40), (damage_file, 20)],
        },
    ),
    "a checkpoint in a pickle": Kind(
        write_pickle, nothing, use_checkpoint, {"model.pt": [(damage_file, 100)], "config.yaml": [(damage_file, 40)]}
    ),
}


def late(number, frame):
    raise TimeoutError(f"this takes more than {SECONDS} s")


FIFTH = {"every fifth": lambda seed: seed % 5 == 0, "the others": lambda seed: seed % 5 > 0}


@pytest.mark.parametrize("which", ["every fifth", pytest.param("the others", marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_changed_is_read_or_refused_in_one_line(kind, which, tmp_path):
    whole, tried, refused = tmp_path / "whole", 0, 0
    KINDS[kind].write(whole)
    KINDS[kind].use(shutil.copytree(whole, tmp_path / "copy"))
    before = resource.getrlimit(resource.RLIMIT_AS)
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    handler = signal.signal(signal.SIGALRM, late)
    resource.setrlimit(resource.RLIMIT_AS, (held + BYTES, before[1]))
    try:
        for pattern, ways in KINDS[kind].changes.items():
            for way, times in ways:
                for seed in filter(FIFTH[which], range(times)):
                    tried += 1
                    place = tmp_path / "it"
                    shutil.rmtree(place, ignore_errors=True)
                    shutil.copytree(whole, place)
                    way(np.random.default_rng(seed), next(place.glob(pattern)))
                    KINDS[kind].seal(place)
                    signal.alarm(SECONDS)
                    try:
                        KINDS[kind].use(place)
                    except UsageError as error:
                        refused += 1
                        assert "\n" not in str(error) and len(str(error)) < 2000, str(error)
                        assert str(error).isprintable(), repr(str(error))
                    except BaseException as error:
                        error.add_note(f"{way.__name__} of {pattern}, seed {seed}")
                        raise
                    finally:
                        signal.alarm(0)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
        signal.signal(signal.SIGALRM, handler)
    assert refused > tried / 3
