"""Graphs in words: the prompts of GraphQA, written and read."""

from logdepth.tasks.prompts.names import NAMES
from logdepth.tasks.prompts.phrasings import PHRASINGS, Phrasing
from logdepth.tasks.prompts.prompt import MOST_CAPACITY, Prompt, write_prompt
from logdepth.tasks.prompts.reading import PROMPT, check_asked, read_prompt
from logdepth.tasks.prompts.templates import TEMPLATES, Template

__all__ = [
    "MOST_CAPACITY",
    "NAMES",
    "PHRASINGS",
    "PROMPT",
    "TEMPLATES",
    "Phrasing",
    "Prompt",
    "Template",
    "check_asked",
    "read_prompt",
    "write_prompt",
]
