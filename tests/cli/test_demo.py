"""The demo: the main job on real input."""

import pytest

from logdepth import verification
from logdepth.artefacts import read_model
from logdepth.cli.checking import Extent
from logdepth.cli.verbs import demo


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    """Verified on few random inputs, bits counted on two: both have tests of their own."""
    told = verification.telling_instances
    monkeypatch.setattr(demo, "Extent", lambda: Extent(samples=10))
    monkeypatch.setattr(verification, "telling_instances", lambda model, seed: told(model, seed)[:2])


def test_the_demo_is_exact_on_real_input_and_leaves_models_with_pages(logdepth, tmp_path):
    outcome = logdepth("demo", "--out", tmp_path / "demo")
    assert outcome.status == 0
    assert "34 → 2 → 1" in outcome.stdout
    for show in demo.SHOWS:
        assert read_model(tmp_path / "demo" / show.folder).verified["wrong"] == 0
        assert str(tmp_path / "demo" / show.folder / "report.html") in outcome.stdout
        assert (tmp_path / "demo" / show.folder / "report.html").stat().st_size > 0


def test_the_demo_as_json(logdepth, tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "SHOWS", demo.SHOWS[1:2])
    told = logdepth("demo", "--out", tmp_path, "--json").json
    (karate,) = told["models"]
    assert karate["input"] == "karate.gml"
    assert karate["correct"] is True
    assert karate["verified"]["wrong"] == 0
    assert karate["measured"]["layers"] <= karate["claimed"]["layers"]


def test_the_hops_that_the_attention_makes_are_those_of_the_definition(capsys):
    from logdepth.artefacts import compile_task
    from logdepth.tasks import make_task, shipped_file
    from logdepth.tasks.sequences.k_hop import find

    show = demo.SHOWS[0]
    task = make_task(show.task, show.parameters)
    sonnet = task.read(shipped_file(show.file))
    letters = task.present(sonnet, sonnet)
    demo.print_hops(compile_task(task), sonnet)
    shown = capsys.readouterr().out
    to = [0, *find(sonnet).tolist()]
    for word in demo.WORDS:
        row = "".join(letters).rindex(word) + 1
        for _ in range(demo.HOPS):
            row = to[row]
            assert row
            assert str(demo.in_context(letters, row)) in shown


def test_the_demo_does_not_replace_what_is_not_its_own(refused, tmp_path):
    (tmp_path / "karate").mkdir()
    (tmp_path / "karate" / "belts").write_text("black")
    refused("demo", "--out", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["karate"]
