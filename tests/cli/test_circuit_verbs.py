"""Circuits on the command line: compile, prove, export, run, and what is no circuit."""

import pytest

from logdepth.arrows.registry import ARROWS, PROGRAM_TO_TRANSFORMER
from logdepth.circuits import symmetric
from logdepth.circuits.formats import open_circuit, save_circuit, write_aiger
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


def test_a_circuit_is_proved_on_all_inputs(logdepth, files):
    outcome = logdepth("prove", files / "right.circuit", *K_HOP, "--json")
    assert (outcome.status, outcome.json["verdict"], outcome.json["counterexample"]) == (0, "proved", None)
    assert "proved: they are equal on all inputs" in logdepth("prove", files / "right.circuit", *K_HOP).stdout


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
    assert "unknown: the solver did not end, and nothing is proved" in " ".join(outcome.stdout.split())
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


@pytest.mark.parametrize("form", ["aiger", "opb", "dimacs", "blif"])
def test_a_circuit_is_exported(logdepth, files, tmp_path, form):
    told = logdepth("export", files / "majority.circuit", "--format", form, "--out", tmp_path / "x", "--json").json
    assert told["gates"] == 1 and (tmp_path / "x").stat().st_size > 50
    assert (
        f"written as {form}"
        in logdepth("export", files / "majority.aig", "--format", form, "--out", tmp_path / "x").stdout
    )


def test_aiger_that_is_exported_is_the_same_circuit(logdepth, files, tmp_path):
    for name in ("x.aag", "x.aig"):
        logdepth("export", files / "right.circuit", "--format", "aiger", "--out", tmp_path / name)
        assert logdepth("prove", files / "right.circuit", tmp_path / name).status == 0


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
        "compile", *K_HOP, "--to", "circuit", "--bits", 12, "--mantissa", 9
    )
    monkeypatch.setattr("logdepth.proofs.solver.find_spec", lambda name: None)
    assert "pip install 'logdepth[prove]'" in refused("prove", right, *K_HOP)


def test_a_model_too_large_is_refused_with_the_gates_so_far(refused, monkeypatch):
    monkeypatch.setattr("logdepth.arrows.transformer_to_circuit.extract.MOST_GATES", 100)
    said = refused("compile", *K_HOP, "--to", "circuit")
    assert "in block 2 of 2, after 100 gates for 8 rows, the circuit has 100 gates, and takes more" in said
