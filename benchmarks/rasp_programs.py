"""RASP without Tracr: programs of the RASP paper, counting programs, random ones; sizes, CPU seconds, wrong answers.

python benchmarks/rasp_programs.py               the paper's at n = 8, 16 and 50, C-RASP at 100 and 1,000, 300 random
python benchmarks/rasp_programs.py paper 16      only those, at this size; or: crasp, random 100

Wrong: on how many random inputs the model differs from the evaluator, or the evaluator from plain Python where there is
an answer in plain Python. Random programs are of depth 1 to 3; what is refused is counted with the reason.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter
from pathlib import Path

from logdepth import UsageError, compile_program
from logdepth.programs import NoAnswer, interpret
from logdepth.rasp import Rasp, RaspProgram, read_crasp, read_rasp
from logdepth.rasp import functions as f
from logdepth.rasp.tree import Aggregate, Both, Either, Full, Function, Indices, Length, Map, Not, Select, Tokens, Width
from logdepth.rasp.vocabulary import vocabulary_of

PAPER = (Path(__file__).parent.parent / "examples" / "paper.rasp").read_text()
INPUTS = 100


# --- the paper's programs ---


def brackets(pairs):
    def answer(text):
        stack, failed, found = [], False, []
        for letter in text:
            if letter in {pair[0] for pair in pairs}:
                stack.append(letter)
            else:
                failed |= not stack or stack.pop() + letter not in pairs
            found.append("F" if failed else "P" if stack else "T")
        return found

    return answer


def sort_bos(text):
    return [text[0], *sorted(text[1:])]


def hist(text):
    return [text.count(letter) for letter in text]


def hist2(text):
    counts = {letter: text.count(letter) for letter in text}
    return [[*counts.values()].count(counts[letter]) for letter in text]


PROGRAMS = {
    "hist_nobos": ("abcd", hist),
    "reverse": ("abcd", lambda text: text[::-1]),
    "hist_bos": ("§abcd", None),
    "sort_bos": ("§abcd", sort_bos),
    "hist2_bos": ("§abcd", None),
    "sort_by_most_freq": ("§abcd", None),
    "dyck1_ptf": ("()", brackets(["()"])),
    "dyck2_ptf": ("(){}", brackets(["()", "{}"])),
    "dyck3_ptf": ("(){}[]", brackets(["()", "{}", "[]"])),
}


def measure(name: str, make, draw, answer=None) -> None:
    started = time.process_time()
    program: RaspProgram = make()
    model = compile_program(program)
    seconds = time.process_time() - started
    wrong = 0
    for tokens in (draw() for _ in range(INPUTS)):
        [exact] = program.source.evaluate(tokens).values()
        [found] = program.decode(model.run(program.encode(tokens))).values()
        wrong += found != exact or (answer is not None and [*answer(tokens)] != exact)
    size = model.measured
    shown = f"{size.layers}/{size.blocks}/{size.heads}/{size.width}/{size.parameters:,}"
    print(f"{name:20} n = {program.rows:5} {shown:24} {seconds:5.2f} s  {wrong} of {INPUTS} wrong", flush=True)


def measure_paper(sizes) -> None:
    for n in sizes:
        for name, (letters, answer) in PROGRAMS.items():
            rng = random.Random(0)

            def draw(letters=letters, n=n, rng=rng):
                first = ["§"] if "§" in letters else []
                return [*first, *rng.choices(letters.strip("§"), k=rng.randint(1, n) - len(first))]

            measure(name, lambda n=n, name=name, letters=letters: read_rasp(PAPER, letters, n, name), draw, answer)


# --- counting programs ---

CRASP = {
    "majority": ("ab", "a := #[j<=i] Q_a; b := #[j<=i] Q_b; majority := b < a;"),
    "dyck1": (
        "()",
        """o := #[j<=i] Q["("]; c := #[j<=i] Q[")"]; fell := o < c; falls := #[j<=i] fell;
           dyck1 := o == c and falls == 0;""",
    ),
    "anbncn": (
        "abc",
        """a := #[j<=i] Q_a; b := #[j<=i] Q_b; c := #[j<=i] Q_c; late := (Q_a and 0 < b + c) or (Q_b and 0 < c);
           lates := #[j<=i] late; word := a == b and b == c and lates == 0;""",
    ),
    "shuffle_dyck2": (
        "(){}",
        """o := #[j<=i] Q["("]; c := #[j<=i] Q[")"]; p := #[j<=i] Q["{"]; d := #[j<=i] Q["}"];
           fell := o < c or p < d; falls := #[j<=i] fell; word := o == c and p == d and falls == 0;""",
    ),
}


def height(text, pair):
    return [text[: i + 1].count(pair[0]) - text[: i + 1].count(pair[1]) for i in range(len(text))]


