"""Whether any causal transformer of hard attention, of so many layers and heads, answers a question on short words.

The class. Row i begins with its position and its letter. In a layer, every head of row i reads one row j ≤ i: the one
whose state comes first in an order of all states, and every head and every state of row i may have an order of its own.
Then the row keeps its state and all that it read. The answer is any function of the last state.

So scores, maps, width, bits and codes of positions are free; only layers and heads are counted. A row that reads
itself learns nothing new, as one that reads the start token of our models. A program of `select`s is in the class, and
a head that takes a mean is not. As the model is causal, what is impossible at n is impossible at every greater n, and
with more letters; what exists at n exists at every smaller one.
"""

from logdepth.proofs.hard_attention.model import HardAttention
from logdepth.proofs.hard_attention.search import IMPOSSIBLE, Searched, search

__all__ = ["IMPOSSIBLE", "HardAttention", "Searched", "search"]
