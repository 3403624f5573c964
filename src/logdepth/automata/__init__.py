"""Automata: finite automata as values, from regular expressions and tables, and formal languages by name."""

from logdepth.automata.actions import Action, decision_tables, smallest_action
from logdepth.automata.dfa import Dfa, in_order, minimise
from logdepth.automata.languages import LANGUAGES, Language
from logdepth.automata.monoid import Monoid, transition_monoid
from logdepth.automata.nfa import Nfa, determinise, minimal_dfa
from logdepth.automata.regular_expressions import read_regex, regex_dfa
from logdepth.automata.structure import (
    Powers,
    cyclic,
    earlier_letters_matter,
    letter_maps,
    moving,
    orbits,
    outside_of_a_sink,
    powers_of,
    window,
)
from logdepth.automata.tables import read_table, write_table
from logdepth.automata.ways import WAYS, cost_of_few_layers, shortcoming, ways_that_run, with_fewest_layers
from logdepth.automata.words import draw_accepted

__all__ = [
    "LANGUAGES",
    "WAYS",
    "Action",
    "Dfa",
    "Language",
    "Monoid",
    "Nfa",
    "Powers",
    "cost_of_few_layers",
    "cyclic",
    "decision_tables",
    "determinise",
    "draw_accepted",
    "earlier_letters_matter",
    "in_order",
    "letter_maps",
    "minimal_dfa",
    "minimise",
    "moving",
    "orbits",
    "outside_of_a_sink",
    "powers_of",
    "read_regex",
    "read_table",
    "regex_dfa",
    "shortcoming",
    "smallest_action",
    "transition_monoid",
    "ways_that_run",
    "window",
    "with_fewest_layers",
    "write_table",
]
