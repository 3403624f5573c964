"""Whatever torch's user has set, results are the same and exact, and everything stays as the user set it."""

import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from threading import Event, Thread

import numpy as np
import pytest
import torch

from logdepth.arithmetic import product
from logdepth.artefacts import compile_program, compile_protocol, compile_task, read_model, write_model
from logdepth.artefacts.folder import tensors_of
from logdepth.artefacts.simulate import simulate
from logdepth.exports import export, lens_input
from logdepth.numerics.errors import UsageError
from logdepth.programs import RawProtocol, Table, interpret
from logdepth.runs import prepare, run_prepared
from logdepth.solutions import program_for
from logdepth.tasks import make_task
from logdepth.verification import fewest_mantissa_bits, verify_protocol
from logdepth.verification.sizes import small_sizes

PLACES = ("", "cuda.matmul", "cudnn", "cudnn.conv", "cudnn.rnn", "mkldnn", "mkldnn.matmul")


def part(place):
    found = torch.backends
    for name in filter(None, place.split(".")):
        found = getattr(found, name, None)
    return found


NEW = [place for place in PLACES if hasattr(part(place), "fp32_precision")]
"""The parts of torch.backends whose precision can be set in newer versions of torch, "" the whole."""


def tell(question):
    """An answer, or an error: torch refuses some questions once its two ways of setting precision were mixed."""
    try:
        return question()
    except RuntimeError as error:
        return str(error)


def flushes_denormals():
    return float(torch.tensor([2.0**-126], dtype=torch.float32, device="cpu").mul(0.5)) == 0


def observed():
    """Everything that a user of torch and NumPy can have set."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "legacy": tell(torch.get_float32_matmul_precision),
            "tf32": tell(lambda: torch.backends.cuda.matmul.allow_tf32),
            "new": [part(place).fp32_precision for place in NEW],
            "autocast": [(torch.is_autocast_enabled(kind), torch.get_autocast_dtype(kind)) for kind in ("cpu", "cuda")],
            "dtype": torch.get_default_dtype(),
            "device": torch.empty(0).device,
            "inference": torch.is_inference_mode_enabled(),
            "gradients": torch.is_grad_enabled(),
            "deterministic": torch.are_deterministic_algorithms_enabled(),
            "threads": torch.get_num_threads(),
            "denormals": flushes_denormals(),
            "errors": np.geterr(),
        }


@contextmanager
def legacy_precision(precision):
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(precision)
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


@contextmanager
def new_precision(place, precision):
    """Set by the new way, which leaves the old one unreadable; afterwards all is as in the beginning."""
    before = [part(each).fp32_precision for each in NEW]
    part(place).fp32_precision = precision
    try:
        yield
    finally:
        for each, value in zip(NEW, before, strict=True):
            part(each).fp32_precision = value


@contextmanager
def default_dtype(dtype):
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@contextmanager
def default_device(device):
    torch.set_default_device(device)
    try:
        yield
    finally:
        torch.set_default_device(None)


@contextmanager
def deterministic():
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(False)


@contextmanager
def flushed_denormals():
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


@contextmanager
def strict_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


STATES = {
    "legacy medium": lambda: legacy_precision("medium"),
    "legacy high": lambda: legacy_precision("high"),
    **{f"new {place or 'all'} tf32": lambda place=place: new_precision(place, "tf32") for place in NEW},
    **{f"new {place} bf16": lambda place=place: new_precision(place, "bf16") for place in NEW if "mkldnn" in place},
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
    "autocast of a GPU": lambda: torch.autocast("cuda", torch.float16, enabled=torch.cuda.is_available()),
    "default float16": lambda: default_dtype(torch.float16),
    "default bfloat16": lambda: default_dtype(torch.bfloat16),
    "default float64": lambda: default_dtype(torch.float64),
    "default device": lambda: default_device("meta"),
    "device as a context": lambda: torch.device("meta"),
    "inference mode": torch.inference_mode,
    "no gradients": torch.no_grad,
    "deterministic": deterministic,
    "flushed denormals": flushed_denormals,
    "numpy raises": lambda: np.errstate(all="raise"),
    "warnings are errors": strict_warnings,
}


@contextmanager
def everything() -> Iterator[None]:
    """Many states at once, as in a user's notebook."""
    with ExitStack() as stack:
        for name in (
            "legacy medium",
            "default bfloat16",
            "default device",
            "deterministic",
            "inference mode",
            "autocast",
        ):
            stack.enter_context(STATES[name]())
        yield


STATES["many at once"] = everything

LAST = dict(small_sizes())
"""For every task one small size."""


@cache
def plain(name):
    """A task, some instances, and the weights of its model, made while nothing is set."""
    task = make_task(name, LAST[name])
    rng = np.random.default_rng(0)
    instances = [task.sample(rng, family, None) for family in task.families][:3]
    return task, instances, tensors_of(compile_task(task).transformer)


def three_rounds():
    def step(machine, held, inbox):
        ((came, word),) = inbox
        total = torch.minimum(held["x"] + came * word, torch.tensor(9))
        return {"x": total}, [(machine % 4 + 1, total)]

    def last(machine, held, inbox):
        return {"x": step(machine, held, inbox)[0]["x"]}, []

    return RawProtocol("ring", 4, 1, {"x": 9}, {"word": 9}, [step, step, last])


