"""`logdepth refute`: the page, machines of one's own, and networks that pass messages."""

import re

import pytest

OWN = """
import torch
from torch import nn

torch.manual_seed(0)


class Gru(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(12, 6)
        self.layers = nn.GRU(6, 6, batch_first=True)
        self.head = nn.Linear(6, 12)

    def forward(self, ids):
        return self.head(self.layers(self.embedding(ids))[0])


class Machine:
    def start(self, batch):
        return torch.zeros(batch, 4)

    def step(self, state, tokens):
        return (0.9 * state + tokens[:, None] * torch.tensor([0.1, 0.2, 0.01, 0.4])) % 1

    def logits(self, state):
        return torch.cat([state, state.flip(1), state], dim=1)


class Gnn(nn.Module):
    message_layers = 2

    def __init__(self):
        super().__init__()
        self.ids = nn.Embedding(100, 8)
        self.one, self.two = nn.Linear(8, 8), nn.Linear(8, 2)

    def forward(self, adjacency, labels):
        x = self.ids(torch.arange(adjacency.shape[-1])).expand(*labels.shape, 8)
        return adjacency @ self.two(torch.relu(adjacency @ self.one(x)))


class Global(Gnn):
    def forward(self, adjacency, labels):
        x = super().forward(adjacency, labels)
        return x.mean(1, keepdim=True).expand_as(x)
"""
RECALL = ("--task", "induction-heads", "--n", "17", "--alphabet", "10")


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(OWN)
    return tmp_path


@pytest.mark.parametrize("name", ["Gru", "Machine"])
def test_a_machine_of_ones_own_is_refuted_with_a_page_and_the_certificate_holds(logdepth, place, name):
    outcome = logdepth("refute", f"own.py:{name}", *RECALL, "--out", "failing", "--report", "page.html", "--json")
    assert outcome.status == 1 and outcome.json["report"] == "page.html"
    page = (place / "page.html").read_text()
    assert "Refuted" in page and "--check failing/counterexample.json" in page
    again = logdepth(
        "refute", f"own.py:{name}", *RECALL, "--check", "failing/counterexample.json", "--report", "p.html"
    )
    assert again.status == 0 and (place / "p.html").read_text() == page
    other = "Machine" if name == "Gru" else "Gru"
    wrong = logdepth(
        "refute", f"own.py:{other}", *RECALL, "--check", "failing/counterexample.json", "--report", "q.html"
    )
    assert wrong.status == 1 and not (place / "q.html").exists()


def test_a_graph_network_of_ones_own_is_refuted_with_two_drawn_graphs(logdepth, place):
    outcome = logdepth("refute", "own.py:Gnn", "--task", "connectivity", "--n", "12", "--report", "page.html", "--json")
    assert outcome.status == 1
    drawn = re.findall(r'"graph": ?\{"labels": ?\["', (place / "page.html").read_text())
    assert len(drawn) == 2


def test_a_graph_network_that_is_too_deep_has_a_page_too(logdepth, place):
    outcome = logdepth("refute", "own.py:Gnn", "--task", "connectivity", "--n", "11", "--report", "page.html")
    assert outcome.status == 0 and "Not refuted." in (place / "page.html").read_text()


def test_what_cannot_be_used_is_one_line(logdepth, place):
    outcome = logdepth("refute", "own.py:Global", "--task", "connectivity", "--n", "12", "--report", "page.html")
    assert outcome.status == 2 and "as by a readout of the whole graph" in outcome.stderr
    assert not (place / "page.html").exists()
    (place / "silent.py").write_text(OWN.replace("message_layers", "depth"))
    outcome = logdepth("refute", "silent.py:Gnn", "--task", "connectivity", "--n", "12")
    assert outcome.status == 2 and "Set its attribute message_layers." in outcome.stderr
    outcome = logdepth("refute", "own.py:Gru", *RECALL, "--report", "own.py/page.html")
    assert outcome.status == 2 and outcome.stderr.count("\n") == 1


def test_reasons_are_of_the_refuters_that_come_into_question(logdepth, place):
    (place / "time_first.py").write_text(OWN.replace(", batch_first=True", ""))
    said = logdepth("refute", "time_first.py:Gru", *RECALL).stderr
    assert "one-pass: Gru fails on 9 ids" in said and "Are its layers batch_first=True?" in said
    assert "message-passing" not in said and "one-averaging-head" not in said
