"""Finite automata and formal languages: which depth suffices, and which is needed under a conjecture."""

from logdepth.theory import constant_rounds
from logdepth.theory.claim import Claim, Claims, Condition
from logdepth.theory.k_hop import DIGIT_BASE
from logdepth.theory.logarithm import ceil_log2, count_digits, log2
from logdepth.theory.padding_and_looping import context_free_in_logarithmic_depth
from logdepth.theory.scalable_mpc import scalable_mpc
from logdepth.theory.sources import (
    ABRAHAMSON_1989,
    BARRINGTON_1989,
    BUSS_1987,
    FOLKLORE,
    GOODRICH_2011,
    LIU_2023,
    MERRILL_SABHARWAL_2024,
    MERRILL_SABHARWAL_2025,
    TC0_IS_NOT_NC1,
    YANG_2024,
)


def composing_layers(n: int) -> int:
    """Doublings until a map covers n letters: ⌈log n⌉."""
    return ceil_log2(n)


def composing_maps(n: int, states: int) -> Claim:
    """The maps of letters are composed by doubling."""
    layers = composing_layers(n) if states > 1 else 0
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": layers, "heads": min(1, layers)},
        source=f"{LIU_2023}, Theorem 1; {MERRILL_SABHARWAL_2025}, Theorem 1",
        note="Row i starts with the map of its letter; in each layer it reads the map that ends before its own begins,"
        " and composes, so that t layers cover 2^t letters.",
    )


def composing_width(states: int) -> Claim:
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(log n)", "width": "O(|Q|)", "hidden": "O(|Q|²)"},
        leading={"width": states, "hidden": states**2},
        source=f"{LIU_2023}, Theorem 1",
        note="|Q| is the number of states.",
    )


def solvable_in_constant_depth() -> Claim:
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(1)"},
        provided="a depth and a width that depend on the automaton and not on n",
        source=f"{LIU_2023}, Theorem 2 (Krohn, Rhodes 1965)",
        note="All groups in the transition monoid are solvable. logdepth does not build this construction.",
    )


def star_free_in_constant_depth() -> Claim:
    return Claim(
        model="transformer",
        direction="upper",
        exactness="asymptotic",
        sizes={"layers": "O(1)"},
        provided="a depth that depends on the language and not on n",
        source=f"{YANG_2024} (strict masking, no positions)",
        note="All groups in the transition monoid are trivial, so the language is star-free (Schützenberger 1965)."
        " logdepth does not build this construction.",
    )


def unsolvable_needs_depth() -> Claim:
    """Barrington: the word problem of a group that is not solvable is complete for NC¹."""
    return Claim(
        model="transformer",
        direction="lower",
        exactness="asymptotic",
        sizes={"layers": "ω(1)"},
        provided="O(log n) bits of precision and polynomial size",
        conditional_on=TC0_IS_NOT_NC1,
        source=f"{BARRINGTON_1989}; {MERRILL_SABHARWAL_2025}, Theorem 3; {LIU_2023}, section 3",
        note="The transition monoid has a group that is not solvable, so the automaton is complete for NC¹ under"
        " constant-depth reductions.",
    )


def earlier_letters_count(matter: bool) -> Claim:
    return constant_rounds.needs_a_layer(
        Condition("two texts of at most n letters, of one length and one last letter, have different answers", matter)
    )


def state_of_automaton(states: int) -> Claim:
    return Claim(
        model="RNN / state-space model",
        direction="upper",
        exactness="exact",
        sizes={"layers": 1, "bits": ceil_log2(states)},
        source=FOLKLORE,
        note="The state of the automaton.",
    )


def every_future_is_kept(n: int, states: int, futures: int) -> Claim:
    """futures: rows of the table of steps that differ. States with one row go on alike, whatever is said in them."""
    return Claim(
        model="RNN / state-space model",
        direction="lower",
        exactness="exact",
        sizes={"bits": ceil_log2(futures)},
        conditions=(Condition(f"at least 2 (|Q| - 1) = {2 * states - 2:,} letters", n >= 2 * states - 2),),
        provided="no count of the letters: the step is the same at every letter",
        source="Myhill 1957; Nerode 1958",
        note=f"|Q| is the number of states of the least automaton, and {futures:,} of them go on differently: each is"
        " reached by fewer than |Q| letters, and fewer than |Q| letters that follow tell it from any other.",
    )


def thinking(n: int) -> Claim:
    """A thought for every letter."""
    return Claim(
        model="one-layer transformer with chain of thought",
        direction="upper",
        exactness="exact",
        sizes={"layers": 1, "heads": 1, "tokens": n},
        source=f"{MERRILL_SABHARWAL_2024} (linearly many steps decide every regular language)",
        note="A thought is the state and the number of letters read; the head reads the next letter.",
    )


def mpc_composes() -> Claim:
    return constant_rounds.mpc_in_constant_rounds(
        "Composition of maps is associative, and a map of a fixed automaton is O(1) words: a tree of fan-in n^δ."
    )


