"""Graphs and facts in words: the prompts of GraphQA and questions of several steps, written and read."""

from logdepth.tasks.prompts.kin import KIN, PEOPLE, PROFESSION, PROFESSIONS, RELATIONS, Fact, KinPrompt, read_kin
from logdepth.tasks.prompts.names import NAMES
from logdepth.tasks.prompts.phrasings import PHRASINGS, Phrasing
from logdepth.tasks.prompts.prompt import MOST_CAPACITY, Prompt, write_prompt
from logdepth.tasks.prompts.reading import FILLERS, PROMPT, check_asked, read_prompt
from logdepth.tasks.prompts.templates import TEMPLATES, Template

__all__ = [
    "FILLERS",
    "KIN",
    "MOST_CAPACITY",
    "NAMES",
    "PEOPLE",
    "PHRASINGS",
    "PROFESSION",
    "PROFESSIONS",
    "PROMPT",
    "RELATIONS",
    "TEMPLATES",
    "Fact",
    "KinPrompt",
    "Phrasing",
    "Prompt",
    "Template",
    "check_asked",
    "read_kin",
    "read_prompt",
    "write_prompt",
]
