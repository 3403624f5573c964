"""The same program by two compilers: reverse a text of 4 letters, by logdepth and by Tracr.

python benchmarks/compilers.py       what is installed in this environment; the other is left out

Tracr: https://github.com/google-deepmind/tracr (its dependencies, and the folder on PYTHONPATH, are enough). 100 texts
of random length for each size; a text is wrong if any letter of the answer is. `mlp_exactness` is Tracr's own setting,
100 by default: how steep the steps are by which it counts.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

LETTERS = "abcd"
SIZES = (20, 50)
TEXTS = 100


def count_wrong(reverse: Callable[[str], str], rows: int) -> int:
    rng = Random(0)
    texts = ["".join(rng.choices(LETTERS, k=rng.randint(1, rows))) for _ in range(TEXTS)]
    return sum(reverse(text) != text[::-1] for text in texts)


def measure_logdepth(rows: int) -> None:
    from logdepth import Table, compile_program

    table = Table("reverse", rows)
    token = table.input("token", letters=LETTERS)
    table.output("reversed", table.pull((table.length + 1 - table.index).clip(0), token))
    model = compile_program(table.program())

    def reverse(text: str) -> str:
        return "".join(LETTERS[letter - 1] for letter in model.run(text=text)["reversed"])

    size = model.measured
    print(
        f"{'logdepth':29} n = {rows}: {size.layers} layers, width {size.width}, {size.parameters:,} parameters,", end=""
    )
    print(f" {count_wrong(reverse, rows)} of {TEXTS} wrong", flush=True)


def measure_tracr(rows: int, exactness: int) -> None:
    from tracr.compiler import compiling, lib
    from tracr.rasp import rasp

    model = compiling.compile_rasp_to_model(
        lib.make_reverse(rasp.tokens), set(LETTERS), rows, compiler_bos="BOS", mlp_exactness=exactness
    )

    def reverse(text: str) -> str:
        return "".join(model.apply(["BOS", *text]).decoded[1:])

    parameters = sum(array.size for layer in model.params.values() for array in layer.values())
    width = model.params["token_embed"]["embeddings"].shape[1]
    name = f"Tracr, mlp_exactness={exactness}"
    print(f"{name:29} n = {rows}: {model.model_config.num_layers} layers, width {width},", end="")
    print(f" {parameters:,} parameters, {count_wrong(reverse, rows)} of {TEXTS} wrong", flush=True)


def measure_both(rows: int) -> None:
    """Print what can be measured here: Tracr's dependencies and ours are rarely in one environment."""
    try:
        measure_logdepth(rows)
    except ImportError as error:
        print(f"logdepth is left out: {error}")
    try:
        for exactness in (100, 10_000):
            measure_tracr(rows, exactness)
    except ImportError as error:
        print(f"Tracr is left out: {error}")


for rows in SIZES:
    measure_both(rows)
