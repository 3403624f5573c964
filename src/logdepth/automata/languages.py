"""Formal languages by name: who belongs, by means of plain Python, and how to draw a word that does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from logdepth.automata.dfa import Dfa, minimise
from logdepth.automata.formulas import draw_true_formula, true_formulas
from logdepth.automata.named import NAMES, alternating_group, bounded_dyck, modulo, symmetric_group, then, word_problem
from logdepth.automata.regular_expressions import regex_dfa

Draw = Callable[[np.random.Generator, int], str]


@dataclass(frozen=True)
class Language:
    """A language.

    says: which words belong. belongs: of every prefix of a word, from its first letter on, whether it does, by means
    that no automaton and no program shares. automaton: of a regular language; None for another. draw: a random word of
    so many letters that belongs, or at least goes on to: a word of the language cut off. kind: a key of `KINDS`.
    """

    name: str
    letters: str
    says: str
    kind: str
    belongs: Callable[[str], list[bool]]
    draw: Draw
    automaton: Callable[[], Dfa] | None = None

    def __post_init__(self) -> None:
        assert self.kind in KINDS, f"a language is of one of the kinds {', '.join(KINDS)}, and not {self.kind!r}"

    @property
    def is_regular(self) -> bool:
        return self.automaton is not None

    @cached_property
    def dfa(self) -> Dfa | None:
        """The least automaton of a regular language."""
        return None if self.automaton is None else minimise(self.automaton())


KINDS = {
    "commutative": "regular; only the numbers of its letters count",
    "star-free": "regular and star-free: its monoid has trivial groups only",
    "solvable": "regular; all groups of its monoid are solvable, and one is not trivial",
    "NC¹-complete": "regular; its monoid has a group that is not solvable",
    "counting": "not regular; decided by comparing counts",
    "matching": "not regular; decided by counts and by matching brackets",
    "formulas": "not regular; complete for NC¹ (Buss 1987); decided by tree contraction",
}


# --- who belongs, in plain Python ---


def by_prefix(belongs: Callable[[str], bool]) -> Callable[[str], list[bool]]:
    return lambda word: [belongs(word[:end]) for end in range(1, len(word) + 1)]


def counted_modulo(m: int) -> Callable[[str], list[bool]]:
    return by_prefix(lambda word: word.count("1") % m == 0)


def product_is_identity(elements: list[tuple[int, ...]]) -> Callable[[str], list[bool]]:
    def belongs(word: str) -> list[bool]:
        product, found = elements[0], []
        for letter in word:
            product = then(product, elements[NAMES.index(letter)])
            found.append(product == elements[0])
        return found

    return belongs


def balanced(word: str, deepest: int | None = None) -> list[bool]:
    """By a stack: of every prefix, whether each bracket has its partner, and none is too deep."""
    partner = {")": "(", "]": "["}
    stack: list[str] = []
    lost, found = False, []
    for letter in word:
        if letter not in partner:
            stack.append(letter)
        else:
            lost |= not stack or stack.pop() != partner[letter]
        lost |= deepest is not None and len(stack) > deepest
        found.append(not lost and not stack)
    return found


def shuffled(word: str) -> list[bool]:
    """Each kind of bracket is balanced by itself."""
    kinds = [balanced_in(word, kind) for kind in ("()", "[]")]
    return [all(both) for both in zip(*kinds, strict=True)]


def balanced_in(word: str, kind: str) -> list[bool]:
    """Of every prefix, whether the brackets of one kind in it are balanced."""
    state, found = True, []
    inside = ""
    for letter in word:
        if letter in kind:
            inside += letter
            state = balanced(inside)[-1]
        found.append(state)
    return found


def equal_blocks(letters: str) -> Callable[[str], list[bool]]:
    """Words aa…bb…: each letter in turn, equally often."""
    return by_prefix(lambda word: word == "".join(letter * (len(word) // len(letters)) for letter in letters))


# --- words that belong ---


def uniform(letters: str) -> Draw:
    return lambda rng, size: "".join(rng.choice(list(letters), size))


def nested(pairs: str, deepest: int | None = None) -> Draw:
    """Brackets that are opened and closed at random, and all closed at the end as far as the size allows."""

    def draw(rng: np.random.Generator, size: int) -> str:
        stack: list[str] = []
        word = ""
        for left in range(size, 0, -1):
            room = len(stack) + 1 < left and (deepest is None or len(stack) < deepest)
            if stack and not (room and rng.random() < 0.5):
                word += stack.pop()
            else:
                kind = 2 * int(rng.integers(len(pairs) // 2))
                word += pairs[kind]
                stack.append(pairs[kind + 1])
        return word

    return draw


def blocks(letters: str) -> Draw:
    def draw(rng: np.random.Generator, size: int) -> str:
        each = -(-size // len(letters))
        return "".join(letter * each for letter in letters)[:size]

    return draw


def identity_often(elements: list[tuple[int, ...]]) -> Draw:
    """Products that come back to the identity again and again: the inverse of the product so far is a letter."""

    def draw(rng: np.random.Generator, size: int) -> str:
        product, word = elements[0], ""
        for _ in range(size):
            inverse = tuple(int(i) for i in np.argsort(product))
            number = elements.index(inverse) if rng.random() < 0.2 else int(rng.integers(len(elements)))
            product = then(product, elements[number])
            word += NAMES[number]
        return word

    return draw


A5, S3 = alternating_group(5), symmetric_group(3)

LANGUAGES: dict[str, Language] = {
    language.name: language
    for language in (
        Language(
            "parity", "01", "an even number of ones", "commutative", counted_modulo(2), uniform("01"), lambda: modulo(2)
        ),
        Language(
            "mod-7",
            "01",
            "the number of ones is a multiple of 7",
            "commutative",
            counted_modulo(7),
            uniform("01"),
            lambda: modulo(7),
        ),
        Language(
            "ends-abb",
            "ab",
            "ends with abb",
            "star-free",
            by_prefix(lambda word: word.endswith("abb")),
            lambda rng, size: "abb" * (size // 3) + "abb"[: size % 3],
            lambda: regex_dfa("(a|b)*abb"),
        ),
        Language(
            "alternating",
            "ab",
            "(ab)*: a and b in turn, a first, b last",
            "star-free",
            by_prefix(lambda word: word == "ab" * (len(word) // 2)),
            lambda rng, size: ("ab" * size)[:size],
            lambda: regex_dfa("(ab)*"),
        ),
        Language(
            "dyck-1-depth-4",
            "()",
            "balanced round brackets, at most 4 deep",
            "star-free",
            lambda word: balanced(word, 4),
            nested("()", 4),
            lambda: bounded_dyck(4),
        ),
        Language(
            "s3",
            NAMES[:6],
            "permutations of 3 points whose product is the identity",
            "solvable",
            product_is_identity(S3),
            identity_often(S3),
            lambda: word_problem(S3),
        ),
        Language(
            "a5",
            NAMES[:60],
            "even permutations of 5 points whose product is the identity",
            "NC¹-complete",
            product_is_identity(A5),
            identity_often(A5),
            lambda: word_problem(A5),
        ),
        Language(
            "majority",
            "01",
            "more ones than zeros",
            "counting",
            by_prefix(lambda word: word.count("1") > word.count("0")),
            uniform("01"),
        ),
        Language("dyck-1", "()", "balanced round brackets", "counting", balanced, nested("()")),
        Language(
            "shuffle-dyck-2", "()[]", "each kind of bracket is balanced by itself", "counting", shuffled, nested("()[]")
        ),
        Language("anbn", "ab", "aⁿbⁿ: so many a, then as many b", "counting", equal_blocks("ab"), blocks("ab")),
        Language(
            "anbncn", "abc", "aⁿbⁿcⁿ: so many a, as many b, as many c", "counting", equal_blocks("abc"), blocks("abc")
        ),
        Language("dyck-2", "()[]", "balanced round and square brackets", "matching", balanced, nested("()[]")),
        Language(
            "formula",
            "&|^01",
            "Boolean formulas in Polish notation that are true",
            "formulas",
            true_formulas,
            draw_true_formula,
        ),
    )
}