def regular(
    n: int,
    states: int,
    futures: int,
    *,
    matter: bool,
    shallow: tuple[int, int, str] | None,
    star_free: bool | None,
    solvable: bool | None,
) -> Claims:
    """All claims for an automaton of so many states, and of so many that go on differently (`every_future_is_kept`).

    matter: whether an answer depends on letters before the last. shallow: layers (at most one) and heads that run it at
    every n, and how; None if we know no such way. star_free, solvable: None where its monoid is too large to tell.
    """
    constant = [] if shallow is None else [in_few_layers(*shallow)]
    if star_free:
        constant.append(star_free_in_constant_depth())
    if solvable:
        constant.append(solvable_in_constant_depth())
    if solvable is False:
        constant.append(unsolvable_needs_depth())
    return (
        composing_maps(n, states),
        composing_width(states),
        *constant,
        earlier_letters_count(matter),
        state_of_automaton(states),
        every_future_is_kept(n, states, futures),
        thinking(n),
        mpc_composes(),
    )


def in_few_layers(layers: int, heads: int, note: str) -> Claim:
    """By a construction that fits in the note, of the same depth at every n."""
    return Claim(
        model="transformer",
        direction="upper",
        exactness="exact",
        sizes={"layers": layers, "heads": heads},
        source=FOLKLORE,
        note=note,
    )


def counters(n: int) -> Claim:
    return Claim(
        model="RNN / state-space model",
        direction="upper",
        exactness="asymptotic",
        sizes={"bits": "O(log n)"},
        leading={"bits": log2(n)},
        source=FOLKLORE,
        note="The state is the counts of the letters, and whether an error came.",
    )


def needs_a_stack(n: int) -> Claim:
    return Claim(
        model="RNN / state-space model",
        direction="lower",
        exactness="exact",
        sizes={"bits": n // 2},
        source=FOLKLORE,
        note="Any two texts of n/2 opening brackets are told apart by what closes one of them.",
    )


def not_regular(n: int, layers: int, heads: int, note: str, *, stack: bool) -> Claims:
    """All claims for a language that counting decides, or counting and matching brackets (`stack`)."""
    return (
        in_few_layers(layers, heads, note),
        constant_rounds.needs_a_layer(Condition("at least 3 letters", n > 2)),
        needs_a_stack(n) if stack else counters(n),
        constant_rounds.mpc_in_constant_rounds("By prefix sums, and for brackets by sorting them by depth."),
    )


# --- Boolean formulas ---


def contraction_rounds(n: int) -> int:
    """Halvings until one is left of the leaves of a formula of at most n letters."""
    return ceil_log2(max(1, (n + 1) // 2))


def contraction(n: int) -> tuple[int, int, str]:
    """Layers and heads that find the value of a formula of n letters, and how."""
    layers = 3 + 2 * contraction_rounds(n) if n > 2 else 2
    heads = 1 + count_digits(n, DIGIT_BASE)
    how = (
        "Three layers make a tree of the letters and read the value off. Between them every round of two layers takes"
        " away half of the leaves, so that ⌈log L⌉ rounds suffice for L = (n + 1) / 2 leaves."
    )
    return layers, heads, how


def formulas(n: int) -> Claims:
    """All claims for the value of Boolean formulas in Polish notation."""
    layers, heads, how = contraction(n)
    return (
        Claim(
            model="transformer",
            direction="upper",
            exactness="exact",
            sizes={"layers": layers, "heads": heads},
            source=f"{ABRAHAMSON_1989}, in logdepth.solutions.sequences.formula",
            note=how,
        ),
        context_free_in_logarithmic_depth(unambiguous=True),
        Claim(
            model="transformer",
            direction="lower",
            exactness="asymptotic",
            sizes={"layers": "ω(1)"},
            provided="O(log n) bits of precision and polynomial size",
            conditional_on=TC0_IS_NOT_NC1,
            source=f"{BUSS_1987}; {MERRILL_SABHARWAL_2025}, Theorem 3",
            note="The value of Boolean formulas is complete for NC¹. A negation is written as ^1.",
        ),
        constant_rounds.needs_a_layer(Condition("at least 3 letters", n > 2)),
        Claim(
            model="RNN / state-space model",
            direction="lower",
            exactness="exact",
            sizes={"bits": (n - 1) // 2},
            source=FOLKLORE,
            note="Take two texts of (n - 1)/2 operators & and |, and the first place where they differ. Leaves 0 for"
            " all operators inside of this place give 0 there, a leaf 1 tells & from |, and leaves that change nothing,"
            " 1 for & and 0 for |, bring this to the outside.",
        ),
        scalable_mpc(
            "O(log n)",
            source=f"{ABRAHAMSON_1989}; {GOODRICH_2011}",
            leading=log2(max(2, n)),
            note="A round of tree contraction is a constant number of sorts.",
        ),
    )
