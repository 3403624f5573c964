"""RASP by two compilers: every program of Tracr's library and every one of its test cases, by logdepth and by Tracr.

python benchmarks/tracr.py --tracr DIR           DIR: a clone of https://github.com/google-deepmind/tracr
python benchmarks/tracr.py --tracr DIR --sizes 5 10 20 50 --inputs 100

Tracr needs JAX and Haiku. The script makes an environment of its own for them, in --environment (by default
.tracr-environment), the first time; without network it says so and stops. A clone is made too if there is no DIR.

Printed: attention layers, blocks, heads of the widest layer, width, stored parameters, seconds of CPU to compile, and
on how many random inputs an answer is wrong, beside Tracr's own evaluator; of Tracr layers, heads, width, parameters,
and the same at its default `mlp_exactness` of 100 and at 10,000. A number counts as wrong from 10^-9 on for us, and
from 10^-2 on for Tracr, which computes means in floats by approximate steps; the greatest difference is printed. Where
the evaluator gives None, Tracr may give anything, as in its own tests. Both get the same inputs: random tokens, of 1
token or of a fifth, two fifths, … or all of n (JAX compiles anew for every length, which counts in Tracr's seconds).
"""

from __future__ import annotations

import argparse
import math
import os
import random
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
NEEDED = ["jax", "dm-haiku", "chex", "einops", "networkx", "numpy", "absl-py", "typing_extensions"]
EXACTNESS = (100, 10_000)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="RASP by logdepth and by Tracr")
    parser.add_argument("--tracr", type=Path, default=Path(".tracr"), help="a clone of Tracr's repository")
    parser.add_argument("--environment", type=Path, default=Path(".tracr-environment"))
    parser.add_argument("--sizes", type=int, nargs="+", default=[5, 20])
    parser.add_argument("--inputs", type=int, default=100)
    parser.add_argument("--only", default="", help="programs whose name has this in it")
    parser.add_argument("--largest", type=int, default=20, help="the largest size at which Tracr is measured")
    parser.add_argument("--cases", type=int, default=100, help="inputs of every test case; 0: not these")
    parser.add_argument("--seconds", type=int, default=600, help="the most for a program of Tracr, compiled and run")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def prepare(options: argparse.Namespace) -> Path | None:
    """The interpreter of Tracr's environment; None, with a word, if it cannot be had."""
    if not (options.tracr / "tracr").is_dir():
        clone = ["git", "clone", "--depth", "1", "https://github.com/google-deepmind/tracr", str(options.tracr)]
        if subprocess.run(clone, check=False).returncode:
            print("Tracr is left out: it is on GitHub alone, and cannot be cloned here. Give --tracr DIR.")
            return None
    python = options.environment / "bin" / "python"
    if not python.exists():
        venv.create(options.environment, with_pip=True)
        if subprocess.run([python, "-m", "pip", "install", "-q", *NEEDED], check=False).returncode:
            print("Tracr is left out: JAX and Haiku cannot be installed here.")
            return None
    return python


def programs(n: int) -> dict[str, tuple[object, list[object]]]:
    """Tracr's library: s-op and vocabulary by name."""
    from tracr.compiler import lib
    from tracr.rasp import rasp

    tokens, letters = rasp.tokens, list("abcd")
    return {
        "length": (lib.make_length(), letters),
        "reverse": (lib.make_reverse(tokens), letters),
        "hist": (lib.make_hist(), letters),
        "count": (lib.make_count(tokens, "a"), letters),
        "count_less_freq(2)": (lib.make_count_less_freq(2), letters),
        "frac_prevs": (lib.make_frac_prevs(tokens == "a"), letters),
        "shift_by(2)": (lib.shift_by(2, tokens), letters),
        "detect_pattern(abc)": (lib.detect_pattern(tokens, "abc"), list("abc")),
        "pair_balance": (lib.make_pair_balance(tokens, "(", ")"), list("()ab")),
        "sort_unique": (lib.make_sort_unique(tokens, tokens), [*range(1, 21)]),
        "sort": (lib.make_sort(tokens, tokens, max_seq_len=n, min_key=1), [1, 2, 3, 4]),
        "shuffle_dyck1": (lib.make_shuffle_dyck(["()"]), list("()")),
        "shuffle_dyck2": (lib.make_shuffle_dyck2(), list("(){}")),
        "shuffle_dyck3": (lib.make_shuffle_dyck(["()", "{}", "[]"]), list("(){}[]")),
        "sort_freq": (lib.make_sort_freq(n), letters),
        "nary_sequencemap": (
            lib.make_nary_sequencemap(lambda x, y, z: x + y - z, tokens, tokens, rasp.indices),
            [1, 2, 3],
        ),
    }


