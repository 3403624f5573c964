"""What torch.save wrote is read as torch.load reads it; nothing is executed, and no file fills the memory."""

import argparse
import io
import pickle
import resource
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from logdepth.networks import load_weights
from logdepth.numerics.errors import UsageError

FORMATS = {"zip": True, "in a row": False}
KINDS = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8]


def random_state(seed):
    """Tensors of all kinds: views, shared numbers, no numbers, one number, parameters."""
    rng = np.random.default_rng(seed)
    state = OrderedDict()
    for number in range(12):
        shape = tuple(rng.integers(0, 5, rng.integers(0, 4)))
        kind = KINDS[rng.integers(len(KINDS))]
        state[f"layer.{number}"] = torch.randint(-9, 9, shape, generator=torch.Generator().manual_seed(number)).to(kind)
    base = torch.randn(7, 9, generator=torch.Generator().manual_seed(seed))
    state |= {
        "whole": base,
        "turned": base.T,
        "part": base[2:5, ::2],
        "again": base,
        "last": base[-1, -1],
        "mask": base > 0,
        "parameter": nn.Parameter(base.clone()),
        "repeated": torch.tensor([3.0]).expand(1, 1),
    }
    return state


def same(ours, theirs):
    assert list(ours) == list(theirs)
    for name, expected in theirs.items():
        assert ours[name].dtype == expected.dtype and ours[name].shape == expected.shape
        assert ours[name].stride() == expected.stride() and torch.equal(ours[name], expected), name


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("seed", range(5))
def test_a_state_dict_is_read_as_torch_reads_it(tmp_path, form, seed):
    torch.save(random_state(seed), tmp_path / "model.pt", _use_new_zipfile_serialization=FORMATS[form])
    found = load_weights(tmp_path / "model.pt")
    same(found, torch.load(tmp_path / "model.pt", weights_only=True))
    found["whole"][0, 0] = 100.0  # tensors that shared their numbers still do
    assert found["again"][0, 0] == found["turned"][0, 0] == 100.0


class Settings:
    """A class that whoever reads the file does not have."""

    def __init__(self):
        self.lr = 0.1


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["model_state_dict", "state_dict", "model", "module"])
def test_a_training_state_is_read_whatever_stands_beside_the_weights(tmp_path, form, name):
    state = random_state(0)
    optimiser = torch.optim.AdamW([torch.zeros(3, requires_grad=True)])
    beside = {
        "loss": np.float64(0.25),
        "losses": np.arange(5.0),
        "path": Path("run"),
        "args": argparse.Namespace(lr=0.1, where=Path("x")),
        "settings": Settings(),
        "optimizer": optimiser.state_dict(),
        "rng": torch.get_rng_state(),
        "size": torch.Size([1, 2]),
        "set": {1, 2},
        "step": 12,
        0: "numbers as names are nothing to the weights",
    }
    content = {**beside, name: state | {"best": np.float32(1)}}
    torch.save(content, tmp_path / "state.pt", _use_new_zipfile_serialization=FORMATS[form])
    same(load_weights(tmp_path / "state.pt"), state)


# --- what is refused ---


def state_of(**tensors):
    return {"wte.weight": torch.zeros(2, 2), **tensors}


def itself():
    content = {}
    content["model"] = content
    return content


REFUSED = {
    "names that are numbers": ({0: torch.zeros(2), 1: torch.zeros(2)}, "names a tensor 0, which is no text"),
    "a whole object": (Settings(), "whole object of .*Settings.*Save its state_dict"),
    "a whole network": ({"model": nn.Linear(2, 2)}, "under 'model', holds a whole object of torch.nn.modules.linear"),
    "a list": ([torch.zeros(2)], "holds no state dict"),
    "an optimiser": (
        {"state": {}, "param_groups": [{"lr": 0.1, "params": [0]}]},
        'no state dict, but "state", "param_groups"',
    ),
    "itself": (itself(), "several: 'model'"),
    "two state dicts": ({"model": state_of(), "state_dict": state_of()}, "several: 'state_dict', 'model'"),
    "nothing": ({}, "no state dict, but nothing"),
    "float8": (state_of(a=torch.zeros(2).to(torch.float8_e4m3fn)), "tensor 'a' is torch.float8_e4m3fn; read are"),
    "complex": (state_of(a=torch.zeros(2, dtype=torch.complex64)), "'a' is of torch.ComplexFloatStorage"),
    "sparse": (state_of(a=torch.eye(3).to_sparse()), "'a' is sparse"),
    "compressed sparse": (state_of(a=torch.eye(3).to_sparse_csr()), "'a' is sparse"),
    "meta": (state_of(a=torch.zeros(2, device="meta")), "'a' is on the meta device, without numbers"),
    "quantised": (
        state_of(a=torch.quantize_per_tensor(torch.zeros(2), 1.0, 0, torch.qint8)),
        "'a' is (quantised|of torch.QInt8Storage)",
    ),
    "negated": (state_of(a=torch.zeros(2, dtype=torch.complex64).conj().imag), "'a' is"),
}


@pytest.mark.filterwarnings("ignore")  # of torch, on formats that it may drop
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_state_dict_of_dense_numbers_is_refused_by_name(tmp_path, case, form):
    content, message = REFUSED[case]
    torch.save(content, tmp_path / "model.pt", _use_new_zipfile_serialization=FORMATS[form])
    with pytest.raises(UsageError, match=message) as refusal:
        load_weights(tmp_path / "model.pt")
    assert str(tmp_path / "model.pt") in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_pickle_that_torch_did_not_write_is_refused(tmp_path):
    (tmp_path / "model.bin").write_bytes(pickle.dumps({"wte.weight": np.zeros(3)}))
    with pytest.raises(UsageError, match=r"a pickle that torch.save did not write"):
        load_weights(tmp_path / "model.bin")


