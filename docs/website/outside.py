"""Links to the pages of Python, NumPy and PyTorch, by the way in which those are named: a build needs no network."""

from __future__ import annotations

import re

PYTHON = "https://docs.python.org/3/library"
NUMPY = "https://numpy.org/doc/stable/reference"
TORCH = "https://docs.pytorch.org/docs/stable"

SHORT = {"np": "numpy", "nn": "torch.nn", "nx": "networkx"}

PLACES = {
    "numpy.random.Generator": f"{NUMPY}/random/generator.html#numpy.random.Generator",
    "numpy.random._generator.Generator": f"{NUMPY}/random/generator.html#numpy.random.Generator",
    "ArrayLike": f"{NUMPY}/typing.html#numpy.typing.ArrayLike",
    "numpy.typing.ArrayLike": f"{NUMPY}/typing.html#numpy.typing.ArrayLike",
    "torch.Tensor": f"{TORCH}/tensors.html",
    "torch.dtype": f"{TORCH}/tensor_attributes.html#torch.dtype",
    "torch.device": f"{TORCH}/tensor_attributes.html#torch.device",
    "networkx.Graph": "https://networkx.org/documentation/stable/reference/classes/graph.html",
}

FORMULAS = (
    (re.compile(r"(collections\.abc|pathlib|fractions|typing|os|types)\.\w+"), PYTHON + "/{module}.html#{name}"),
    (re.compile(r"numpy\.\w+"), NUMPY + "/generated/{name}.html"),
    (re.compile(r"torch\.nn\.\w+"), TORCH + "/generated/{name}.html"),
)


def address_of(name: str) -> str | None:
    """Where a name is documented, as `np.ndarray` or `torch.nn.Module`; None for any other."""
    first, _, rest = name.partition(".")
    name = f"{SHORT.get(first, first)}.{rest}" if rest else name
    if name in PLACES:
        return PLACES[name]
    for pattern, address in FORMULAS:
        if pattern.fullmatch(name):
            return address.format(module=name.rpartition(".")[0], name=name)
    return None
