"""Solutions: for every task, the program that solves it, what its transformer costs, and why it is right."""

from logdepth.solutions.automata.thoughts import think, thinking_program
from logdepth.solutions.registry import SOLUTIONS, program_for, register_solution, solution_of, ways_of
from logdepth.solutions.sizes import Sizes
from logdepth.solutions.solution import Solution

__all__ = [
    "SOLUTIONS",
    "Sizes",
    "Solution",
    "program_for",
    "register_solution",
    "solution_of",
    "think",
    "thinking_program",
    "ways_of",
]