@pytest.mark.parametrize("form", FORMATS)
def test_every_truncation_and_flipped_byte_is_noticed_or_changes_nothing_but_numbers(tmp_path, form):
    """The zip has a checksum of every part, so nothing changes there; the row of pickles has none."""
    path = tmp_path / "model.pt"
    torch.save({f"w{i}": torch.arange(6.0) + i for i in range(4)}, path, _use_new_zipfile_serialization=FORMATS[form])
    whole, expected = path.read_bytes(), load_weights(path)
    rng = np.random.default_rng(0)
    for kept in rng.choice(len(whole), 60, replace=False):
        path.write_bytes(whole[:kept])
        with pytest.raises(UsageError):
            load_weights(path)
    for place in rng.choice(len(whole), 200, replace=False):
        bad = bytearray(whole)
        bad[place] ^= 1 << rng.integers(8)
        path.write_bytes(bad)
        try:
            found = load_weights(path)
        except UsageError as error:
            assert "\n" not in str(error)
        else:
            assert form == "in a row" or all(torch.equal(found[name], expected[name]) for name in expected)


# --- what would fill the memory ---

GLOBAL_BYTEARRAY = b"cbuiltins\nbytearray\n"
HUGE = 2**40


def zipped(pickled, parts=(), packed=zipfile.ZIP_STORED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", packed) as archive:
        archive.writestr("model/data.pkl", pickled)
        for name, part in parts:
            archive.writestr(f"model/data/{name}", part)
    return data.getvalue()


def tensor(count, size, strides, key=b"0"):
    """The instructions that make a tensor of a float storage."""

    def numbers(values):
        return b"(" + b"".join(b"I%d\n" % value for value in values) + b"t"

    storage = b"(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0%bX\3\0\0\0cpuI%d\ntQ" % (key, count)
    made = storage + b"I0\n" + numbers(size) + numbers(strides) + b"I00\nccollections\nOrderedDict\n(tR"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + made + b"tR"


def state(*tensors):
    named = b"".join(b"X\2\0\0\0w" + bytes([97 + i]) + made for i, made in enumerate(tensors))
    return b"\x80\x02}(" + named + b"u."


NUMBERS = [("0", struct.pack("<4f", 1, 2, 3, 4))]
BOMBS = {  # made when they are tried: some take a second
    "a call that makes a terabyte": lambda: zipped(b"\x80\x02}X\1\0\0\0a" + GLOBAL_BYTEARRAY + b"(I%d\ntRs." % HUGE),
    "an array of bytes that are not there": lambda: zipped(b"\x80\x05\x96" + HUGE.to_bytes(8, "little") + b"."),
    "bytes that are not there": lambda: zipped(b"\x80\x05\x8e" + HUGE.to_bytes(8, "little") + b"."),
    "a memo of four billion places": lambda: zipped(b"\x80\x02]r\xff\xff\xff\xff."),
    "a memo of a number in words": lambda: zipped(b"\x80\x02]p4000000000\n."),
    "a number of a million digits": lambda: zipped(b"\x80\x02I" + b"9" * 10**6 + b"\n."),
    "a storage larger than the file": lambda: zipped(state(tensor(HUGE, [HUGE], [1])), NUMBERS),
    "a storage smaller than it says": lambda: zipped(state(tensor(5, [5], [1])), NUMBERS),
    "a tensor that repeats a number": lambda: zipped(state(tensor(4, [2**20, 2**20], [0, 0])), NUMBERS),
    "a tensor beyond its storage": lambda: zipped(state(tensor(4, [2, 2], [3, 1])), NUMBERS),
    "a tensor of negative size": lambda: zipped(state(tensor(4, [-1, -4], [1, 1])), NUMBERS),
    "a storage of negative size": lambda: zipped(state(tensor(-4, [0], [1])), NUMBERS),
    "a packed part": lambda: zipped(state(tensor(2**28, [2**28], [1])), [("0", bytes(2**28))], zipfile.ZIP_DEFLATED),
    "a part that is missing": lambda: zipped(state(tensor(4, [4], [1], b"7")), NUMBERS),
    "lists in lists": lambda: zipped(b"\x80\x02" + b"]" * 10**6 + b"a" * (10**6 - 1) + b"."),
    "very many instructions": lambda: zipped(b"\x80\x02]" + b"N0" * 2**21 + b"."),
    "very many names": lambda: zipped(b"\x80\x02]" + b"".join(b"ca\nb%d\n0" % i for i in range(5000)) + b"."),
    "a name that is no name": lambda: zipped(b"\x80\x04NN\x93."),
    "a reference to nothing": lambda: zipped(b"\x80\x02NQ."),
    "a tensor without arguments": lambda: zipped(b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R."),
}


@pytest.mark.parametrize("case", BOMBS)
def test_what_would_fill_the_memory_is_refused(tmp_path, case):
    (tmp_path / "model.bin").write_bytes(BOMBS[case]())
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (held + 2**29, before[1]))
    try:
        with pytest.raises(UsageError) as refusal:
            load_weights(tmp_path / "model.bin")
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 500


def test_tensors_that_share_their_numbers_too_often_are_refused(tmp_path):
    numbers = torch.zeros(2**20)
    torch.save({f"w{i}": numbers for i in range(300)}, tmp_path / "model.pt")
    with pytest.raises(UsageError, match=r"its tensors show the numbers of .* bytes as 1,258,291,200 bytes"):
        load_weights(tmp_path / "model.pt")
