"""RASP as text, in the syntax of github.com/tech-srl/RASP: words, grammar, and what it says."""

from logdepth.rasp.text.read import read_rasp

__all__ = ["read_rasp"]
