"""A Python function of columns becomes a `RowFunction`: it is called once, on symbols that write down what is done.

A symbol takes what a user does to an int64 tensor: operators, methods, torch functions, numpy's elementwise ones. Each
means what it means on such tensors, or is refused. What has no operation of its own (a square root, a rounded fraction)
becomes a table over the one value that it depends on.
"""

from logdepth.programs.transcription.transcribe import make_map, transcribe

__all__ = ["make_map", "transcribe"]
