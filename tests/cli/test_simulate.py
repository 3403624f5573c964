"""`logdepth simulate`: a written model as an MPC protocol."""

import csv
from dataclasses import replace

import pytest

from logdepth.artefacts import read_model, write_model

KEYS = {
    "rounds",
    "machines",
    "memory_words",
    "max_sent_words",
    "max_received_words",
    "total_words",
    "claimed",
    "answer_correct",
    "seconds",
    "notes",
}


@pytest.mark.parametrize("memory", [None, 24, 512])
def test_it_tells_what_the_run_cost_beside_the_claim(logdepth, hops, memory):
    words = () if memory is None else ("--memory", memory)
    outcome = logdepth("simulate", hops, *words, "--json")
    told = outcome.json
    assert outcome.status == 0
    assert told.keys() == KEYS
    assert told["answer_correct"] is True
    assert told["claimed"].keys() == {"rounds", "machines", "memory_words"}
    assert all(told[name] <= most for name, most in told["claimed"].items())
    assert memory in (None, told["memory_words"])
    assert max(told["max_sent_words"], told["max_received_words"]) <= told["memory_words"] < told["total_words"]


def test_less_memory_takes_more_rounds(logdepth, hops):
    rounds = [logdepth("simulate", hops, "--memory", memory, "--json").json["rounds"] for memory in (24, 128, 4096)]
    assert rounds == sorted(set(rounds), reverse=True)


def test_people_see_a_table_of_claimed_and_measured(logdepth, hops):
    outcome = logdepth("simulate", hops, "--memory", 512)
    assert outcome.status == 0
    for text in ("rounds", "machines", "claimed", "measured", "✓", "≤ 512", "31 tokens", "equal to the exact answer"):
        assert text in outcome.stdout


def test_it_takes_the_user_s_file(logdepth, hops, components, tmp_path):
    (tmp_path / "text").write_text("abacabad")
    (tmp_path / "graph").write_text("a b\nb b\nc\n")
    assert str(tmp_path / "text") in logdepth("simulate", hops, tmp_path / "text").stdout
    assert logdepth("simulate", components, tmp_path / "graph", "--simplify", "--json").json["answer_correct"]


def test_a_random_instance_is_small_enough(logdepth, tmp_path):
    assert logdepth("compile", "broadcast", "--n", 3000, "--no-verify", "--out", tmp_path / "model").status == 0
    assert "a random instance of size 375, 376 tokens" in logdepth("simulate", tmp_path / "model").stdout


def test_the_trace_holds_every_word_that_is_sent(logdepth, hops, tmp_path):
    told = logdepth("simulate", hops, "--trace", tmp_path / "trace.csv", "--json").json
    with (tmp_path / "trace.csv").open() as stream:
        packets = [{**row, "words": int(row["words"])} for row in csv.DictReader(stream)]
    assert sum(packet["words"] for packet in packets) == told["total_words"]
    assert {int(packet["round"]) for packet in packets} == set(range(1, told["rounds"] + 1))
    assert {packet["kind"] for packet in packets} == {"query", "key and value", "sums"}
    sent = {}
    for packet in packets:
        sender = packet["round"], packet["source"]
        sent[sender] = sent.get(sender, 0) + packet["words"]
    assert max(sent.values()) == told["max_sent_words"]


def test_a_wrong_model_is_found_out(logdepth, hops, tmp_path):
    model = read_model(hops)
    nothing = {name: vector * 0 for name, vector in model.transformer.readouts.items()}
    write_model(replace(model, transformer=replace(model.transformer, readouts=nothing)), tmp_path / "wrong")
    outcome = logdepth("simulate", tmp_path / "wrong", "--json")
    assert (outcome.status, outcome.json["answer_correct"]) == (1, False)
    assert "NOT the exact answer" in logdepth("simulate", tmp_path / "wrong").stdout


