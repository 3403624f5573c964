"""What was found inside a model, as a page that loads nothing."""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate

import numpy as np

from logdepth.inspection import FIRST, PREVIOUS, Head, Inspection
from logdepth.learn.samplers import letter_names
from logdepth.learn.trained.models import in_words
from logdepth.pages.assemble import as_html, document

READABLE = 0.15  # an alignment below is shown by its colour alone
STRONG = 0.55  # above, the cell is dark, and the head is said to do the hop
ROWS_SHOWN, PICTURES_SHOWN = 48, 24  # heads in a table, and small pictures; those of further layers are folded
LARGEST_PICTURES = 800_000  # bytes of one kind of pictures on the page
TOKENS_SHOWN = 40  # of a pattern on the page: more would be too small to see
BLUE, RED = (35, 95, 143), (181, 66, 27)  # of page.css

DEFINITION = (
    "The alignment is ⟨<i>A</i>, <i>F</i>⟩ / √(Σ<i>F</i> · Σ<i>A</i>²), averaged over sequences, where <i>A</i> is the"
    " attention matrix and <i>F</i> is 1 at (<i>i</i>, <i>find<sup>j</sup></i>(<i>i</i>)) where that is defined. A head"
    " that does nothing else reaches the root of the share of tokens where it is defined, as what it reads elsewhere"
    f" counts too. What each head reads best is framed, if its alignment is {READABLE} or more."
)


def inspection_page(found: Inspection) -> str:
    """The whole page."""
    return document(
        "inspection.html",
        {
            "heading": as_html(found.name),
            "k": str(found.k),
            "parameters": f"{in_words(found.architecture, found.sizes)}, asked k-hop",
            "lead": lead(found),
            "definition": DEFINITION,
            "alignments": alignment_table(found),
            "by_k": by_k(found),
            "patterns": maps(found, [pattern_map(found, index) for index in range(len(found.heads))]),
            "tokens": str(min(TOKENS_SHOWN, len(found.example.letters) + 1)),
            "letters": as_html(show_letters(found)),
            "sequences": f"{found.sequences:,}",
        },
        title=f"{as_html(found.name)}, k = {found.k}",
        styles=["page.css", "inspection.css"],
    )


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
            names = [f"{target_name(found.targets[target])} ({read[target]:.2f})" for target in sorted(read)]
            told.append(f"layer {layer} for {', '.join(names)}")
    doing = f"There are heads in {'; in '.join(told)}." if told else "No head is clearly aligned with a hop."
    return f"Asked for <i>k</i> = {found.k}: {error}. {doing}"


def layers(found: Inspection) -> list[int]:
    return sorted({head.layer for head in found.heads})


def target_name(target: str) -> str:
    """In a sentence of the page."""
    hop = target.removeprefix("find^")
    if hop == target:
        return {FIRST: "the first token", PREVIOUS: "the previous token"}[target]
    return f"<i>find</i><sup>{hop}</sup>" if hop != "1" else "<i>find</i>"


def show_letters(found: Inspection) -> str:
    names = letter_names(int(found.example.letters.max()) + 1)
    return "".join(names[letter] for letter in found.example.letters[: TOKENS_SHOWN - 1])


# --- heads against hops ---


def alignment_table(found: Inspection) -> str:
    hops = len(found.targets) - found.first_hop
    head = (
        f'<tr><th rowspan="2"></th><th rowspan="2">first<br>token</th><th rowspan="2">previous</th>'
        f'<th rowspan="2"></th><th class="group" colspan="{hops}">hops <i>j</i> of <i>find<sup>j</sup></i></th>'
        '<th rowspan="2">error without it</th><th rowspan="2">more errors,<br>and half a 95% interval</th></tr>'
        f"<tr>{''.join(f'<th>{hop}</th>' for hop in range(hops))}</tr>"
    )
    return table_of_heads(found, head, lambda index: alignment_row(found, index))


def table_of_heads(found: Inspection, top: str, row: Callable[[int], str]) -> str:
    """A row for each head, under `top`; the heads of a layer stand together."""
    bodies = {
        layer: f"<tbody>{''.join(row(index) for index, head in enumerate(found.heads) if head.layer == layer)}</tbody>"
        for layer in layers(found)
    }

    def table(some: Sequence[int]) -> str:
        return f'<table class="alignments"><thead>{top}</thead>{"".join(bodies[layer] for layer in some)}</table>'

    return fold(found, ROWS_SHOWN, table)


def fold(found: Inspection, most: int, draw: Callable[[Sequence[int]], str]) -> str:
    """What is drawn of the first layers that have at most so many heads together, and folded the same of all others."""
    heads = Counter(head.layer for head in found.heads)
    ends = accumulate(heads[layer] for layer in layers(found))
    shown = max(1, sum(end <= most for end in ends))
    first, rest = layers(found)[:shown], layers(found)[shown:]
    if not rest:
        return draw(first)
    which = f"layer {rest[0]}" if len(rest) == 1 else f"layers {rest[0]} to {rest[-1]}"
    return f'{draw(first)}<details class="rest"><summary>{which}</summary>{draw(rest)}</details>'


