"""`logdepth refute`: what is found is written and checked again; what cannot be refuted is refused in one line."""

import json

import pytest
import torch

from logdepth.networks import Gpt2, Gpt2Shape

OWN = """
import torch
from logdepth.networks import Gpt2, Gpt2Shape

torch.manual_seed(0)
shape = Gpt2Shape(vocabulary=4, positions=33, depth=1, heads=1, width=8, classes=4, dropout=0.0)
model = Gpt2(shape)
same = model


def deeper():
    return Gpt2(Gpt2Shape(vocabulary=4, positions=33, depth=2, heads=1, width=8, classes=4))


class Random(torch.nn.Module):
    def forward(self, ids):
        return torch.rand(*ids.shape, 4)


class Remembers(torch.nn.Module):
    calls = 0

    def forward(self, ids):
        self.calls += 1
        return torch.full((len(ids), 4), float(self.calls))


class NoNumber(torch.nn.Module):
    def forward(self, ids):
        return torch.full((len(ids), 4), torch.nan)


class Narrow(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(2, 4)

    def forward(self, ids):
        return self.embedding(ids)


class Words(torch.nn.Module):
    def forward(self, ids):
        return "a"


class Shapeless(torch.nn.Module):
    def forward(self, ids):
        return torch.zeros(3)


def broken():
    return undefined


number = 3
"""
HEADS = ("--task", "induction-heads", "--n", "33", "--alphabet", "3")


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(OWN)
    (tmp_path / "mere.py").write_text("from torch import nn\n\nclass Net(nn.Linear): ...\n")
    return tmp_path


def test_a_network_of_one_s_own_is_refuted_and_the_certificate_checked(logdepth, place):
    outcome = logdepth("refute", "own.py:model", *HEADS, "--out", "failing", "--json")
    assert outcome.status == 1
    told = outcome.json
    assert told["refuted"] and told["refutes_model"] and told["refuter"] == "one-attention-layer"
    assert told["model"] == "Gpt2 of own.py" and told["parameters"] == {"n": 33, "alphabet": "3"}
    file = place / "failing" / "counterexample.json"
    assert json.loads(file.read_text()) == told["counterexample"]
    checked = logdepth("refute", "own.py:model", *HEADS, "--check", file, "--json")
    assert (checked.status, checked.json["holds"], checked.json["reason"]) == (0, True, None)
    for place_of_the_same in ("own.py:model", "own.py"):
        assert "it holds" in logdepth("refute", place_of_the_same, "--check", file).stdout


def test_people_see_the_inputs_side_by_side(logdepth):
    shown = logdepth("refute", "own.py", *HEADS).stdout
    for part in ("refuted by one-attention-layer", "input 1", "input 2", "right ", "model says", "from what it keeps"):
        assert part in shown
    assert "the same for both: 9 numbers of" in shown


def test_bits_refute_the_rounded_network_if_not_the_network(logdepth):
    told = logdepth("refute", "own.py:model", *HEADS, "--bits", 5, "--json").json
    assert told["counterexample"]["bottleneck"]["settings"] == {"bits": 5}


def test_a_certificate_of_another_model_does_not_hold(logdepth, place):
    logdepth("refute", "own.py:model", *HEADS, "--out", "failing")
    (place / "own.py").write_text(OWN.replace("manual_seed(0)", "manual_seed(1)"))
    outcome = logdepth("refute", "own.py:model", *HEADS, "--check", "failing/counterexample.json", "--json")
    assert outcome.status == 1 and not outcome.json["holds"]
    assert (
        "it does NOT hold"
        in logdepth("refute", "own.py:model", *HEADS, "--check", "failing/counterexample.json").stdout
    )