def draw(name: str, vocabulary: list, n: int, inputs: int):
    rng, sizes = random.Random(0), sorted({1, *(-(-n * fifth // 5) for fifth in range(1, 6))})
    for _ in range(inputs):
        size = rng.choice(sizes)
        if name == "sort_unique":
            yield rng.sample(vocabulary, min(size, len(vocabulary)))
        else:
            yield rng.choices(vocabulary, k=size)


def difference(a: object, b: object) -> float:
    """Of two values: of numbers, what is between them; infinite for others that are not the same."""
    if isinstance(a, str) or isinstance(b, str) or a is None or b is None:
        nothing = [x is None or (isinstance(x, float) and math.isnan(x)) for x in (a, b)]
        return 0.0 if a == b or all(nothing) else math.inf
    return abs(float(a) - float(b))


def greatest(answer: Sequence[object], exact: Sequence[object], where_none: bool = True) -> float:
    """The greatest difference; without `where_none` only where the exact answer is a value."""
    pairs = [(a, b) for a, b in zip(answer, exact, strict=True) if where_none or b is not None]
    return max((difference(a, b) for a, b in pairs), default=0.0)


def judged(differences: Sequence[float], within: float) -> str:
    """How many are wrong, and the greatest difference."""
    wrong, most = sum(not each < within for each in differences), max(differences)
    return f"{wrong} of {len(differences)} wrong" + (f", off by up to {most:.1g}" if 0 < most < math.inf else "")


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Errors: TimeoutError after so many seconds."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"stopped after {seconds} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def measure_logdepth(name: str, sop: object, vocabulary: list, n: int, inputs: int, causal: bool, evaluate) -> None:
    from logdepth import compile_program
    from logdepth.rasp import from_tracr

    started = time.process_time()
    program = from_tracr(sop, vocabulary, n, causal, name=name)
    model = compile_program(program)
    seconds = time.process_time() - started
    off = [
        greatest(program.decode(model.run(program.encode(tokens)))[name], evaluate(sop, tokens))
        for tokens in draw(name, vocabulary, n, inputs)
    ]
    size = model.measured
    shown = f"{size.layers}/{size.blocks}/{size.heads}/{size.width}/{size.parameters:,}"
    print(f"{name:22} n = {n:3} logdepth        {shown:22} {seconds:6.2f} s  {judged(off, 1e-9)}", flush=True)


def measure_tracr(name: str, sop: object, vocabulary: list, n: int, inputs: int, exactness: int) -> None:
    from tracr.compiler import compiling
    from tracr.rasp import rasp

    started = time.process_time()
    model = compiling.compile_rasp_to_model(sop, set(vocabulary), n, compiler_bos="BOS", mlp_exactness=exactness)
    seconds = time.process_time() - started
    off = [
        greatest(model.apply(["BOS", *tokens]).decoded[1:], rasp.evaluate(sop, tokens), where_none=False)
        for tokens in draw(name, vocabulary, n, inputs)
    ]
    parameters = sum(array.size for layer in model.params.values() for array in layer.values())
    width = model.params["token_embed"]["embeddings"].shape[1]
    shown = f"{model.model_config.num_layers}/{model.model_config.num_heads}/{width}/{parameters:,}"
    print(
        f"{name:22} n = {n:3} Tracr at {exactness:6,} {shown:22} {seconds:6.2f} s  {judged(off, 1e-2)}",
        flush=True,
    )


def measure_cases(inputs: int) -> None:
    """Tracr's test cases: ours against what they expect, and against Tracr's evaluator."""
    from tracr.compiler import test_cases
    from tracr.rasp import causal_eval, rasp

    from logdepth import compile_program
    from logdepth.rasp import from_tracr

    kinds = [
        ("test cases", test_cases.TEST_CASES, False),
        ("causal test cases", test_cases.CAUSAL_TEST_CASES, True),
        ("cases that Tracr does not support", test_cases.UNSUPPORTED_TEST_CASES, False),
    ]
    for title, cases, causal in kinds:
        evaluate = causal_eval.evaluate if causal else rasp.evaluate
        wrong = []
        for case in cases:
            vocabulary = sorted(case["vocab"], key=str)
            program = from_tracr(case["program"], vocabulary, case["max_seq_len"], causal, name="answer")
            model = compile_program(program)
            answers = [(tokens, evaluate(case["program"], tokens)) for tokens in
                      draw("", vocabulary, case["max_seq_len"], inputs)]  # fmt: skip
            if "test_input" in case:
                answers.append((case["test_input"], case["expected_output"]))
            for tokens, exact in answers:
                answer = program.decode(model.run(program.encode(tokens)))["answer"]
                if not greatest(answer, exact) < 1e-9:
                    wrong.append(case["testcase_name"])
                    break
        print(f"{len(cases)} {title}, {inputs} random inputs each: {len(wrong)} wrong {wrong or ''}", flush=True)


def measure(options: argparse.Namespace) -> None:
    from tracr.rasp import rasp

    if options.cases:
        measure_cases(options.cases)
    for exactness in EXACTNESS:  # what is loaded and compiled once is not counted
        with redirect_stdout(None):
            measure_tracr("length", *programs(2)["length"], 2, 2, exactness)
            measure_logdepth("length", *programs(2)["length"], 2, 2, False, rasp.evaluate)
    print("\nlogdepth: layers/blocks/heads/width/parameters; Tracr: layers/heads/width/parameters")
    for n in options.sizes:
        for name, (sop, vocabulary) in programs(n).items():
            if options.only not in name:
                continue
            measure_logdepth(name, sop, vocabulary, n, options.inputs, False, rasp.evaluate)
            for exactness in EXACTNESS if n <= options.largest else ():
                try:
                    with limited(options.seconds):
                        measure_tracr(name, sop, vocabulary, n, options.inputs, exactness)
                except Exception as error:
                    print(f"{name:22} n = {n:3} Tracr at {exactness:6,} {type(error).__name__}: {str(error)[:80]}")


def main() -> None:
    options = parse()
    if options.measure:
        sys.path.insert(0, str(options.tracr.resolve()))  # before this file, whose name is the same
        measure(options)
        return
    python = prepare(options)
    if python is not None:
        # the environment has Tracr's packages; what logdepth needs comes from this one
        path = os.pathsep.join([str(HOME / "src"), *(p for p in sys.path if p.endswith("site-packages"))])
        subprocess.run(
            [python, __file__, "--measure", *sys.argv[1:]], check=True, env={**os.environ, "PYTHONPATH": path}
        )


if __name__ == "__main__":
    main()