def alignment_row(found: Inspection, index: int) -> str:
    head, values = found.heads[index], found.alignments[found.k].alignment[index]
    shares = found.alignments[found.k].share[index]
    best, _ = best_target(found, index)
    cells = [
        cell(found.targets[at], values[at], shares[at], at == best and values[at] >= READABLE)
        for at in range(len(values))
    ]
    cells.insert(found.first_hop, '<td class="gap"></td>')
    cells += [f'<td class="bar">{bar(found, head)}</td>', more_errors(found, head)]
    return f'<tr><th scope="row">{title(head)}</th>{"".join(cells)}</tr>'


def title(head: Head) -> str:
    label = f"<small>{as_html(head.label)}</small>" if head.label else ""
    return f"layer {head.layer}, head {head.number}{label}"


def cell(target: str, value: float, share: float, best: bool) -> str:
    look = " ".join(
        name for name, wanted in (("strong", value >= STRONG), ("faintly", value < READABLE), ("best", best)) if wanted
    )
    about = f"{target}: alignment {value:.3f}; {share:.1%} of the attention"
    shown = f"{value:.2f}".removeprefix("0")
    return f'<td class="{look}" style="--v:{min(max(value, 0), 1):.3f}" title="{about}">{shown}</td>'


def bar(found: Inspection, head: Head) -> str:
    """The error without the head, against the largest of all; a stroke at the error with all heads.

    The line across its end is the interval of the difference between the two.
    """
    rate, more, everything = found.without[head], found.more[head], found.error.value
    if rate.value is None or everything is None or more is None:
        return "–"
    width, scale = 120, 120 / largest_error(found)
    low, high = (scale * min(max(everything + end, 0.0), 1.0) for end in (more.low, more.high))
    return (
        f'<svg width="{width + 50}" height="16" role="img" aria-label="{rate.value:.3f}">'
        f"<title>{rate.value:.4f}, 95% interval {rate.low:.4f} to {rate.high:.4f}</title>"
        f'<rect class="track" width="{width}" y="3" height="10"/>'
        f'<rect class="value" width="{rate.value * scale:.1f}" y="3" height="10"/>'
        f'<path class="ends" d="M{low:.1f} 8H{min(high, width + 5):.1f}"/>'
        f'<path class="all" d="M{everything * scale:.1f} 0V16"/>'
        f'<text x="{width + 8}" y="12.5">{rate.value:.3f}</text></svg>'
    )


def more_errors(found: Inspection, head: Head) -> str:
    """A cell; faint where the interval has both signs."""
    more = found.more[head]
    if more is None:
        return '<td class="more">–</td>'
    look = "more" if more.low > 0 or more.high < 0 else "more unsure"
    about = f"{more.value:+.4f}, 95% interval {more.low:+.4f} to {more.high:+.4f}"
    return f'<td class="{look}" title="{about}">{more.value:+.3f} ± {(more.high - more.low) / 2:.3f}</td>'


def largest_error(found: Inspection) -> float:
    return max([0.01, found.error.value or 0.0, *(rate.value or 0.0 for rate in found.without.values())])


# --- a small map for each head ---


def by_k(found: Inspection) -> str:
    """For each head its alignment for every k, unless there is one k only."""
    if len(found.alignments) == 1:
        return ""
    ks = list(found.alignments)
    hops = len(found.targets) - found.first_hop - 1
    pictures = []
    for index, head in enumerate(found.heads):
        values = values_by_k(found, index)
        pictures.append(
            f'<div class="map"><p><b>head {head.number}</b></p><div class="frame"><img src="{png(tint(values))}"'
            f' alt="alignment of layer {head.layer}, head {head.number}, by k and j" loading="lazy"></div>'
            f'<div class="axis"><span>0</span><span>hops j</span><span>{hops}</span></div></div>'
        )
    return (
        '<section aria-labelledby="h-by-k"><h2 id="h-by-k">What each head does when it is asked another k</h2>'
        '<p class="caption">What each head reads best for each k: the number of a hop <i>j</i>, prev. or first; the'
        f" darker, the better aligned, and – below {READABLE}.</p>"
        '<div class="scroll" tabindex="0" role="region" aria-label="Best hops, scrolls sideways">'
        f"{best_hops(found)}</div>"
        f'<p class="caption later-caption">The same with every <i>j</i>: rows are k, from {ks[0]} down to {ks[-1]};'
        " columns are the hops <i>j</i>. A vertical stripe is a head that does its hop whatever the question.</p>"
        f"{maps(found, pictures)}</section>"
    )


