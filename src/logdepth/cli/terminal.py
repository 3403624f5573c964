"""What reaches a terminal or a pipe: no control character that others wrote, and no letter that ends in a traceback."""

import codecs
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from logdepth.numerics.letters import escape

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

WRITTEN = """
✓=v ×=x −=- –=- —=- …=... ·=. ␣=_ ⏎=$ ±=+- ÷=/ ←=<- →=-> ↔=<-> ≤=<= ≥=>= ≠=!= ≈=~ ∞=inf √=sqrt ⌈=ceil( ⌉=) ⌊=floor( ⌋=)
¹=^1 ²=^2 ³=^3 ⁴=^4 ₀=_0 ₁=_1 “=" ”=" ‘=' ’=' ─=- ━=- ╸=- ╺=- │=| α=alpha δ=delta ε=epsilon λ=lambda Θ=Theta Ω=Omega
"""
STAND_INS = {pair[0]: pair[2:] for pair in WRITTEN.split()}
"""ASCII that reads alike, for the letters that this library itself prints."""

LIKE_ASCII = "logdepth.like_ascii"


def escape_lines(text: str) -> str:
    """`escape`, but for ends of lines."""
    return "\n".join(map(escape, text.split("\n")))


def like_ascii(error: UnicodeError) -> tuple[str, int]:
    """The stand-ins of letters that an output cannot encode, or else their escapes: \\u5317."""
    assert isinstance(error, UnicodeEncodeError)
    letters = error.object[error.start : error.end]
    return "".join(STAND_INS.get(letter) or ascii(letter)[1:-1] for letter in letters), error.end


codecs.register_error(LIKE_ASCII, like_ascii)


@contextmanager
def forgiving_streams() -> Iterator[None]:
    """Within it, stdout and stderr take every letter, whatever their encoding."""
    streams = [(it, it.errors or "strict") for it in (sys.stdout, sys.stderr) if isinstance(it, TextIOWrapper)]
    for stream, _ in streams:
        stream.reconfigure(errors=LIKE_ASCII)
    try:
        yield
    finally:
        for stream, errors in streams:
            with suppress(OSError, ValueError):  # closed, or its reader is gone
                stream.reconfigure(errors=errors)


@contextmanager
def hear_interrupts() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C has come, within it. It raises KeyboardInterrupt, as always."""
    heard = threading.Event()

    def hear(number: int, frame: Any) -> None:
        heard.set()
        signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler or not is_main_thread():
        yield heard.is_set
        return
    signal.signal(signal.SIGINT, hear)
    try:
        yield heard.is_set
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def is_main_thread() -> bool:
    """Only there Python handles signals."""
    return threading.current_thread() is threading.main_thread()


def hush() -> None:
    """Drop what is still to be written to stdout. Its reader has left, and Python would complain at exit."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


@cache
def escaping_console() -> "type[Console]":
    """The class of rich's consoles, but it escapes control characters, and a closed pipe is an error as elsewhere."""
    from rich.console import Console
    from rich.segment import Segment

    class Escaping(Console):
        def render(self, renderable: "RenderableType", options: "ConsoleOptions | None" = None) -> "Iterable[Segment]":
            for text, style, control in super().render(renderable, options):
                yield Segment(text if control else escape_lines(text), style, control)

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Escaping


def console_for(**options: Any) -> "Console":
    """Where text for people goes; numbers are not coloured, and `:cat:` stays what it is."""
    return escaping_console()(highlight=False, emoji=False, **options)
