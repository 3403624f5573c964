"""A network that reads in one pass knows of the first part of its input what its state holds, and nothing else.

The family asks for any of T bits of the first part. States of fewer bits are the same for two first parts, and then the
question where these differ gets one answer where two are right. A state of more bits may be large enough, and badly
used: first parts whose states are close are asked where they differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice, product
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import Tensor

from logdepth.networks import Gpt2Shape, Recurrent, one_pass
from logdepth.numerics.errors import UsageError, Wording
from logdepth.refuters.checker import Rejected
from logdepth.refuters.conviction import convict
from logdepth.refuters.encodings import encoding_of
from logdepth.refuters.index_families import IndexFamily
from logdepth.refuters.network import TokenNetwork
from logdepth.refuters.recall_family import prefix_family_of
from logdepth.refuters.refutation import Attempt, Counterexample, NotRefuted, Refutation
from logdepth.refuters.refuter import Example, Refuter, Search
from logdepth.refuters.state_at_cut import Reader, StateAtCut, levels, opened, values
from logdepth.refuters.suspect import NotTaken, Suspect
from logdepth.refuters.table_machine import TableMachine
from logdepth.tasks import Connectivity, CycleCheck, InductionHeads, KHop, Recall, ThreeSum, TwoSum

NAME = "one-pass"
FIRST_PARTS = 2048  # whose states are compared: all, if there are no more
NUMBERS = 2**23  # of all their states together; the larger a state, the fewer first parts
FLIPPED = 16  # of them, each with all that differ from it in one bit
QUESTIONS = 4096  # that the model is asked, in all
BATCH = 512  # of either; after each of them the time is looked at
COARSE = range(1, 9)  # bits a number, at which the state of a model that is right is rounded
FINE = range(16, 0, -1)  # bits a number, at which two states that are close may be the same
AS_THEY_ARE = 64  # bits a number, where two states are the same without any rounding
PROBES = 8  # instances on which it is seen that nothing but the state is carried
CLOSE = 1e-2  # of the largest logit: what the order of a sum of floats may change, in bfloat16 too
COMPARED = 64  # wrong answers of which the one with the closest states is shown


@dataclass(frozen=True)
class Question:
    """Bit i of the first part of this row; asked because the state of `close` is close to its own."""

    row: int
    bit: int
    close: int | None = None


@dataclass(frozen=True, eq=False)
class Examination:
    """A network, first parts f (F, T) of its family, and its states after them, (F, words), as it computes them.

    asked: how many tokens a question has. bits: of the network whose states are rounded; None: as it is.
    """

    reader: Reader
    family: IndexFamily
    first_parts: np.ndarray
    exact: Tensor
    asked: int
    bits: int | None = None

    @property
    def suspect(self) -> TokenNetwork:
        return self.reader.suspect

    @cached_property
    def states(self) -> Tensor:
        """From which it reads on, (F, words)."""
        return self.exact if self.bits is None else values(self.rounded(self.bits), self.bits, self.top)

    def state_after(self, row: int) -> Tensor:
        """As it computes it where it reads this first part alone, (1, words)."""
        return self.reader.states([self.reader.ids(self.family.instance(self.first_parts[row], 0))[: -self.asked]])

    @cached_property
    def top(self) -> float:
        """The least power of two that no number of a state exceeds."""
        return float(2.0 ** np.ceil(np.log2(max(float(self.exact.abs().max()), 2.0**-20))))

    def rounded(self, bits: int) -> Tensor:
        return levels(self.exact, bits, self.top)

    def instance(self, question: Question) -> Any:
        return self.family.instance(self.first_parts[question.row], question.bit)

    def wrong(self, questions: list[Question]) -> list[int]:
        """The places of those that it answers wrongly, ascending."""
        found = []
        for bit in {question.bit for question in questions}:
            places = [place for place, question in enumerate(questions) if question.bit == bit]
            rows = [questions[place].row for place in places]
            ids = self.reader.ids(self.family.instance(self.first_parts[0], bit))[-self.asked :]
            right = np.array(self.family.values)[self.first_parts[rows, bit].astype(int)]
            answers = self.reader.answers(self.states[rows], ids)
            found += [place for place, good in zip(places, answers == right, strict=True) if not good]
        return sorted(found)


def question_length(reader: Reader, family: IndexFamily) -> int:
    """How many tokens at the end do not depend on f. Errors: NotTaken if those before them depend on i."""
    ones, bits = np.ones(family.bits, dtype=bool), range(family.bits)
    zero, one = (reader.ids(family.instance(f, 0))[::-1] for f in (~ones, ones))
    most = min(len(zero), len(one))
    asked = int(np.argmax(zero[:most] != one[:most]))
    parts = {tuple(reader.ids(family.instance(ones, i))[:-asked].tolist()) for i in bits} if asked else set()
    if len(parts) != 1:
        raise NotTaken("its tokens do not give the first part before the question.")
    return asked


# --- the search ---


def refute(reader: Reader, search: Search) -> Refutation:
    """By the first question that the network answers wrongly; with `bits`, the one whose state is rounded."""
    if search.bits is not None:
        check_floats(reader)
    end = perf_counter() + search.seconds
    family = prefix_family_of(reader.suspect.task)
    rng = np.random.default_rng(search.seed)
    exam = examine(reader, family, draw_first_parts(family.bits, rng), search, end)
    questions = list(islice(unique(ask(exam, rng)), QUESTIONS))
    asked, wrong = 0, list[int]()
    while asked < len(questions) and (asked == 0 or perf_counter() < end):
        wrong += [asked + place for place in exam.wrong(questions[asked : asked + BATCH])]
        asked += BATCH
    questions = questions[:asked]
    return found_wrong(exam, questions, wrong) if wrong else not_found(exam, len(questions))


def examine(reader: Reader, family: IndexFamily, first_parts: np.ndarray, search: Search, end: float) -> Examination:
    """The network on these first parts, in order, on as many of them as it reads in half of the time."""
    asked, half = question_length(reader, family), (perf_counter() + end) / 2
    states: list[Tensor] = []
    first_parts = first_parts[: max(2, NUMBERS // max(1, reader.machine.words))]
    while len(states) * BATCH < len(first_parts) and (not states or perf_counter() < half):
        some = first_parts[len(states) * BATCH :][:BATCH]
        states.append(reader.states([reader.ids(family.instance(f, 0))[:-asked] for f in some]))
    exact = torch.cat(states)
    return Examination(reader, family, first_parts[: len(exact)], exact, asked, search.bits)


def check_floats(reader: Reader) -> None:
    if not reader.machine.of_floats:
        raise UsageError(
            f"the state of {reader.suspect.name} holds whole numbers, which are not rounded.",
            Wording("Leave out {bits}.", bits=None),
        )


def draw_first_parts(bits: int, rng: np.random.Generator) -> np.ndarray:
    """Different ones, (F, bits) bool: all; else random ones, of which FLIPPED come with all that differ in one bit."""
    if 2**bits <= FIRST_PARTS:
        return np.array(list(product([False, True], repeat=bits)))
    drawn = rng.integers(0, 2, (FIRST_PARTS, bits)).astype(bool)
    flips = drawn[:FLIPPED, None] ^ np.eye(bits, dtype=bool)
    found = np.concatenate([drawn[:FLIPPED], flips.reshape(-1, bits), drawn[FLIPPED:]])
    _, first = np.unique(found, axis=0, return_index=True)
    return found[np.sort(first)][:FIRST_PARTS]


def ask(exam: Examination, rng: np.random.Generator) -> Iterator[Question]:
    """Where first parts of close states differ, the closest first; those that differ in one bit; then any."""
    first_parts = exam.first_parts
    for one, other in nearest_pairs(exam.states):
        for bit in np.flatnonzero(first_parts[one] != first_parts[other]).tolist():
            yield Question(one, bit, other)
            yield Question(other, bit, one)
    places = {f.tobytes(): row for row, f in enumerate(first_parts)}
    for row, f in enumerate(first_parts[:FLIPPED]):
        for bit, flip in enumerate(np.eye(len(f), dtype=bool)):
            if (flipped := places.get((f ^ flip).tobytes())) is not None:
                yield Question(row, bit, flipped)
                yield Question(flipped, bit, row)
    rows, bits = first_parts.shape
    for place in rng.permutation(rows * bits).tolist():
        row, bit = divmod(place, bits)
        yield Question(row, bit)


def nearest_pairs(states: Tensor) -> list[tuple[int, int]]:
    """Every state with the one that is nearest, each number in units of its spread; the nearest pairs first."""
    from scipy.spatial import cKDTree  # a list of refuters does without it

    spread = states.std(0) if states.shape[1] else states.new_zeros(0)
    scaled = (states[:, spread > 0] / spread[spread > 0]).numpy()
    if not scaled.shape[1]:
        return [(0, 1)]
    distances, neighbours = cKDTree(scaled).query(scaled, k=2)
    pairs = {}
    for row, (distance, (first, second)) in enumerate(zip(distances[:, 1], neighbours.tolist(), strict=True)):
        other = second if first == row else first  # of equal states, any may come first
        pairs[min(row, other), max(row, other)] = float(distance)
    return sorted(pairs, key=lambda pair: (pairs[pair], pair))


def unique(questions: Iterable[Question]) -> Iterator[Question]:
    seen = set()
    for question in questions:
        if (question.row, question.bit) not in seen:
            seen.add((question.row, question.bit))
            yield question


# --- what comes of it ---


def found_wrong(exam: Examination, questions: list[Question], wrong: list[int]) -> Refutation:
    """Of the questions that it answers wrongly, one where it confuses two first parts as closely as possible.

    In a batch a sum of floats may have another order, so that what was found is tried again by itself. Where nothing
    was to be rounded, the network as it is has to be wrong.
    """
    it = "It" if exam.bits is None else f"With its state in numbers of {in_bits(exam.bits)} it"
    told = f"{it} is wrong on {len(wrong):,} of {len(questions):,} questions, first on question {wrong[0] + 1:,}."
    tried = [questions[place] for place in wrong[:COMPARED]]
    alike = [(bits, question) for question in tried if (bits := bits_alike(exam, question)) is not None]
    attempts = [
        *(
            partial(convict_of_two, exam, question, bits, told)
            for bits, question in sorted(alike, key=lambda pair: -pair[0])
        ),
        *(partial(convict_of_one, exam, question, told) for question in tried),
    ]
    for attempt in attempts:
        with suppress(Rejected):
            if (found := attempt()).refutes_model or exam.bits is not None:
                return found
    return not_found(exam, len(questions))


def convict_of_two(exam: Examination, question: Question, bits: int, told: str) -> Counterexample:
    assert question.close is not None, "asked by itself"
    closely = "bit for bit" if bits == AS_THEY_ARE else f"if its numbers are rounded to {in_bits(bits)}"
    return convict(
        exam.suspect,
        [exam.instance(question), exam.instance(Question(question.close, question.bit))],
        f"Before the question its state is the same for both inputs, {closely}. The question asks where they differ."
        f" {told}",
        refuter=NAME,
        entry=-1,
        bottleneck=StateAtCut(exam.asked) if bits == AS_THEY_ARE else StateAtCut(exam.asked, bits, exam.top),
    )


def convict_of_one(exam: Examination, question: Question, told: str) -> Counterexample:
    rounded = None if exam.bits is None else StateAtCut(exam.asked, exam.bits, exam.top)
    return convict(exam.suspect, [exam.instance(question)], told, refuter=NAME, entry=-1, bottleneck=rounded)


def bits_alike(exam: Examination, question: Question) -> int | None:
    """The most bits a number in which the states of a question are the same, those of the search if it has some; None
    if there are none."""
    if question.close is None:
        return None
    one, other = (exam.state_after(row) for row in (question.row, question.close))
    if exam.bits is None and torch.equal(one, other):
        return AS_THEY_ARE
    tried = FINE if exam.bits is None else (exam.bits,)
    return next((b for b in tried if torch.equal(levels(one, b, exam.top), levels(other, b, exam.top))), None)


def in_bits(bits: int) -> str:
    return "1 bit" if bits == 1 else f"{bits} bits"


def first_alike(states: Tensor) -> tuple[int, int] | None:
    """The first two rows that are the same: the birthday search."""
    seen: dict[bytes, int] = {}
    for row, state in enumerate(states.numpy()):
        if (other := seen.setdefault(state.tobytes(), row)) != row:
            return other, row
    return None


def not_found(exam: Examination, questions: int) -> NotRefuted:
    machine, floats = exam.reader.machine, exam.reader.machine.of_floats
    carried = machine.bits if exam.bits is None else machine.words * exam.bits
    return NotRefuted(
        refuter=NAME,
        model=exam.suspect.name,
        task=exam.suspect.task,
        attempts=[
            Attempt("first parts, whose states are compared", len(exam.first_parts)),
            Attempt("questions, first where close states differ", questions),
            *(attempts_rounded(exam) if exam.bits is None and floats else ()),
        ],
        carried_bits=carried,
        needed_bits=exam.family.bits,
        why=why_not(exam, questions, carried),
    )


def attempts_rounded(exam: Examination) -> Iterator[Attempt]:
    """Coarse numbers make another network of it, which may be refuted."""
    for bits in COARSE:
        pair = first_alike(exam.rounded(bits))
        if pair is None:
            return
        yield Attempt(f"first parts, until two states are the same in numbers of {in_bits(bits)}", max(pair) + 1)


def why_not(exam: Examination, questions: int, carried: int) -> str:
    needed = exam.family.bits
    if carried < needed:
        return (
            f"Its state has {carried:,} bits, fewer than the T = {needed:,} that it needs: it fails, not found where."
        )
    room = f"Its state has {carried:,} bits, and T = {needed:,} are needed: it can be right."
    if questions == needed * 2**needed:
        return f"{room} It is right on all {questions:,} questions of the family."
    return room


def take(suspect: Suspect) -> Reader:
    family = prefix_family_of(suspect.task)
    reader = opened(suspect)
    check_cut(reader, family, question_length(reader, family))
    return reader


def check_cut(reader: Reader, family: IndexFamily, asked: int) -> None:
    """NotTaken if what it says of the question does not follow from its state: on random instances, each with others
    between its first part and its question."""
    rng = np.random.default_rng(0)
    firsts = rng.integers(0, 2, (PROBES, family.bits)).astype(bool)
    places = rng.integers(0, family.bits, PROBES).tolist()
    ids = [reader.ids(family.instance(f, i)) for f, i in zip(firsts, places, strict=True)]
    states = reader.states([row[:-asked] for row in ids])
    reader.states([reader.ids(family.instance(~f, i))[:-asked] for f, i in zip(firsts, places, strict=True)])
    said = [
        reader.read(state[None], torch.tensor(row[None, -asked:]))[1] for state, row in zip(states, ids, strict=True)
    ]
    whole = [reader.suspect.logits(row[None]).double() for row in ids]
    close = CLOSE * float(torch.cat(whole).abs().max())
    if any(not torch.allclose(one, other, atol=close) for one, other in zip(said, whole, strict=True)):
        raise NotTaken(
            f"{reader.suspect.name} keeps more of its tokens than its state, or does not read them in order."
        )


def examples() -> Iterable[Example]:
    """Tables with a cell for every key, and with fewer; a network that was not trained."""
    for pairs, cells, search, refuted in (
        (16, 16, Search(), False),
        (16, 15, Search(), True),
        (8, 8, Search(), False),
        (8, 3, Search(), True),
    ):
        yield Example(table_machine(pairs, cells), search, refuted)
    task = Recall(8, keys=8, values=2)
    shape = Gpt2Shape(vocabulary=10, positions=17, depth=1, heads=1, width=8, classes=10, dropout=0.0)
    network = Recurrent(shape, "gru", torch.Generator().manual_seed(0))
    for search in (Search(), Search(bits=1)):
        yield Example(TokenNetwork(task, network, encoding_of(task), "gru, not trained"), search)


def table_machine(pairs: int, cells: int) -> TokenNetwork:
    """A table as a suspect of recall."""
    task = Recall(pairs, keys=pairs, values=2)
    encoding = encoding_of(task)
    machine = one_pass(TableMachine(pairs, cells), len(encoding.names))
    return TokenNetwork(task, machine, encoding, f"table of {cells} cells")


ONE_PASS = Refuter(
    name=NAME,
    models="networks that read in one pass: RNN, LSTM, GRU, Mamba, or state = step(state, token)",
    claim_model="RNN / state-space model",
    tasks=(Recall, InductionHeads, KHop, TwoSum, ThreeSum, Connectivity, CycleCheck),
    theorem="Where the first part of an instance holds T bits and the rest asks for one of them, every one-pass model"
    " whose state has fewer than T bits is wrong on some instance.",
    proof="by counting, as for INDEX: two first parts give one state; arXiv 2402.09268, section 5",
    take=take,
    refute=refute,
    examples=examples,
)
