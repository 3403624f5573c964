"""Questions by way of several relations: what is the profession of the mother of John?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from logdepth.numerics.errors import BeyondTask, UsageError, Wording, did_you_mean, quoted
from logdepth.tasks.drawing import Drawing, Tabular
from logdepth.tasks.forms import AnswerForm, FactsForm
from logdepth.tasks.inputs.files import read_text
from logdepth.tasks.parameters import Size, parameter
from logdepth.tasks.prompts import KIN, PEOPLE, RELATIONS, KinPrompt, read_kin
from logdepth.tasks.task import Task
from logdepth.tasks.way import check_way, way_parameter
from logdepth.theory import Claims, constant_rounds, k_hop, sequential_composition

WAYS = {
    "doubling": "3 + ⌈log2 k⌉ layers of one head, on a blank row for every name and step",
    "stepwise": "k + 1 layers of two heads, causal, without blank rows",
}
"""How facts are followed: `solutions` has a program for each."""


@dataclass(frozen=True, eq=False)
class Facts:
    """Facts (subject, relation, object) and a question: from `start` along the relations of `chain`, one after another.

    facts (m, 3) and chain (k,) hold numbers from 1 of `names` and `relations`. No two facts have the same subject and
    relation. prompt: the text that says all of this, if it is one in English.
    """

    facts: np.ndarray
    start: int
    chain: np.ndarray
    names: tuple[str, ...]
    relations: tuple[str, ...]
    prompt: KinPrompt | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", np.asarray(self.facts, dtype=np.int64).reshape(-1, 3))
        object.__setattr__(self, "chain", np.asarray(self.chain, dtype=np.int64))
        known: set[tuple[int, int]] = set()
        for subject, relation, _ in self.facts.tolist():
            if (subject, relation) in known:
                what = f"the {quoted(self.relations[relation - 1])} of {quoted(self.names[subject - 1])}"
                raise UsageError(f"two facts say what {what} is, and a question follows one. Remove the other.")
            known.add((subject, relation))

    def __repr__(self) -> str:
        return f"Facts({len(self.names)} names, {len(self.facts)} facts, {len(self.chain)} steps)"

    def follow(self) -> int:
        """The number of the name that the question leads to; 0 where a fact is missing on the way."""
        known = {(subject, relation): found for subject, relation, found in self.facts.tolist()}
        at = self.start
        for relation in self.chain.tolist():
            at = known.get((at, relation), 0)
        return at


@dataclass(frozen=True)
class Kin(Task[Facts]):
    """The last row outputs where k relations lead, one after another, from the name that is asked about.

    The table has a blank row for every name and step, (name - 1) · k + step, which the way `stepwise` does not need;
    then a row for every fact; then one for every step of the question, which holds the start, and the relation of this
    step. With one relation this is k-fold composition, for one row.

    The family `sequential` is the sequential composition of arXiv 2412.02975: i_l = z_l(w_l, i_{l-1}). The relations
    asked for are the w_l. Each step has a function z_l and names of its own, and the facts of the last step come first.
    """

    name: ClassVar[str] = "kin"
    summary: ClassVar[str] = "what k relations lead to, as the profession of the mother of John, from facts"
    defined_by: ClassVar[str] = "follow_facts(facts, question)"
    small: ClassVar[Size] = {"n": 5, "relations": 3, "k": 2}
    corner_sizes: ClassVar[tuple[Size, ...]] = (
        {"n": 4, "relations": 1, "k": 1},
        {"n": 3, "relations": 2, "k": 7},
        {"n": 5, "relations": 3, "k": 2},
        *({"n": 4, "relations": 2, "k": k, "way": "stepwise"} for k in (1, 2, 5)),
    )
    families: ClassVar[tuple[str, ...]] = ("random", "all-known", "one-relation", "cycle", "few-facts", "sequential")
    limits: ClassVar[tuple[str, ...]] = ("n", "relations", "facts")

    n: int = parameter(16, low=1, high=2**12, help="most names the model takes; by doubling it works on about n k rows")
    k: int = parameter(4, low=1, high=2**10, help="relations of a question")
    relations: int = parameter(4, low=1, high=2**10, help="most different relations")
    facts: int = parameter(0, low=0, high=2**20, help="most facts the model takes; 0: all, n times the relations")
    way: str = way_parameter(WAYS)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_way(self.name, self.way, WAYS)
        if self.facts == 0:
            self._settle("facts", min(2**20, self.n * self.relations))

    @property
    def blank(self) -> int:
        """Blank rows of each name."""
        return self.k if self.way == "doubling" else 0

    @property
    def rows(self) -> int:
        return self.n * self.blank + self.facts + self.k

    @property
    def inputs(self) -> dict[str, int]:
        return {"subject": self.n, "relation": self.relations, "object": self.n, "step": self.k}

    @property
    def outputs(self) -> dict[str, int]:
        return {"answer": self.n}

    @property
    def capacity(self) -> str:
        return f"question of {self.k:,} steps about {self.n:,} names and {self.facts:,} facts"

    def instance_of(self, given: Any) -> Facts:
        """Facts; a pair: facts (subject, relation, object), and a question, the start with its relations; a prompt, or
        its text."""
        match given:
            case KinPrompt():
                return self._checked(facts_of_prompt(given, "the prompt"), "the prompt")
            case str() if KIN.search(given):
                return self._checked(facts_of_prompt(read_kin(given), "the text"), "the text")
            case Facts():
                return given
            case (facts, (start, *chain)) if not isinstance(facts, str):
                return self._checked(facts_of(facts, start, chain, "the question"), "the question")
        raise UsageError(
            f"{self.name} takes a pair: facts (subject, relation, object), and a question (start, relation, …)."
        )

    def draw(self, rng: np.random.Generator, family: str, size: int) -> Facts:
        """`size` names. A fact is known by a coin; all are, or few; all steps have one relation; or that is a cycle; or
        facts lead from the names of each step to those of the next."""
        chain = rng.integers(1, self.relations + 1, self.k)
        if family in ("one-relation", "cycle"):
            chain[:] = chain[0]
        subject, relation = (grid.ravel() for grid in np.mgrid[1 : size + 1, 1 : self.relations + 1])
        found = rng.integers(1, size + 1, len(subject))
        if family == "cycle":
            found[relation == chain[0]] = np.roll(np.arange(1, size + 1), 1)
        known = rng.random(len(subject)) < {"random": 0.8, "few-facts": 0.3}.get(family, 1.0)
        facts = rng.permutation(np.stack([subject, relation, found], axis=1)[known])
        start = int(rng.integers(1, size + 1))
        if family == "sequential":
            start, facts = in_steps(rng, facts, min(self.k + 1, size))
        return self._numbered(facts[: self.facts], start, chain, size)

    def _numbered(self, facts: Any, start: int, chain: Any, size: int) -> Facts:
        """With names of people, and relations, as far as there are enough; else with numbers."""
        names, relations = (
            known[:most] if most <= len(known) else tuple(map(str, range(1, most + 1)))
            for known, most in ((PEOPLE, size), (RELATIONS, self.relations))
        )
        return Facts(facts, start, chain, names, relations)

    def exhaustive(self, size: int) -> Iterator[Facts]:
        """All facts about `size` names with all questions: (size + 1)^(size · relations) · size · relations^k."""
        pairs = list(product(range(1, size + 1), range(1, self.relations + 1)))
        for found in product(range(size + 1), repeat=len(pairs)):
            facts = [(*pair, at) for pair, at in zip(pairs, found, strict=True) if at]
            if len(facts) <= self.facts:
                for start, *chain in product(range(1, size + 1), *[range(1, self.relations + 1)] * self.k):
                    yield self._numbered(facts, start, chain, size)

    def parse(self, path: Path) -> Facts:
        text = read_text(path)
        given = facts_of_prompt(read_kin(text, path), str(path)) if KIN.search(text) else read_facts(path)
        return self._checked(given, str(path))

    def _checked(self, given: Facts, place: str) -> Facts:
        """Errors: UsageError for another number of steps, and for more than the task takes."""
        if len(given.chain) != self.k:
            raise BeyondTask(
                f"{self.name} follows {self.k} relations; {place} asks for {len(given.chain)}.",
                "Ask for as many",
                Wording("{k}", k=max(1, len(given.chain))),
            )
        sizes = {"n": len(given.names), "relations": len(given.relations), "facts": len(given.facts)}
        most = {name: getattr(self, name) for name in sizes}
        if any(sizes[name] > most[name] for name in sizes):
            raise BeyondTask(
                f"{self.name} takes at most {self.n} names, {self.relations} relations and {self.facts} facts; {place}"
                f" has {', '.join(map(str, sizes.values()))}.",
                "Leave some out",
                Wording("{n} {relations} {facts}", **{name: max(sizes[name], most[name]) for name in sizes}),
            )
        return given

    def columns(self, instance: Facts) -> Mapping[str, np.ndarray]:
        self._checked(instance, "this instance")
        blank, steps = len(instance.names) * self.blank, np.arange(1, self.k + 1)
        facts, none = instance.facts, np.zeros(len(instance.facts), dtype=np.int64)
        start = np.full(self.k, instance.start)
        parts = {
            "subject": (facts[:, 0], start),
            "relation": (facts[:, 1], instance.chain),
            "object": (facts[:, 2], 0 * steps),
            "step": (none, steps),
        }
        return {name: np.concatenate([np.zeros(blank, np.int64), *both]) for name, both in parts.items()}

    def solve(self, instance: Facts) -> np.ndarray:
        """(1,), one fact after another."""
        return np.array([instance.follow()])

    def decode(self, outputs: Mapping[str, np.ndarray], instance: Facts) -> np.ndarray:
        return super().decode(outputs, instance)[-1:]

    def present(self, answer: np.ndarray, instance: Facts) -> Any:
        """The name, None where a fact is missing."""
        return self.name_value(int(answer[-1]), instance)

    def name_value(self, value: Any, instance: Facts) -> str | None:
        return instance.names[value - 1] if 1 <= value <= len(instance.names) else None

    def in_words(self, answer: np.ndarray, instance: Facts) -> str | None:
        if instance.prompt is None:
            return None
        return f"{self.present(answer, instance) or 'No fact says so'}."

    def tabulate(self, answer: np.ndarray, instance: Facts) -> Tabular:
        asked = " ".join(instance.relations[relation - 1] for relation in instance.chain.tolist())
        return Tabular(
            ("start", "relations", "answer"),
            [[instance.names[instance.start - 1], asked, self.present(answer, instance)]],
        )

    def drawing(self, instance: Facts) -> Drawing:
        """A blank row by its name, from the second on with its step; a fact as "John mother"; a step as "? mother"."""
        names, relations = ("", *instance.names), ("", *instance.relations)
        steps = ["", *(f" {step}" for step in range(2, self.k + 1))][: self.blank]
        blank = [f"{name}{step}" for name in instance.names for step in steps]
        facts = [f"{names[subject]} {relations[relation]}" for subject, relation, _ in instance.facts.tolist()]
        return Drawing((*blank, *facts, *(f"? {relations[relation]}" for relation in instance.chain.tolist())))

    @property
    def form(self) -> FactsForm:
        return FactsForm(
            ("subject", "relation", "object", "step"), self.n, self.relations, self.facts, self.k, self.blank
        )

    def typed(self, instance: Facts) -> dict[str, Any]:
        return {
            "names": list(instance.names),
            "relations": list(instance.relations),
            "facts": instance.facts.tolist(),
            "question": [instance.start, *instance.chain.tolist()],
        }

    @property
    def answer_form(self) -> AnswerForm:
        return AnswerForm("answer", rows="last", names="name")

    @property
    def theory(self) -> Claims:
        return (
            k_hop.relations_depth(self.k),
            sequential_composition.step_by_step(self.k),
            sequential_composition.decoders_need_width(self.n, self.k),
            constant_rounds.at_least_one_layer(self.rows),
            k_hop.mpc_doubles(self.k),
        )


def in_steps(rng: np.random.Generator, facts: np.ndarray, steps: int) -> tuple[int, np.ndarray]:
    """A start of step 1, and the facts with objects of the step after that of their subject, last steps first.

    facts: (m, 3), of names from 1. Name x belongs to step (x - 1) mod `steps` + 1, and after the last step comes the
    first. Relations and subjects stay.
    """
    names = int(facts[:, [0, 2]].max(initial=steps))
    of_step = [np.arange(step, names + 1, steps) for step in range(1, steps + 1)]
    step = (facts[:, 0] - 1) % steps
    moved = facts.copy()
    moved[:, 2] = [rng.choice(of_step[(at + 1) % steps]) for at in step]
    return int(rng.choice(of_step[0])), moved[np.argsort(-step, kind="stable")]


def facts_of(facts: Iterable[Sequence[Any]], start: Any, chain: Sequence[Any], place: str) -> Facts:
    """Facts and a question by names, which are numbered in the order in which they come.

    Errors: UsageError for what is no fact, and for a start or a relation that no fact names.
    """
    stated = [tuple(map(str, fact)) for fact in facts]
    wrong = next((fact for fact in stated if len(fact) != 3), None)
    if wrong is not None:
        raise UsageError(f"a fact is a subject, a relation and an object; {place} has {quoted(' '.join(wrong))}.")
    stated = list(dict.fromkeys(stated))
    names = tuple(dict.fromkeys(name for subject, _, found in stated for name in (subject, found)))
    relations = tuple(dict.fromkeys(relation for _, relation, _ in stated))
    of_names, of_relations = ({each: at for at, each in enumerate(all_, 1)} for all_ in (names, relations))
    for asked, known, kind in ((start, of_names, "name"), *((each, of_relations, "relation") for each in chain)):
        if str(asked) not in known:
            raise UsageError(
                f"{place} asks about {quoted(asked)}, a {kind} of no fact. {did_you_mean(str(asked), known)}"
            )
    numbered = [(of_names[subject], of_relations[relation], of_names[found]) for subject, relation, found in stated]
    return Facts(
        np.array(numbered), of_names[str(start)], np.array([of_relations[str(r)] for r in chain]), names, relations
    )


def facts_of_prompt(prompt: KinPrompt, place: str) -> Facts:
    """What a prompt states and asks. Errors: as of `facts_of`."""
    stated = [(fact.person, fact.relation, fact.value) for fact in prompt.facts]
    return replace(facts_of(stated, prompt.person, prompt.relations, place), prompt=prompt)


def read_facts(path: Path) -> Facts:
    """A file with a fact a line, `subject relation object`, and a line `? start relation relation …`.

    Words are parted by tabs or commas, if a line has some, and then names may hold blanks; or by blanks. Lines that
    begin with # are comments.

    Errors: UsageError for a line that is neither, and for no question or several.
    """
    facts, questions = [], []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        mark = next((mark for mark in ("\t", ",") if mark in line), None)
        words = [word.strip() for word in line.split(mark) if word.strip()]
        if not words or words[0].startswith("#"):
            continue
        if words[0].startswith("?"):
            questions.append([word for word in (words[0][1:].strip(), *words[1:]) if word])
        elif len(words) == 3:
            facts.append(words)
        else:
            raise UsageError(
                f"{path}, line {number}, is {quoted(line)}; a fact is 'subject relation object', a question"
                " '? start relation relation …'. Correct it."
            )
    if not facts and not questions:
        raise UsageError(f"{path} holds no facts; a fact is a line 'subject relation object'. Write some.")
    if len(questions) != 1 or len(questions[0]) < 2:
        raise UsageError(
            f"{path} has {len(questions)} questions with a relation; it takes one line '? start relation relation …'."
            if len(questions) != 1
            else f"{path} asks for no relation; a question is '? start relation relation …'. Correct it."
        )
    return facts_of(facts, questions[0][0], questions[0][1:], str(path))
