"""Letters of a text that others wrote, before it is shown: none of them acts on what stands around it."""

from __future__ import annotations

import unicodedata

JOINERS = "\u200c\u200d"
"""Format characters that ordinary words and emoji are made with; all others hide text or turn its direction."""


def escape(text: str) -> str:
    """Control characters, line ends and marks of direction as they are written in Python: \\x1b, \\n, \\u202e."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(ascii(letter)[1:-1] if is_control(letter) else letter for letter in text)


def is_control(letter: str) -> bool:
    """Whether a terminal or a page would obey it or hide it, in place of showing it."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter not in JOINERS
