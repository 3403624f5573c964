"""How automata are run: in ⌈log2 n⌉ layers by composing maps, in one layer where letters or counts decide, or step by
step."""
