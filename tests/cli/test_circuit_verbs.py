"""Circuits on the command line: compile, prove, export, run, and what is no circuit."""

import shlex

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from logdepth.arrows.registry import ARROWS, PROGRAM_TO_TRANSFORMER
from logdepth.artefacts import compile_task, write_model
from logdepth.circuits import FloatFormat, symmetric
from logdepth.circuits.formats import open_circuit, save_circuit, write_aiger
from logdepth.learn.trained.models import read_answering
from logdepth.networks import Gpt2InFloats
from logdepth.solutions import program_for
from logdepth.tasks import make_task

pytest.importorskip("pysat")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """k-hop of 8 tokens in enough bits and in too few, majority of 5 by count and by its negation."""
    folder = tmp_path_factory.mktemp("circuits")
    model = PROGRAM_TO_TRANSFORMER(program_for(make_task("k-hop", n=8, k=1))).artefact
    for name, mantissa in (("right", 10), ("wrong", 8)):
        save_circuit(
            ARROWS["transformer-to-circuit"](model, mantissa=mantissa, exponent=4).artefact, folder / f"{name}.circuit"
        )
    save_circuit(symmetric(5, lambda ones: ones > 2), folder / "majority.circuit")
    save_circuit(symmetric(5, lambda ones: ones > 3), folder / "more.circuit")
    (folder / "majority.aig").write_bytes(write_aiger(symmetric(5, lambda ones: ones > 2), packed=True))
    return folder


K_HOP = ("k-hop", "--n", 8, "--k", 1)


def test_a_task_and_a_model_become_the_circuit_that_is_written(logdepth, tmp_path):
    out, again = tmp_path / "made.circuit", tmp_path / "again.circuit"
    told = logdepth("compile", *K_HOP, "--to", "circuit", "--bits", 14, "--exponent", 4, "--out", out, "--json").json
    circuit = open_circuit(out)
    assert told["way"] == ["program-to-transformer", "transformer-to-circuit"]
    assert (told["circuit"], told["measured"]["gates"]) == (str(out), len(circuit.gates))
    assert told["measured"]["depth"] == circuit.depth <= told["claimed"]["depth"]
    logdepth("compile", *K_HOP, "--no-verify", "--out", tmp_path / "model")
    shown = logdepth(
        "compile", tmp_path / "model", "--to", "circuit", "--mantissa", 10, "--exponent", 4, "--out", again
    )
    assert f"logdepth prove {again} k-hop --n 8 --k 1 --alphabet 4" in shown.stdout
    assert again.read_bytes() == out.read_bytes()


def test_the_command_that_proves_can_be_copied_and_stands_where_there_is_a_definition(logdepth, tmp_path):
    out = tmp_path / "a made.circuit"
    words = ("--to", "circuit", "--bits", 14, "--out", out)
    shown = logdepth("compile", "k-hop", "--n", 3, "--k", 1, "--alphabet", "a $", *words).stdout
    proved = shlex.split(shown.partition("is it right on all inputs? ")[2].partition("\n")[0])[1:]
    assert logdepth(*proved).status == 0
    assert "is it right" not in logdepth("compile", "automaton", "--n", 2, "--regex", "(a|b)*a", *words).stdout


def test_a_circuit_is_proved_on_all_inputs(logdepth, files):
    outcome = logdepth("prove", files / "right.circuit", *K_HOP, "--json")
    assert (outcome.status, outcome.json["verdict"], outcome.json["counterexample"]) == (0, "proved", None)
    assert (
        "proved: right on every instance that fills all rows"
        in logdepth("prove", files / "right.circuit", *K_HOP).stdout
    )


def test_a_circuit_of_too_few_bits_is_refuted_by_an_instance_on_which_it_is_wrong(logdepth, files):
    outcome = logdepth("prove", files / "wrong.circuit", *K_HOP, "--json")
    assert (outcome.status, outcome.json["verdict"]) == (1, "refuted")
    found = outcome.json["counterexample"]
    task = make_task("k-hop", n=8, k=1)
    tokens = task.instance_of("".join(found["instance"]))
    assert task.present(task.solve(tokens), tokens) == found["exact"] != found["answer"]
    assert (
        f"instance          {' '.join(found['instance'])}" in logdepth("prove", files / "wrong.circuit", *K_HOP).stdout
    )


def test_unknown_is_not_proved(logdepth, files):
    outcome = logdepth("prove", files / "right.circuit", *K_HOP, "--seconds", 0.001)
    assert outcome.status == 3
    assert "unknown: the solver did not end; 0 of" in " ".join(outcome.stdout.split())
    assert "--seconds 0.006" in outcome.stderr


