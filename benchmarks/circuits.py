"""Threshold circuits: gates and depth of compiled models, proofs on all inputs, speed, and circuits as transformers.

python benchmarks/circuits.py sizes       # gates and depth of k-hop, components, prefix sums
python benchmarks/circuits.py proofs      # equal to the task's definition on all inputs, with the time of the solver
python benchmarks/circuits.py speed       # gates times inputs in a second, beside NumPy on the same circuit
python benchmarks/circuits.py value       # circuits evaluated by transformers, and there and back again
python benchmarks/circuits.py trained     # GPT-2s of one layer, trained here, as circuits in floats of 8 bits
python benchmarks/circuits.py pruned      # weights of a compiled model that are 0 as well, one after the other, proved
"""

import sys
from itertools import islice, product
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy

from logdepth import compile_task
from logdepth.arrows.circuit_to_transformer import Instructions, evaluate, evaluator_for
from logdepth.arrows.network_to_circuit import network_to_circuit
from logdepth.arrows.program_to_transformer import translate_narrowest
from logdepth.arrows.registry import ARROWS
from logdepth.artefacts import read_model, write_model
from logdepth.circuits import (
    BitSliced,
    Circuit,
    CircuitBuilder,
    FloatFormat,
    decode_columns,
    drop_unread,
    encode_columns,
    symmetric,
)
from logdepth.networks import Gpt2, Gpt2Shape
from logdepth.numerics.errors import CapacityExceeded
from logdepth.programs import Program, Table
from logdepth.proofs import Verdict, prove, prove_equal
from logdepth.tasks import Task, make_task

SIZES = [("k-hop", {"n": n, "k": k}) for k in (1, 4) for n in (8, 16, 32, 64)]
SIZES += [
    ("prefix-sum", {"n": 16, "high": 3}),
    ("components", {"n": 3, "edges": 3}),
    ("components", {"n": 4, "edges": 4}),
    ("components", {"n": 4, "edges": 6}),
]
PROVED = [
    ("k-hop", {"n": 8, "k": 4}),
    ("k-hop", {"n": 16, "k": 1}),
    ("k-hop", {"n": 16, "k": 4}),
    ("prefix-sum", {"n": 16, "high": 3}),
    ("components", {"n": 3, "edges": 3}),
    ("components", {"n": 4, "edges": 6}),
]


def circuit_of(task: Task) -> Circuit:
    promise = "" if task.row_values(1) is None else described(task.name, task.parameters)
    return ARROWS["transformer-to-circuit"](compile_task(task).transformer, promise=promise).artefact


def sizes() -> None:
    print(f"{'task':<32}{'gates':>9}{'depth':>7}{'edges':>11}{'fan-in':>8}{'weight':>8}{'wrong':>10}{'seconds':>9}")
    for name, size in SIZES:
        task, began = make_task(name, size), perf_counter()
        try:
            circuit = circuit_of(task)
        except ValueError as refusal:
            print(f"{described(name, size):<32} {refusal}")
            continue
        taken, found = perf_counter() - began, circuit.sizes
        print(
            f"{described(name, size):<32}{found.gates:>9,}{found.depth:>7}{found.edges:>11,}{found.fan_in:>8}"
            f"{found.weight:>8}{wrong(task, circuit):>10}{taken:>9.1f}"
        )


def wrong(task: Task, circuit: Circuit, samples: int = 200) -> str:
    """Of random instances that fill all rows, those that the circuit answers wrongly."""
    rng = np.random.default_rng(0)
    drawn = (task.sample(rng, size=task.largest) for _ in range(20 * samples))
    full = [each for each in drawn if task.rows_of(each) == task.rows][:samples]
    if not full:
        return "–"
    bits = np.array([encode_columns(circuit.inputs, task.encode(each)) for each in full])
    answers = BitSliced(circuit)(bits)
    return f"{sum(is_wrong(task, circuit, *pair) for pair in zip(full, answers, strict=True))}/{len(full)}"


def is_wrong(task: Task, circuit: Circuit, instance: object, bits: np.ndarray) -> bool:

    return not np.array_equal(task.decode(decode_columns(circuit.outputs, bits), instance), task.solve(instance))


def described(name: str, size: dict[str, object]) -> str:
    return f"{name} {' '.join(f'{key}={value}' for key, value in size.items())}"


