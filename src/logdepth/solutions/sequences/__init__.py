"""Solutions of the tasks on sequences: tokens, numbers, pointers, words of a language."""