def test_two_circuits_are_compared_whatever_their_files(logdepth, files):
    assert logdepth("prove", files / "majority.circuit", files / "majority.aig", "--json").json["verdict"] == "proved"
    outcome = logdepth("prove", files / "majority.circuit", files / "more.circuit", "--json")
    found = outcome.json["counterexample"]
    assert outcome.status == 1
    assert (sum(found["input"].values()), found["answer"], found["other_answer"]) == (
        3,
        {"accepted": 1},
        {"accepted": 0},
    )
    shown = logdepth("prove", files / "right.circuit", files / "wrong.circuit").stdout
    assert "input: token" in shown and "second: answer" in shown


def test_models_in_folders_are_compared_and_proved_as_circuits(logdepth, refused, files, tmp_path):
    ways = {"narrow": (), "shallow": ("--way", "shallow"), "untied": ("--untied", "--dtype", "float64")}
    for name, more in ways.items():
        logdepth("compile", "k-hop", "--n", 4, "--k", 2, *more, "--no-verify", "--out", tmp_path / name)
    narrow, few = tmp_path / "narrow", ("--mantissa", 6, "--exponent", 4)
    for other in ("shallow", "untied"):
        told = logdepth("prove", narrow, tmp_path / other, "--json").json
        assert (told["verdict"], told["floats"]) == ("proved", {"mantissa": 24, "exponent": 7})
        assert told["other_floats"] == told["floats"] and told["promise"] is None
    assert "equal on all inputs" in logdepth("prove", narrow, tmp_path / "untied").stdout
    assert logdepth("prove", narrow, "k-hop", "--n", 4, "--k", 2).status == 0
    outcome = logdepth("prove", narrow, "k-hop", "--n", 4, "--k", 2, *few)
    assert outcome.status == 1 and "in floats of 6 bits of mantissa and 4 of exponent" in outcome.stdout
    assert "only the first has the input 'token[5].0'" in refused("prove", files / "right.circuit", narrow)
    assert "--n is no option of that" in refused("prove", narrow, tmp_path / "shallow", "--n", 4)
    assert "only the first has the input" in refused("prove", narrow, files / "majority.circuit")
    assert "has no option --bitz" in refused("prove", narrow, "k-hop", "--n", 4, "--bitz", 3)
    assert "there is no solver 'minisat'" in refused("prove", narrow, narrow, "--solver", "minisat")
    (tmp_path / "empty").mkdir()
    assert "empty" in refused("prove", tmp_path / "empty", narrow)


def test_a_model_is_compared_with_weights_of_ones_own(logdepth, refused, files, tmp_path):
    """Queries may be half as long, as scores lie far apart. A readout of 0 is another model."""
    write_model(compile_task(make_task("k-hop", n=3, k=1)), tmp_path / "model")
    tensors = load_file(tmp_path / "model" / "model.safetensors")
    own = {name: tensor / 2 if name.endswith("query") else tensor for name, tensor in tensors.items()}
    save_file(own, tmp_path / "own.safetensors")
    words = ("prove", tmp_path / "model", tmp_path / "own.safetensors")
    assert "equal on all inputs" in logdepth(*words).stdout
    own["readouts.answer"] = 0 * own["readouts.answer"]
    save_file(own, tmp_path / "own.safetensors")
    outcome = logdepth(*words, "--json")
    found = outcome.json["counterexample"]
    assert (outcome.status, set(found["other_answer"].values())) == (1, {0}) and any(found["answer"].values())
    assert "Give the folder of the model first" in refused("prove", files / "right.circuit", words[2])
    assert "there is no file" in refused("prove", tmp_path / "model", tmp_path / "none.safetensors")
    save_file({**own, "positions": own["positions"][1:]}, tmp_path / "own.safetensors")
    assert "does not hold weights of this model: tensor 'positions' is F32 of shape [3," in refused(*words)
    (tmp_path / "own.safetensors").write_bytes(b"PK\x03\x04" + 60 * b"x")
    assert "is a pickle" in refused(*words)


@pytest.mark.parametrize("form", ["aiger", "opb", "dimacs", "blif"])
def test_a_circuit_is_exported(logdepth, files, tmp_path, form):
    told = logdepth("export", files / "majority.circuit", "--format", form, "--out", tmp_path / "x", "--json").json
    assert told["gates"] == 1 and (tmp_path / "x").stat().st_size > 50
    assert (
        f"written as {form}"
        in logdepth("export", files / "majority.aig", "--format", form, "--out", tmp_path / "x").stdout
    )