def test_a_checkpoint_says_its_task_itself(logdepth, place):
    network = Gpt2(Gpt2Shape(vocabulary=10, positions=20, depth=1, heads=2, width=12), torch.Generator().manual_seed(0))
    torch.save({f"backbone.{key}": value for key, value in network.state_dict().items()}, place / "model_1.pt")
    task = "{char_tokens: 3, max_hops: 1, min_hops: 0, seq_len: 20}"
    (place / "config.yaml").write_text(f"model: {{depth: 1, headcount: 2}}\ntraining: {{task_kwargs: {task}}}\n")
    told = logdepth("refute", place / "model_1.pt", "--json").json
    assert (told["task"], told["parameters"]) == ("k-hop", {"n": 18, "k": 1, "alphabet": "3"})
    assert told["refuted"] and told["model"] == "gpt2, 1 layer, 2 heads, width 12"
    assert told["counterexample"]["inputs"][0][0] == "1"  # k, which the first token says


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("own.py:model",),
            "own.py:model is a network, and does not say what it solves. Give --task and the task's parameters",
        ),
        (("own.py:deeper", *HEADS), "one-attention-layer: it has 2 attention layers"),
        (("own.py:Random", *HEADS), "gives other logits when it is asked the same again"),
        (("own.py:Remembers", *HEADS), "or keeps a state between calls"),
        (("own.py:NoNumber", *HEADS), "gives a logit that is no number"),
        (("own.py:Narrow", *HEADS), "Give a network for induction-heads with n = 33, alphabet = 3, or another size."),
        (("own.py:Words", *HEADS), "gives str for ids of shape (1, 33); logits are (batch, tokens, classes)"),
        (("own.py:Shapeless", *HEADS), "gives (3,) for ids of shape (1, 33)"),
        (("own.py:modle", *HEADS), "own.py defines no 'modle'. Did you mean 'model'?"),
        (("own.py:2", *HEADS), "own.py defines no '2'. Known: "),
        (("own.py:torch", *HEADS), "'torch' of own.py is of type module. Name a network (a torch module) or a program"),
        (
            ("mere.py", *HEADS),
            "mere.py defines no network (a torch module) and no program. Name what makes it, as in mere.py:Net",
        ),
        (("own.py:broken", *HEADS), "broken() fails: "),
        (("own.py:model", *HEADS, "--seconds", "0.000001"), "--seconds"),
        (("own.py:model", "--task", "sort"), "a network on token ids cannot be asked sort; it can be asked "),
        (("own.py:model", "--task", "induction-heads", "--n", "4"), "too small for an INDEX family of two bits"),
        (("own.py:model", "--task", "induction-heads", "--m", "4"), "has no option --m"),
        (("own.py:model", "--tsk", "sort"), "refute has no option --tsk. Did you mean '--task'?"),
        (("own.py:model", "own.py"), "refute takes one MODEL; got 'own.py:model' and 'own.py'."),
        (("own.py:model", *HEADS, "--bits", "1"), "from 2 to 32 bits; got 1. Change --bits."),
        (("own.py:model", *HEADS, "--check", "own.py"), "own.py is no counterexample: it is not JSON"),
        (("own.py:model", *HEADS, "--check", "nowhere.json"), "there is no file nowhere.json"),
        (("nowhere",), "there is no checkpoint nowhere"),
    ],
)
def test_what_cannot_be_refuted_is_refused_in_one_line(refused, words, message):
    assert message in refused("refute", *words)


def test_what_is_not_refuted_is_status_0_and_nothing_is_written(logdepth, place):
    (place / "table.py").write_text(
        "from logdepth.refuters.table_machine import TableMachine\nmachine = TableMachine(keys=4, cells=4)\n"
    )
    words = ("refute", "table.py:machine", "--task", "induction-heads", "--n", 9, "--alphabet", 6)
    outcome = logdepth(*words, "--out", "failing", "--json")
    assert (outcome.status, outcome.json["refuted"], outcome.json["file"]) == (0, False, None)
    assert outcome.json["attempts"] and not (place / "failing").exists()
    shown = logdepth(*words).stdout
    assert "not refuted" in shown and "This proves nothing beyond what was tried." in shown


PRINTS = """
import torch


class Loud(torch.nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layers = torch.nn.GRU(4, 6, batch_first=True)

    def forward(self, ids):
        print("loud")
        return self.layers(torch.nn.functional.one_hot(ids, 6)[..., :4].float())[0]
"""


def test_what_a_module_prints_is_no_part_of_the_json_and_two_files_are_two(logdepth, place):
    (place / "loud.py").write_text(PRINTS)
    asked = ("refute", "loud.py:Loud", "--task", "recall", "--pairs", 4, "--keys", 4)
    found = logdepth(*asked, "--out", "c", "--json")
    assert found.json["refuted"] and "loud" in found.stderr
    checked = logdepth(*asked, "--check", "c/counterexample.json", "--bits", 3, "--json")
    assert checked.json["holds"] and "--bits changes nothing" in checked.stderr
    refused = logdepth(*asked, "--out", "c", "--report", "c/counterexample.json")
    assert refused.status == 2 and "are the same file" in refused.stderr