def proofs() -> None:
    print(f"{'task':<32}{'verdict':>10}{'clauses':>10}{'seconds':>9}")
    for name, size in PROVED:
        task = make_task(name, size)
        try:
            proof = prove(circuit_of(task), task, seconds=200)
        except ValueError as refusal:
            print(f"{described(name, size):<32} {refusal}")
            continue
        print(f"{described(name, size):<32}{proof.verdict.value:>10}{proof.clauses:>10,}{proof.seconds:>9.1f}")


def speed() -> None:
    print(f"{'circuit':<32}{'gates':>9}{'bit-sliced':>12}{'NumPy':>10}   gates × inputs in a second of one core")
    for name, size, inputs in (
        ("k-hop", {"n": 8, "k": 1}, 2**20),
        ("k-hop", {"n": 16, "k": 1}, 2**19),
        ("k-hop", {"n": 32, "k": 1}, 2**17),
    ):
        circuit = circuit_of(make_task(name, size))
        bits = np.random.default_rng(0).integers(0, 2, (inputs, len(circuit.inputs))).astype(bool)
        sliced = BitSliced(circuit)
        few = bits[: 2**13]
        rates = [rate(circuit, sliced, bits), rate(circuit, circuit.evaluate, few)]
        assert np.array_equal(sliced(few), circuit.evaluate(few))
        print(f"{described(name, size):<32}{len(circuit.gates):>9,}{rates[0]:>12.1e}{rates[1]:>10.1e}")


def rate(circuit: Circuit, evaluator: object, bits: np.ndarray) -> float:
    began = process_time()
    evaluator(bits)
    return len(circuit.gates) * len(bits) / (process_time() - began)


def value() -> None:
    rng = np.random.default_rng(0)
    circuits = [random_circuit(rng) for _ in range(60)]
    for by in ("wires", "pulls", "spreads"):
        found = [wrong_values(circuit, by, rng) for circuit in circuits]
        bad, values = map(sum, zip(*found, strict=True))
        print(f"{by}: 60 random circuits x 25 inputs, {bad} wrong of {values:,}")
    majority = symmetric(16, lambda ones: 2 * ones > 16)
    print(f"majority of 16: {len(majority.gates)} gates, {wrong_values(majority, 'wires', rng)[0]} wrong of 25")
    round_trip()


def random_circuit(rng: np.random.Generator) -> Circuit:
    """Gates of literals, up to five into one, on 4 to 8 inputs."""
    builder = CircuitBuilder([f"x{place}" for place in range(int(rng.integers(4, 9)))], share=False)
    nodes = len(builder.inputs)
    for _ in range(int(rng.integers(10, 33))):
        chosen = rng.permutation(nodes)[: int(rng.integers(1, 6))]
        weights = {int(node): int(rng.choice([-1, 1])) for node in chosen}
        low = sum(weight for weight in weights.values() if weight < 0)
        nodes = builder.gate(weights, int(rng.integers(low, low + len(weights) + 2))) + 1
    return builder.finish({f"y{node}": node for node in range(nodes)})


def wrong_values(circuit: Circuit, by: str, rng: np.random.Generator) -> tuple[int, int]:
    """Outputs of the evaluator of a circuit that are not the circuit's, of all on 25 inputs."""
    evaluator = evaluator_for(Instructions(circuit), by)
    transformer = translate_narrowest(evaluator.program(), None, True).artefact
    bits = rng.integers(0, 2, (25, len(circuit.inputs)))
    found = evaluate(transformer, evaluator, circuit, bits)
    return int((found != circuit.evaluate(bits)).sum()), found.size


def round_trip() -> None:
    """A transformer becomes a circuit, and that a transformer that evaluates it."""
    task = make_task("k-hop", n=6, k=1, alphabet="2")
    circuit = circuit_of(task)
    bits = [encode_columns(circuit.inputs, task.encode(each)) for each in islice(task.exhaustive(6), 64)]
    show_round_trip("k-hop n=6", circuit, np.array(bits))
    rng = np.random.default_rng(0)
    for rows in (8, 16):
        model = translate_narrowest(majority_program(rows), None, True).artefact
        circuit = ARROWS["transformer-to-circuit"](model, bits=16).artefact
        bits = rng.integers(0, 2, (64, rows))
        exact = 2 * bits.sum(axis=1) > rows
        assert np.array_equal(circuit.evaluate(bits)[:, -1], exact)
        show_round_trip(f"majority n={rows}", circuit, bits)


def majority_program(rows: int) -> Program:
    """The last row says whether most of all bits are 1, the other rows 0."""
    table = Table("majority", rows=rows)
    ones = table.sum(table.input("bit", high=1), high=rows)
    table.output("most", (2 * ones > rows) & (table.index == rows))
    return table.program()