def test_memory_below_the_least_is_refused_with_the_least(refused, logdepth, hops, tmp_path):
    line = refused("simulate", hops, "--memory", 5, "--trace", tmp_path / "trace.csv")
    least = int(line.split("at least ")[1].split()[0])
    assert f"at least {least} words to simulate this model; got 5. Raise --memory." in line
    assert not list(tmp_path.iterdir())
    assert str(least) in refused("simulate", hops, "--memory", least - 1, "--json")
    assert logdepth("simulate", hops, "--memory", least).status == 0


def test_more_tokens_than_one_process_simulates_are_refused(refused, logdepth, tmp_path):
    assert logdepth("compile", "broadcast", "--n", 6000, "--no-verify", "--out", tmp_path / "model").status == 0
    (tmp_path / "values").write_text("1 " * 6000)
    line = refused("simulate", tmp_path / "model", tmp_path / "values")
    assert "simulating 6,001 tokens" in line
    assert "Give an input of at most" in line


def test_input_that_cannot_be_used_is_one_line(refused, hops, tmp_path):
    assert "there is no model folder" in refused("simulate", tmp_path / "none")
    said = "k-hop is a task, and there is no model folder of this name. Write its model: logdepth compile k-hop --out."
    assert said in refused("simulate", "k-hop")
    assert "does not exist" in refused("simulate", hops, tmp_path / "none")
    assert "--memory" in refused("simulate", hops, "--memory", 0)
    assert "--memory" in refused("simulate", hops, "--memory", "lots")
    (tmp_path / "none").touch()
    assert "none" in refused("simulate", hops, "--trace", tmp_path / "none" / "trace.csv")
    page = tmp_path / "page"
    assert "are the same file" in refused("simulate", hops, "--trace", page, "--report", page)


def test_a_report_shows_the_rounds_of_the_run(logdepth, hops, tmp_path):
    page = tmp_path / "rounds.html"
    told = logdepth("simulate", hops, "--memory", 512, "--report", page, "--json").json
    html = page.read_text("utf-8")
    assert f"{told['total_words']:,}" in html and "What the layer looks at" in html


def test_a_trained_model_is_compared_with_its_forward_pass(logdepth, refused, tmp_path):
    import torch

    from logdepth.networks import Gpt2, Gpt2Shape

    network = Gpt2(Gpt2Shape(vocabulary=12, positions=20, depth=2, heads=2, width=12), torch.Generator().manual_seed(0))
    torch.save(network.state_dict(), tmp_path / "model.pt")
    (tmp_path / "config.yaml").write_text("{n_head: 2, char_tokens: 3, max_hops: 4}")
    told = logdepth("simulate", tmp_path, "--sequences", 2, "--json").json
    assert (told["depth"], told["sequences"], told["answer_correct"]) == (2, 2, True)
    assert told["rounds"] <= told["claimed"]["rounds"]
    assert "equal to the answers of the forward pass in float64" in logdepth("simulate", tmp_path).stdout
    assert "random sequences, without INPUT" in refused("simulate", tmp_path, "karate.gml")
    assert logdepth("simulate", tmp_path, "--report", tmp_path / "page.html").status == 0
    assert "Its answers are those of a forward pass" in (tmp_path / "page.html").read_text("utf-8")
    assert "shows one sequence" in refused("simulate", tmp_path, "--sequences", 2, "--report", tmp_path / "page.html")


def test_options_that_say_nothing_are_noted_and_do_no_harm(logdepth, hops, tmp_path):
    (tmp_path / "text").write_text("abab")
    for option, words in (("--seed", (tmp_path / "text", "--seed", 1)), ("--simplify", ("--simplify",))):
        outcome = logdepth("simulate", hops, *words, "--json")
        assert outcome.status == 0 and outcome.json["answer_correct"]
        assert outcome.stderr.count("\n") == 1 and f"{option} changes nothing" in outcome.stderr


def test_too_long_a_text_is_refused_with_a_remedy_for_who_has_a_model(refused, hops, tmp_path):
    (tmp_path / "text").write_text("ab" * 20)
    assert "or take a model that was compiled with --n 40." in refused("simulate", hops, tmp_path / "text")


def test_a_compiled_model_runs_on_one_input(refused, hops):
    assert "--sequences is for trained models" in refused("simulate", hops, "--sequences", 2)