def dyck(pairs):
    def answer(text):
        heights = [height(text, pair) for pair in pairs]
        low = [[min(h[: i + 1]) for i in range(len(text))] for h in heights]
        return [all(h[i] == 0 and m[i] == 0 for h, m in zip(heights, low, strict=False)) for i in range(len(text))]

    return answer


def anbncn(text):
    prefixes = ("".join(text[: i + 1]) for i in range(len(text)))
    return [word == "".join(letter * (len(word) // 3) for letter in "abc") for word in prefixes]


ANSWERS = {
    "majority": lambda text: [2 * text[: i + 1].count("a") > i + 1 for i in range(len(text))],
    "dyck1": dyck(["()"]),
    "anbncn": anbncn,
    "shuffle_dyck2": dyck(["()", "{}"]),
}


def measure_crasp(sizes) -> None:
    for n in sizes:
        for name, (letters, text) in CRASP.items():
            rng = random.Random(0)

            def draw(letters=letters, n=n, rng=rng):
                return rng.choices(letters, k=rng.randint(1, min(n, 100)))

            measure(name, lambda n=n, text=text: read_crasp(text, n), draw, ANSWERS[name])


# --- random programs ---


def random_predicate(rng):
    a, b, c = rng.randint(1, 3), rng.randint(-2, 2), rng.randint(2, 4)
    return rng.choice(
        [
            *f.COMPARISONS.values(),
            Function("some", lambda k, q: (a * k + b * q) % c == 0),
            Function("near", lambda k, q: k - q in (b, b + 1)),
        ]
    )


def random_sop(rng, depth):
    if depth == 0:
        return rng.choice([Tokens(), Indices(), Tokens(), Full(rng.randint(-1, 3)), Length()])
    kind = rng.randint(0, 4)
    if kind <= 1:
        a, b, c = rng.randint(-2, 3), rng.randint(-2, 2), rng.randint(2, 5)
        own = [(Function("line", lambda x: a * x + b), 1), (Function("mod", lambda x, y: (a * x + b * y) % c), 2)]
        two = [(each, 2) for each in (f.ADD, f.SUBTRACT, f.MULTIPLY, f.SMALLER, f.LARGER, f.LESS, f.EQUAL)]
        function, count = rng.choice([*own, *two, (f.CHOICE, 3), (f.ROUND, 1), (f.INDICATOR, 1)])
        return Map(function, tuple(random_sop(rng, depth - 1) for _ in range(count)))
    if kind == 2:
        return Width(random_selector(rng, depth - 1))
    return Aggregate(random_selector(rng, depth - 1), random_sop(rng, depth - 1), rng.choice([0, 0, 1, -2]))


def random_selector(rng, depth):
    first, second = (Select(random_sop(rng, depth), random_sop(rng, depth), random_predicate(rng)) for _ in range(2))
    return rng.choice([first, first, first, Both(first, second), Either(first, second), Not(first)])


def kind_of(refusal: str) -> str:
    """A refusal without its numbers and names."""
    said = re.search(r"a fraction is a table|the selector by .* is a table|is a table|becomes|needs", refusal)
    return re.sub(r"'.*'", "a predicate", said[0]) if said else refusal[:80]


def measure_random(count: int) -> None:
    wrong, inputs, nothing, refused = 0, 0, 0, Counter()
    for seed in range(count):
        rng = random.Random(seed)
        rows, letters = rng.choice([4, 5, 6]), range(rng.randint(2, 4))
        source = Rasp("random", {"y": random_sop(rng, 1 + seed % 3)}, vocabulary_of(letters), rows, rng.random() < 0.3)
        try:
            program = source.program
            model = compile_program(program) if seed % 3 == 0 else None  # every third one is compiled to weights, too
        except UsageError as error:
            refused[kind_of(str(error))] += 1
            continue
        differ = 0
        for _ in range(20):
            tokens = [rng.choice([*letters]) for _ in range(rng.randint(1, rows))]
            try:
                exact = source.evaluate(tokens)["y"]
            except NoAnswer:
                nothing += 1
                continue
            inputs += 1
            columns = program.encode(tokens)
            differ += program.decode(interpret(program, columns))["y"] != exact
            differ += model is not None and program.decode(model.run(columns))["y"] != exact
        wrong += differ > 0
    print(f"{count} random programs: {wrong} wrong on {inputs} inputs ({nothing} more on which RASP has no value);")
    print(f"{sum(refused.values())} refused: {dict(refused)}")


def main() -> None:
    what = sys.argv[1] if len(sys.argv) > 1 else "all"
    sizes = [int(word) for word in sys.argv[2:]]
    if what in ("all", "paper"):
        measure_paper(sizes or [8, 16, 50])
    if what in ("all", "crasp"):
        measure_crasp(sizes or [100, 1000])
    if what in ("all", "random"):
        measure_random(*(sizes or [300]))


if __name__ == "__main__":
    main()
