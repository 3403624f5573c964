"""A program on text: is the string of brackets up to here balanced?

    logdepth compile examples/own_text.py --out brackets
    echo '()(())(' > brackets.txt && logdepth run examples/own_text.py brackets.txt

A column with `letters` takes a text: its first letter is the number 1, and 0 is no letter. Random strings of brackets
are rarely balanced, so `sample` draws some that often are; `oracle` counts as one would on paper.
"""

from logdepth import Table

table = Table("balanced", rows=64, causal=True)
bracket = table.input("bracket", letters="()")
closes = table.map(lambda b: b == 2, bracket, high=1, name="closes")
closed = table.prefix_sum(closes, name="closed")
below = table.map(lambda i, c: 2 * c > i, table.index, closed, high=1, name="below zero")
times = table.count(where=below, name="times below zero")
table.output(
    "balanced",
    table.map(lambda i, c, t: (2 * c == i) & (t == 0), table.index, closed, times, high=1, name="balanced"),
)


def oracle(columns):
    height, fell, balanced = 0, False, []
    for bracket in columns["bracket"]:
        height += -1 if bracket == 2 else 1  # what closes nothing opens: 0 too, which no text holds
        fell = fell or height < 0
        balanced.append(int(height == 0 and not fell))
    return balanced


def sample(rng):
    """Pairs, one after the other or inside each other, and now and then a bracket that is turned round."""
    text = []
    for _ in range(rng.integers(1, 33)):
        place = rng.integers(len(text) + 1)
        text[place:place] = [1, 2]
    if rng.integers(2):
        place = rng.integers(len(text))
        text[place] = 3 - text[place]
    return {"bracket": text}