def test_aiger_that_is_exported_is_the_same_circuit(logdepth, files, tmp_path):
    logdepth("export", files / "right.circuit", "--format", "aiger", "--out", tmp_path / "x.aig")
    assert logdepth("prove", files / "right.circuit", tmp_path / "x.aig").status == 0


CYCLE = b"aag 3 1 0 1 2\n2\n4\n4 6 2\n6 4 2\n"


def test_what_is_no_circuit_or_cannot_be_one_is_refused_in_one_line(refused, files, tmp_path, monkeypatch):
    right = files / "right.circuit"
    (tmp_path / "cycle.aag").write_bytes(CYCLE)
    (tmp_path / "short.aig").write_bytes(b"aig 2 1 0 1 1\n4\n\x82")
    (tmp_path / "bad.circuit").write_text('{"format": "logdepth circuit 2"}')
    assert "cycle.aag: the AIGER file has a cycle" in refused(
        "export", tmp_path / "cycle.aag", "--format", "opb", "--out", "x"
    )
    assert "ends within its ANDs" in refused("prove", tmp_path / "short.aig", *K_HOP)
    assert "is not a circuit of this library" in refused("prove", tmp_path / "bad.circuit", *K_HOP)
    assert "there is no file" in refused("prove", tmp_path / "none.circuit", *K_HOP)
    assert "no definition as gates" in refused("prove", right, "sort", "--n", 6)
    assert "lacks 'token[9].0'" in refused("prove", right, "k-hop", "--n", 9, "--k", 1)
    assert "no option of that" in refused("prove", right, right, "--n", 6)
    assert "same names" in refused("prove", right, files / "majority.circuit")
    assert "Did you mean 'aiger'?" in refused("export", right, "--format", "aigr", "--out", tmp_path / "x")
    assert "--out is for transformers and circuits" in refused(
        "compile", *K_HOP, "--to", "mpc", "--out", tmp_path / "x"
    )
    assert "a file *.circuit" in refused("compile", *K_HOP, "--to", "circuit", "--out", tmp_path / "x")
    assert "are not 12 bits. Leave out --bits or --mantissa." in refused(
        "compile", *K_HOP, "--to", "circuit", "--bits", 12, "--mantissa", 9, "--exponent", 4
    )
    monkeypatch.setattr("logdepth.proofs.solver.find_spec", lambda name: None)
    assert "pip install 'logdepth[prove]'" in refused("prove", right, *K_HOP)
    monkeypatch.setattr("logdepth.proofs.abc.which", lambda name: None)
    assert "ABC is not installed" in refused("prove", right, *K_HOP, "--solver", "abc")


def test_a_model_too_large_is_refused_with_the_gates_so_far(refused, monkeypatch):
    monkeypatch.setattr("logdepth.arrows.transformer_to_circuit.extract.MOST_GATES", 100)
    said = refused("compile", *K_HOP, "--to", "circuit")
    assert "in block 2 of 2, after 100 gates for 8 rows, the circuit has 100 gates, and takes more" in said


def test_a_circuit_runs_on_many_inputs(logdepth, files, tmp_path):
    bits = np.random.default_rng(0).integers(0, 2, (500, 5))
    (tmp_path / "in.csv").write_text("".join(" ".join(map(str, row)) + "\n" for row in bits.tolist()))
    told = logdepth("run", files / "majority.aig", tmp_path / "in.csv", "--out", tmp_path / "o.csv", "--json").json
    assert told["answer"]["rows"] == [[int(sum(row) > 2)] for row in bits.tolist()]
    assert (tmp_path / "o.csv").read_text() == "accepted\n" + "".join(f"{int(sum(row) > 2)}\n" for row in bits.tolist())
    shown = logdepth("run", files / "majority.circuit", tmp_path / "in.csv").stdout
    assert "480 more inputs" in shown and "500 inputs in" in shown


def test_a_circuit_of_columns_runs_on_a_table(logdepth, files, tmp_path):
    task = make_task("k-hop", n=8, k=1)
    tokens = task.instance_of("abacbada")
    (tmp_path / "in.csv").write_text("token\n" + "".join(f"{token}\n" for token in tokens))
    told = logdepth("run", files / "right.circuit", tmp_path / "in.csv", "--out", tmp_path / "o.csv", "--json").json
    assert told["answer"] == {"answer": task.solve(tokens).tolist()}
    assert (tmp_path / "o.csv").read_text().split() == ["answer", *map(str, task.solve(tokens))]
    shown = logdepth("run", files / "right.circuit", tmp_path / "in.csv", "--report", tmp_path / "page.html").stdout
    assert "out answer" in shown and "page.html" in shown
    assert '"kind":"output","name":"answer"' in (tmp_path / "page.html").read_text()
    assert "--ask is for models" in logdepth("run", files / "right.circuit", tmp_path / "in.csv", "--ask", 1, 2).stderr


