"""What was found inside a model, as a page that loads nothing."""

from __future__ import annotations

from logdepth.inspection import Inspection
from logdepth.learn.trained.models import in_words
from logdepth.pages.assemble import as_html, document
from logdepth.pages.inspected import inspection_record
from logdepth.pages.reading import STRONG, best_target, in_a_sentence, layers

LARGEST_FILE = 2_000_000  # bytes; fewer tokens of the sequence are shown to stay below
TOKENS_SHOWN = (48, 32, 20, 10)


def inspection_page(found: Inspection) -> str:
    """The whole page, at most LARGEST_FILE bytes unless the table of heads alone exceeds that."""
    html = ""
    for most in TOKENS_SHOWN:
        html = document(
            "inspection.html",
            {
                "heading": as_html(found.name),
                "parameters": f"{in_words(found.architecture, found.sizes)}, asked k-hop",
                "lead": lead(found),
                "sequence": sequence(found, most),
                "sequences": f"{found.sequences:,}",
            },
            title=f"{as_html(found.name)}, k = {found.k}",
            styles=["page.css", "heads.css", "inspection.css"],
            program="inspection",
            data=inspection_record(found, most),
        )
        if len(html.encode()) <= LARGEST_FILE:
            break
    return html


def lead(found: Inspection) -> str:
    """The error, and for each layer what some head clearly reads."""
    error = (
        "no answered token" if found.error.value is None else f"{found.error.value:.1%} of the answered tokens wrong"
    )
    told = []
    for layer in layers(found):
        read: dict[int, float] = {}
        for index, head in enumerate(found.heads):
            target, value = best_target(found, index)
            if head.layer == layer and value >= STRONG:
                read[target] = max(value, read.get(target, 0))
        if read:
            names = [f"{in_a_sentence(found.targets[target])} ({read[target]:.2f})" for target in sorted(read)]
            told.append(f"layer {layer} for {', '.join(names)}")
    doing = f"There are heads in {'; in '.join(told)}." if told else "No head is clearly aligned with a hop."
    return f"Asked for <i>k</i> = {found.k}: {error}. {doing}"


def sequence(found: Inspection, most: int) -> str:
    """Which example is shown, and how much of it."""
    letters = len(found.example.letters)
    which = f"One random sequence of {letters:,} letters, asked for <i>k</i> = {found.k}."
    return which if letters <= most else f"{which} Its first {most} letters are shown."
