"""What all export formats share."""

import subprocess
import sys

import pytest

from logdepth.artefacts import compile_task
from logdepth.exports import EXPORTS, export
from logdepth.numerics.errors import UsageError
from logdepth.tasks import make_task


@pytest.fixture(scope="module")
def model():
    return compile_task(make_task("broadcast", {"n": 3}))


def test_the_formats():
    assert list(EXPORTS) == ["transformer-lens", "onnx", "ground-truth"]


def test_naming_the_formats_loads_no_heavy_library():
    check = "import sys, logdepth.exports; print(sorted({'torch', 'onnx', 'transformer_lens'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True)
    assert ran.stdout == "[]\n", ran.stderr


def test_an_unknown_format_is_refused(model, tmp_path):
    with pytest.raises(UsageError, match="there is no export format 'onyx'"):
        export(model, "onyx", tmp_path / "file")


@pytest.mark.parametrize("format_", EXPORTS)
def test_a_file_is_written_whole_or_not_at_all(model, tmp_path, format_):
    path = tmp_path / "new" / "file"
    export(model, format_, path)
    first = path.read_bytes()
    export(model, format_, path)
    assert path.read_bytes() == first
    assert list(path.parent.iterdir()) == [path]
    with pytest.raises(UsageError, match="is a folder"):
        export(model, format_, tmp_path)
    with pytest.raises(UsageError, match="cannot be written"):
        export(model, format_, path / "below")
    assert path.read_bytes() == first and list(tmp_path.iterdir()) == [tmp_path / "new"]
