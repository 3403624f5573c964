"""The construction of every task in a few sentences, for the page. Proofs are at the programs, in `algorithms`."""

from __future__ import annotations

from typing import Any

from logdepth.tasks import Task

FIND = (
    '<span class="formula"><i>find</i>(<i>i</i>) = max { <i>j</i> ≤ <i>i</i> :'
    " <i>x</i><sub><i>j</i>−1</sub> = <i>x<sub>i</sub></i> }</span>"
)

DOUBLING = (
    "Every token keeps two neighbouring powers of the pointer. A layer looks up the row that one of them names"
    " and takes over that row’s pair, which doubles the reach; reading the bits of <i>k</i> − 1 from the top, it"
    " looks at the lower power for a 0 and at the upper one for a 1. ⌈log₂ <i>k</i>⌉ layers end at the <i>k</i>-th"
    " power."
)

STARS = (
    "Every vertex points to a parent; the trees of these pointers grow until each one spans a component. In a"
    " round every vertex reads its grandparent and every edge the parents of its two ends; an edge between two"
    " trees tells each of the other, and a star (a tree of height one) hangs its root below the other tree; two"
    " stars that chose each other let go; then every vertex goes on to its grandparent, twice.",
    "Each round at least halves the sum of the heights of a component’s trees, so ⌊log₂ <i>n</i>⌋ rounds suffice"
    " on every graph. After Awerbuch and Shiloach (1987).",
)

COUNTING = (
    "A head that adds up: every matching row has the same weight and the start token an overwhelming one, so that"
    " what is read is proportional to the number of matches, and a fixed factor in the output matrix makes it the"
    " number itself."
)

SQUARES = (
    "Blank tokens stand for ways: one for every three vertices <i>i</i>, <i>k</i>, <i>j</i>, a path from <i>i</i> by"
    " way of <i>k</i> to <i>j</i>. In every layer it asks all tokens, edges and ways, for a path from <i>i</i> to"
    " <i>k</i> and one from <i>k</i> to <i>j</i>; when it has heard of both, it knows one from <i>i</i> to <i>j</i>."
    " Paths double in length with every layer, so that ⌈log₂(<i>n</i> − 1)⌉ layers find all of them."
)

WORDS: dict[str, tuple[str, ...]] = {
    "k-hop": (
        f"A hop leads to the token after the latest earlier occurrence of the same letter: {FIND} The answer at"
        " <i>i</i> is the letter after <i>k</i> hops. Layer 1 tells every token which letter stands before it;"
        " layer 2 looks for the latest token whose letter before equals mine: one hop.",
        DOUBLING,
    ),
    "induction-heads": (
        f"A hop leads to the token after the latest earlier occurrence of the same letter: {FIND} Layer 1 tells"
        " every token which letter stands before it; layer 2 looks for the latest token whose letter before equals"
        " mine.",
    ),
    "acausal-k-hop": (
        "Hops lead forward, to the token after the <em>last</em> occurrence of a letter, and any later token may"
        " change them. Under a causal mask nothing can be resolved ahead of the last token, which therefore hops"
        " one step a layer.",
    ),
    "2-sum": (
        "Each number <i>x</i> is embedded with its partner (<i>M</i> − <i>x</i>) mod <i>M</i>. The one head looks"
        " for a row that holds the partner; the start token, which holds zeros, is read when there is none.",
    ),
    "3-sum": (
        "Blank tokens stand for pairs: a number <i>x<sub>k</sub></i> comes after a token for each pair"
        " (<i>j</i>, <i>k</i>), <i>j</i> &lt; <i>k</i>. In layer 1 every pair looks up its two numbers, and computes"
        " which third would make them up to a multiple of the modulus; in layer 2 every number looks for a pair that"
        " wants it."
        " Without blank tokens, one layer would need a width that grows with <i>n</i> / log log <i>n</i>.",
    ),
    "sparse-averaging": ("One head for each of the <i>q</i> positions reads the value there; the sum is linear.",),
    "broadcast": ("One head: every row reads row 1.",),
    "prefix-sum": (COUNTING + " The causal mask makes it a prefix sum.",),
    "sort": (
        "First every key learns its rank: for each digit one head counts the rows that agree in the higher digits"
        " and are smaller in this one (row numbers break ties). Then row <i>i</i> reads the row whose rank is"
        " <i>i</i>.",
    ),
    "list-ranking": (
        "Pointer doubling: every row knows a row ahead of it and how far ahead that is; it reads the same two"
        " numbers there and adds up. ⌈log₂ <i>n</i>⌉ layers reach the end of every list.",
    ),
    "composition": ("The answer at <i>i</i> is <i>f</i> applied <i>k</i> times to <i>i</i>.", DOUBLING),
    "1-vs-2-cycle": (
        "Every edge is two arcs, one token each. An arc finds the arc that leaves its head and does not come"
        " back; doubling this pointer ⌈log₂ <i>n</i>⌉ times, it learns the least vertex on its directed cycle."
        " Arcs that start there are leaders, two for each cycle, and a last layer counts them.",
    ),
    "components": STARS,
    "connectivity": (*STARS, "A last layer counts the roots: the graph is connected if there is one."),
    "cycle-check": (
        *STARS,
        "A last layer counts the edges, and the vertices that are no root, of which a forest has just as many.",
    ),
    "spanning-forest": (
        *STARS,
        "Here a star follows its lightest edge. Weights are ranked first, ties by row, so the minimum is unique.",
    ),
    "diameter": (
        SQUARES + " Of several paths between the same two vertices the shortest is heard.",
        "At the end every token asks for the shortest path between its own two vertices, and one head finds the longest"
        " of these.",
    ),
    "reachability": (SQUARES, "At the end the question looks for a token that knows a path between its two vertices."),
    "node-count": (COUNTING,),
    "edge-count": (COUNTING,),
    "node-degree": (COUNTING + " One head counts the edges that name me first, the other those that name me second.",),
    "edge-existence": (
        "The question row looks for an edge row with the same two ends, one head for each order of them.",
    ),
}
"""Task -> paragraphs, as HTML."""


def in_words(task: Task[Any]) -> tuple[str, ...]:
    """The paragraphs for a task."""
    return WORDS.get(task.name, ())
