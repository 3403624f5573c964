"""Run a written model with torch and safetensors alone: python load_model.py FOLDER COLUMNS.json

COLUMNS.json holds the input columns, a list of whole numbers each: {"u": [0, 0, 1], "v": [0, 0, 2]}. Where the model
has letters, a column may be a text instead: {"token": "abcab"}. Prints the output columns in the same way.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file


def run(folder, columns):
    """The output columns, from name to a list with one whole number per row."""
    model = json.loads(Path(folder, "model.json").read_text())
    weights = load_file(Path(folder, "model.safetensors"))
    letters = model["letters"]
    rows = len(next(iter(columns.values())))
    if columns.keys() != model["inputs"].keys() or not 1 <= rows <= model["rows"]:
        sys.exit(f"the model takes the columns {sorted(model['inputs'])}, of 1 to {model['rows']} rows")
    x = positions(model, weights["positions"], rows)  # (rows + 1, width): the start token, then the rows
    for name, values in columns.items():
        if isinstance(values, str):  # letter number t, from 1, is token t
            values = [letters.index(letter) + 1 for letter in values]
        x[1:] += weights[f"embeddings.{name}"][torch.tensor(values)]
    hidden = torch.ones(rows + 1, rows + 1, dtype=torch.bool).triu(1)  # later rows, where the model is causal
    for i in model["order"]:
        if f"blocks.{i}.attention.query" in weights:
            parts = (weights[f"blocks.{i}.attention.{part}"] for part in ("query", "key", "value", "output"))
            query, key, value, output = parts  # (heads, width, key or value width), output (heads, value width, width)
            scores = (x @ query) @ (x @ key).mT  # (heads, rows + 1, rows + 1), not divided by anything
            if model["causal"]:
                scores.masked_fill_(hidden, -torch.inf)
            x = x + (scores.softmax(-1) @ (x @ value) @ output).sum(0)
        if f"blocks.{i}.mlp.into" in weights:
            x = x + torch.relu(x @ weights[f"blocks.{i}.mlp.into"]) @ weights[f"blocks.{i}.mlp.out"]
    answers = {}
    for name, high in model["outputs"].items():
        answers[name] = (x[1:] @ weights[f"readouts.{name}"]).round().clamp(0, high).long().tolist()
    return answers


def positions(model, weights, rows):
    """What the positions add: lines of a table, or formulas of the row number times their weights."""
    if "positions" not in model:
        return weights[: rows + 1].clone()
    values = []
    for formula in model["positions"]:
        x = (torch.arange(1, rows + 1) - formula["shift"]).clamp(0) // formula["place"]
        x = (x % (formula["base"] or rows + 1) - formula["above"]).clamp(0)
        values.append([torch.ones_like(x), x, x * (x - 1) // 2][formula["power"]].double())
    return torch.cat([weights[:1], (torch.stack(values, 1) @ weights[1:].double()).to(weights.dtype)])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(json.dumps(run(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()))))