@pytest.mark.parametrize("by", ["wires", "pulls", "spreads"])
def test_an_evaluator_of_circuits_is_compiled_and_takes_other_circuits(logdepth, refused, files, tmp_path, by):
    (tmp_path / "in").write_text("11100\n00111\n10111\n")
    words = ("compile", files / "majority.circuit", "--by", by, "--samples", 5, "--out", tmp_path / "m", "--json")
    compiled = logdepth(*words)
    assert compiled.status == 0 and compiled.json["verified"]["wrong"] == 0
    run = ("run", tmp_path / "m", tmp_path / "in", "--circuit")
    for name, expected in (("majority.circuit", [1, 1, 1]), ("more.circuit", [0, 0, 1])):
        told = logdepth(*run, files / name, "--json").json
        assert told["correct"] and [row for (row,) in told["answer"]["rows"]] == expected
    assert "equal to the circuit itself" in logdepth(*run, files / "majority.circuit").stdout
    assert "and the evaluator has" in refused(*run, files / "majority.aig")
    assert "does not evaluate circuits" in refused(
        "run", hop(tmp_path), tmp_path / "in", "--circuit", files / "more.circuit"
    )
    assert "has no option --bx" in refused("compile", files / "more.circuit", "--bx", by)
    assert "Leave out --to" in refused("compile", files / "more.circuit", "--to", "mpc")


def hop(folder):
    write_model(compile_task(make_task("k-hop", n=3, k=1)), folder / "hop")
    return folder / "hop"


def test_a_circuit_of_a_graph_task_takes_its_instances_alone_and_is_proved(logdepth, tmp_path):
    sizes = ("components", "--n", 3, "--edges", 2)
    told = logdepth("compile", *sizes, "--to", "circuit", "--out", tmp_path / "c.circuit", "--json").json
    assert told["options"]["promise"] == "components n=3 edges=2"
    assert told["claim"]["provided"] == "rows hold what instances of components n=3 edges=2 hold"
    assert logdepth("prove", tmp_path / "c.circuit", *sizes).status == 0


def test_a_trained_network_becomes_a_circuit_of_its_classes(logdepth, refused, tmp_path):
    words = "--n 5 --most-hops 1 --letters 2 --width 4 --readout linear --heads 1 --depth 1 --batch 4 --steps 3"
    run, out = tmp_path / "run", tmp_path / "run.circuit"
    more = "--warmup 1 --device cpu --vocabulary 0"
    assert logdepth("train", "khop-paper", *words.split(), *more.split(), "--out", run).status == 0
    told = logdepth("compile", run, "--to", "circuit", "--bits", 6, "--tokens", 2, "--out", out, "--json").json
    assert (told["way"], told["floats"]) == (["network-to-circuit"], {"mantissa": 3, "exponent": 3})
    assert told["measured"]["depth"] <= told["claimed"]["depth"]
    floats = Gpt2InFloats(read_answering(run).network, FloatFormat(3, 3))
    (tmp_path / "ids.csv").write_text("token\n1\n3\n")
    assert logdepth("run", out, tmp_path / "ids.csv", "--json").json["answer"] == {"class": floats.classes([1, 3])}
    assert "up to" in refused("compile", run, "--to", "circuit", "--bits", 40)


def test_bits_alone_choose_the_exponent_and_say_it(logdepth, tmp_path):
    outcome = logdepth("compile", "k-hop", "--n", 6, "--to", "circuit", "--bits", 14, "--out", tmp_path / "k.circuit")
    assert "in floats of 10 bits of mantissa and 4 of exponent" in outcome.stdout
    few = logdepth("compile", "k-hop", "--n", 6, "--to", "circuit", "--bits", 5)
    said = "no format of 5 bits gives the model's own answers to eight drawn tables"
    assert said in few.stdout and said not in outcome.stdout


def test_an_empty_file_and_one_of_another_kind_say_so(refused, tmp_path):
    (tmp_path / "empty.aag").write_text("")
    (tmp_path / "other.aag").write_text("{}")
    assert "empty.aag is empty" in refused("export", tmp_path / "empty.aag", "--format", "opb", "--out", tmp_path / "x")
    assert "does not begin with 'aag'" in refused("prove", tmp_path / "other.aag", "k-hop")