@pytest.mark.parametrize("name", STATES)
def test_every_task_compiles_to_the_same_weights_and_answers_exactly_in_any_state(name):
    tasks = LAST if name == "many at once" else ("k-hop", "sort", "diameter", "3-sum")
    known = {task: plain(task) for task in tasks}
    with STATES[name]():
        before = observed()
        for task, instances, weights in known.values():
            model = compile_task(task)
            found = tensors_of(model.transformer)
            assert found.keys() == weights.keys()
            for key, tensor in found.items():
                assert tensor.device.type == "cpu"
                assert np.array_equal(tensor.numpy(), weights[key].numpy())
            for instance in instances:
                columns = task.encode(instance)
                outputs, expected = model.run(columns), interpret(program_for(task), columns)
                assert all(np.array_equal(outputs[key], values) for key, values in expected.items())
                assert np.array_equal(model.answer(instance), task.solve(instance))
        assert observed() == before


@cache
def plain_hops():
    """A task whose numbers no lower precision carries, an instance, and the bits that it needs while nothing is set."""
    task = make_task("k-hop", {"n": 60, "k": 5})
    instance = task.sample(np.random.default_rng(0), "chain", 60)
    bits = fewest_mantissa_bits(compile_task(task), [instance])
    assert bits > 11  # of TF32
    return task, instance, bits


@pytest.mark.parametrize("name", STATES)
def test_every_other_way_to_compute_is_exact_in_any_state(name, tmp_path):
    task, instance, bits = plain_hops()
    with STATES[name]():
        before = observed()
        model = compile_task(task)
        assert fewest_mantissa_bits(model, [instance]) == bits
        write_model(model, tmp_path / "model")
        again = read_model(tmp_path / "model")
        outputs, cache = again.run_with_cache(task.encode(instance))
        assert np.array_equal(task.decode(outputs, instance), task.solve(instance))
        assert {tensor.device.type for tensor in cache.residuals} == {"cpu"}
        assert np.array_equal(simulate(model, instance).answer, task.solve(instance))
        on_machines = run_prepared(prepare(task, instance))
        assert np.array_equal(on_machines.answer, task.solve(instance))
        lens_input(model.transformer, task.encode(instance)).numpy()
        export(model, "transformer-lens", tmp_path / "lens")
        for router in ("exact", "oblivious"):
            raw = three_rounds()
            assert verify_protocol(raw, compile_protocol(raw, router), samples=2).wrong == 0
        assert observed() == before


@pytest.mark.parametrize("name", STATES)
def test_an_error_leaves_the_state_as_it_was(name):
    table = Table("fails", rows=4)
    table.output("x", table.map(lambda x: x + 1, table.input("x", 3), high=3))
    task, _, _ = plain("k-hop")
    with STATES[name]():
        before = observed()
        with pytest.raises(UsageError, match="declare a larger range"):
            interpret(table.program(), {"x": [3]})
        with pytest.raises(UsageError, match="the model takes"):
            compile_task(task).run({"token": [-1]})
        assert observed() == before


@pytest.mark.parametrize("precision", ["medium", "high"])
def test_a_product_is_the_same_to_the_last_bit_whatever_precision_torch_has(precision):
    a, b = (torch.randn(3, 64, 64, generator=torch.Generator().manual_seed(seed)) for seed in (0, 1))
    plain_product = product(a, b)
    assert torch.allclose(plain_product.double(), a.double() @ b.double(), atol=64 * 2**-24 * 16)
    with legacy_precision(precision), torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(product(a, b), plain_product)


def test_threads_neither_disturb_one_another_nor_the_user():
    """Six threads compute; a seventh sets torch's precision to and fro, as another library may."""
    task = make_task("components", {"n": 16, "edges": 30})
    model = compile_task(task)
    rng = np.random.default_rng(0)
    instances = [task.sample(rng) for _ in range(60)]
    done = Event()

    def toggle():
        while not done.is_set():
            for precision in ("highest", "medium"):
                torch.set_float32_matmul_precision(precision)

    with legacy_precision("medium"):
        other = Thread(target=toggle)
        other.start()
        try:
            with ThreadPoolExecutor(6) as threads:
                answers = list(threads.map(model.answer, instances))
        finally:
            done.set()
            other.join()
        assert torch.get_float32_matmul_precision() == "medium"
    for instance, answer in zip(instances, answers, strict=True):
        assert np.array_equal(answer, task.solve(instance))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_a_map_has_one_meaning_whatever_the_default_dtype(dtype):
    """x / 2 of integers is of torch's default dtype; in half precision 2049 / 2 rounds to another integer."""
    with default_dtype(dtype):
        table = Table("halves", rows=4)
        table.output("half", table.map(lambda x: (x / 2).floor().long(), table.input("x", 4095), high=2047))
        program = table.program()
        expected = {"x": [2049, 4095, 7]}
        assert interpret(program, expected)["half"].tolist() == [1024, 2047, 3]
        assert compile_program(program).run(expected)["half"].tolist() == [1024, 2047, 3]