def values_by_k(found: Inspection, index: int) -> np.ndarray:
    """The alignment of a head with find^0, find^1, …, (asked k, hops)."""
    return np.stack([at_k.alignment[index, found.first_hop :] for at_k in found.alignments.values()])


def best_hops(found: Inspection) -> str:
    """A row for each head, a column for each k."""
    numbers = "".join(f"<th>{k}</th>" for k in found.alignments)
    top = (
        '<tr><th rowspan="2"></th>'
        f'<th class="group" colspan="{len(found.alignments)}">asked k</th></tr><tr>{numbers}</tr>'
    )

    def row(index: int) -> str:
        cells = "".join(best_hop(found, index, k) for k in found.alignments)
        return f'<tr><th scope="row">{title(found.heads[index])}</th>{cells}</tr>'

    return table_of_heads(found, top, row)


def best_hop(found: Inspection, index: int, k: int) -> str:
    target, value = best_target(found, index, k)
    look = "strong" if value >= STRONG else ""
    about = f"{found.targets[target]}: alignment {value:.3f}"
    shown = in_a_cell(found.targets[target]) if value >= READABLE else "–"
    return f'<td class="{look}" style="--v:{min(value, 1):.3f}" title="{about}">{shown}</td>'


def in_a_cell(target: str) -> str:
    return {FIRST: "first", PREVIOUS: "prev."}.get(target, target.removeprefix("find^"))


def pattern_map(found: Inspection, index: int) -> str:
    """The attention matrix of a head, with the target that it is aligned with, if it clearly is with one."""
    head, example = found.heads[index], found.example
    target, value = best_target(found, index)
    weights, rows = example.patterns[index], example.targets[target]
    if value < STRONG:
        rows = np.full_like(rows, -1)
    image = under(tint(weights[:TOKENS_SHOWN, :TOKENS_SHOWN]), hop_matrix(rows)[:TOKENS_SHOWN, :TOKENS_SHOWN])
    return (
        f'<div class="map"><p><b>head {head.number}</b> {in_short(found, index)}</p>'
        f'<div class="frame smooth"><img src="{png(image)}"'
        f' alt="attention of layer {head.layer}, head {head.number}" loading="lazy"></div></div>'
    )


def best_target(found: Inspection, index: int, k: int | None = None) -> tuple[int, float]:
    """Of all targets, the token in front among them, and the alignment with it; for the k of errors by default."""
    values = found.alignments[found.k if k is None else k].alignment[index]
    return int(values.argmax()), float(values.max())


def in_short(found: Inspection, index: int) -> str:
    """What a head does, if it clearly does something."""
    target, value = best_target(found, index)
    return f"{found.targets[target]}, {value:.2f}" if value >= STRONG else "no clear hop"


def maps(found: Inspection, pictures: Sequence[str]) -> str:
    """A row of small pictures for each layer."""
    rows = {}
    for layer in layers(found):
        own = [picture for head, picture in zip(found.heads, pictures, strict=True) if head.layer == layer]
        rows[layer] = f'<div class="layer"><h3>layer {layer}</h3><div class="of">{"".join(own)}</div></div>'
    most = max(head.number for head in found.heads)

    def draw(some: Sequence[int]) -> str:
        return f'<div class="layers" style="--heads:{most}">{"".join(rows[layer] for layer in some)}</div>'

    if sum(map(len, pictures)) > LARGEST_PICTURES:
        return f'{draw(layers(found)[:1])}<p class="caption">All layers together would make this page too large.</p>'
    return fold(found, PICTURES_SHOWN, draw)


def hop_matrix(target: np.ndarray) -> np.ndarray:
    """1 at (i, target of i) where there is one, (T, T)."""
    matrix = np.zeros((len(target), len(target)))
    [there] = np.nonzero(target >= 0)
    matrix[there, target[there]] = 1
    return matrix


def tint(values: np.ndarray) -> np.ndarray:
    """Values 0..1 as the opacity of blue, (…, 4) uint8: it suits a light page and a dark one."""
    image = np.empty((*values.shape, 4), np.uint8)
    image[..., :3] = BLUE
    image[..., 3] = (255 * np.clip(values, 0, 1)).round()
    return image


def under(image: np.ndarray, marks: np.ndarray, scale: int = 6) -> np.ndarray:
    """An image, each cell of it `scale` pixels wide, with a red mark in the middle of the cells where `marks` is 1."""
    large = image.repeat(scale, axis=0).repeat(scale, axis=1)
    edge = 1  # of the blue below
    for row, column in np.argwhere(marks > 0):
        top, left = row * scale + edge, column * scale + edge
        large[top : top + scale - 2 * edge, left : left + scale - 2 * edge] = (*RED, 255)
    return large


def png(image: np.ndarray) -> str:
    """As a data URL."""
    from matplotlib.image import imsave

    data = io.BytesIO()
    imsave(data, image, format="png")
    return f"data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}"
