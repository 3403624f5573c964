"""The plan of a training that takes no time: a graph network of one layer, and eight steps."""

TINY = {
    "task": "graph-questions",
    "question": "cycle-check",
    "buckets": 1,
    "network": "gin",
    "depth": 1,
    "width": 8,
    "readout": "linear",
    "samples": 32,
    "batch": 16,
    "steps": 8,
    "warmup": 1,
}