def show_round_trip(name: str, circuit: Circuit, bits: np.ndarray) -> None:
    evaluator = evaluator_for(Instructions(circuit), "wires")
    transformer = translate_narrowest(evaluator.program(), None, True).artefact
    wrong = int((evaluate(transformer, evaluator, circuit, bits) != circuit.evaluate(bits)).sum())
    sizes = f"{len(circuit.gates)} gates of depth {circuit.depth}"
    print(f"{name} -> {sizes} -> transformer of {evaluator.rows} rows: {wrong} wrong of {len(bits)} inputs")


# --- trained networks ---

TOKENS, STEPS, FLOATS = 10, 300, FloatFormat(4, 4)


def trained() -> None:
    """Whether most of 10 bits are 1, said at the last token: a network of one layer, width 4, an MLP of width 4.

    It is trained on all inputs, and its circuit evaluated on all of them. Not every one survives so few bits.
    """
    tables = np.array(list(product(range(2), repeat=TOKENS)))
    most = 2 * tables.sum(axis=1) > TOKENS
    for seed in range(3):
        network = train(tables, most, seed)
        whole = network_to_circuit(network, FLOATS, TOKENS)
        last = {name: node for name, node in whole.outputs.items() if name.startswith(f"class[{TOKENS}].")}
        circuit = drop_unread(Circuit(whole.inputs, whole.forms, whole.gates, last))
        bits = np.array([encode_columns(circuit.inputs, {"token": table}) for table in tables])
        with torch.no_grad():
            own = network(torch.tensor(tables))[:, -1].argmax(1).numpy() == most
        found = BitSliced(circuit)(bits)[:, 0] == most
        print(
            f"seed {seed}: float32 right on {own.sum():,} of {len(tables):,} inputs; the circuit in floats of"
            f" {FLOATS.bits} bits on {found.sum():,}, {len(circuit.gates):,} gates of depth {circuit.depth}; with the"
            f" classes of all tokens {len(whole.gates):,} of depth {whole.depth}"
        )


def train(tables: np.ndarray, wanted: np.ndarray, seed: int) -> Gpt2:
    shape = Gpt2Shape(vocabulary=2, positions=TOKENS, depth=1, heads=1, width=4, hidden=4, classes=2, dropout=0.0)
    network = Gpt2(shape, torch.Generator().manual_seed(seed))
    optimiser = torch.optim.AdamW(network.parameters(), lr=0.03, weight_decay=0.01)
    falling = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, total_iters=STEPS)
    inputs, targets = torch.tensor(tables), torch.tensor(wanted, dtype=torch.int64)
    for _ in range(STEPS):
        loss = cross_entropy(network(inputs)[:, -1], targets)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        falling.step()
    return network.eval()


# --- pruned models ---


def pruned() -> None:
    """One weight after the other becomes 0, and stays so if the model is proved to answer all inputs as before."""
    task = make_task("k-hop", n=4, k=2)
    with TemporaryDirectory() as name:
        folder, weights = Path(name) / "model", Path(name) / "pruned.safetensors"
        write_model(compile_task(task), folder)
        tensors = load_file(folder / "model.safetensors")
        whole, taken, total = circuit_of_model(folder, None), [], 0
        for tensor_name, tensor in tensors.items():
            entries = tensor.view(-1)
            for place in torch.nonzero(entries).flatten().tolist():
                before, entries[place], total = entries[place].item(), 0.0, total + 1
                save_file(tensors, weights)
                if is_equal(whole, folder, weights):
                    taken.append(f"{tensor_name} {place}")
                else:
                    entries[place] = before
    print(f"k-hop n=4 k=2: {len(taken)} of {total} weights can be 0, all at once: {', '.join(taken)}")


def circuit_of_model(folder: Path, weights: Path | None) -> Circuit:
    return ARROWS["transformer-to-circuit"](read_model(folder, weights).transformer).artefact


def is_equal(whole: Circuit, folder: Path, weights: Path) -> bool:
    """A model whose circuit would be too large counts as another one."""
    try:
        return prove_equal(whole, circuit_of_model(folder, weights), seconds=20).verdict is Verdict.PROVED
    except CapacityExceeded:
        return False


PARTS = {"sizes": sizes, "proofs": proofs, "speed": speed, "value": value, "trained": trained, "pruned": pruned}


if __name__ == "__main__":
    torch.set_num_threads(1)
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
