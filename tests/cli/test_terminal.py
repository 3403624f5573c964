"""What a terminal or a pipe gets: nothing that it would obey, nothing that it cannot show, and no traceback."""

import io
import json
import os
import subprocess
import sys
import unicodedata

import pytest

from logdepth.cli import main
from logdepth.cli.terminal import LIKE_ASCII, STAND_INS, escape_lines
from logdepth.numerics.letters import escape

HOSTILE = "\x1b[2J\x1b]0;title\x07", "\u202eevil", "\x9b31m", "a\u200bb", "\x08\x08", "a\ufeff"


def is_harmless(text: str) -> bool:
    """No control character but the ends of lines: here is no terminal, so rich writes none of its own."""
    return not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") and letter != "\n" for letter in text)


@pytest.mark.parametrize("name", HOSTILE)
def test_ids_of_a_graph_are_shown_escaped_and_stay_whole(logdepth, components, tmp_path, name):
    (tmp_path / "graph").write_text(f"{name.replace(' ', '')} b\nb [red]c[/]\n", encoding="utf-8")
    outcome = logdepth("run", components, tmp_path / "graph")
    if outcome.status == 0:  # a reader may also refuse such an id
        assert escape(name) in outcome.stdout
        assert "[red]c[/]" in outcome.stdout
    assert is_harmless(outcome.stdout + outcome.stderr)


def test_entities_of_gml_that_stand_for_control_characters_are_shown_escaped(logdepth, components, tmp_path):
    (tmp_path / "graph.gml").write_text('graph [ node [ id 1 label "a&#27;[31mb" ] node [ id 2 label "c&#155;d" ] ]')
    outcome = logdepth("run", components, tmp_path / "graph.gml")
    assert "31mb" in outcome.stdout
    assert is_harmless(outcome.stdout + outcome.stderr)


@pytest.mark.parametrize("name", HOSTILE)
def test_an_error_that_repeats_what_a_file_or_an_option_says_is_one_harmless_line(
    refused, hops, components, tmp_path, name
):
    (tmp_path / "input").write_text(f"a{name}", encoding="utf-8")
    (tmp_path / "graph").write_text(f"a {name} c d", encoding="utf-8")
    assert is_harmless(refused("run", hops, tmp_path / "input"))
    assert is_harmless(refused("run", components, tmp_path / "graph"))
    for words in (
        (f"x{name}",),
        ("run", f"x{name}", "y"),
        ("compile", f"x{name}"),
        ("tasks", f"x{name}"),
        ("run", hops, name),
    ):
        assert is_harmless(refused(*words))


def test_escapes_are_pythons_own_and_ordinary_letters_stay():
    assert escape("北京 ✓ é") == "北京 ✓ é"
    assert escape("👩\u200d🔬") == "👩\u200d🔬"
    for code in (*range(32), *range(127, 160), 0x200E, 0x202E, 0x2028, 0xD800, 0xE0001):
        assert escape(chr(code)).isascii()
        assert escape(f"a{chr(code)}b")[1:-1] == ascii(chr(code))[1:-1]
    assert escape_lines("a\nb\x1b") == "a\nb\\x1b"


def test_a_letter_that_an_output_cannot_encode_is_written_as_ascii():
    assert "≤ 6 ✓ ⌈log2 k⌉ 北".encode("ascii", LIKE_ASCII) == b"<= 6 v ceil(log2 k) \\u5317"
    assert all(stand_in.isascii() and not letter.isascii() for letter, stand_in in STAND_INS.items())


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "cp437"])
def test_no_encoding_of_stdout_ends_in_a_traceback(components, tmp_path, monkeypatch, encoding):
    (tmp_path / "graph").write_text("北京 上海\né ü\n", encoding="utf-8")
    commands = (
        ("run", components, tmp_path / "graph"),
        ("compile", "k-hop", "--n", "9", "--k", "2", "--samples", "5"),
        ("theorems", "k-hop"),
        ("tasks",),
        ("compile", "k-höp"),
        ("--help",),
    )
    for words in commands:
        out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True))
        assert main(list(map(str, words))) == (2 if "k-höp" in words else 0)
        assert out.errors == "strict", "the user's stream is left as it was"
        if words[0] == "run":
            assert b"\\u5317\\u4eac" in out.buffer.getvalue()


@pytest.mark.parametrize("words", [("tasks",), ("tasks", "--json"), ("--help",), ("theorems", "k-hop")])
def test_a_reader_that_leaves_ends_the_command_without_a_word(words):
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run(
        [sys.executable, "-m", "logdepth", *words], stdout=write, stderr=subprocess.PIPE, text=True
    )
    os.close(write)
    assert (process.returncode, process.stderr) == (141, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")
def test_a_full_disk_behind_stdout_is_one_line():
    with open("/dev/full", "w") as full:
        process = subprocess.run(
            [sys.executable, "-m", "logdepth", "tasks"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert process.returncode == 2
    assert process.stderr == "logdepth: input or output: No space left on device.\n"


@pytest.mark.parametrize("width", [1, 8, 20, 40])
def test_however_narrow_a_terminal_no_number_is_cut_off(logdepth, hops, tmp_path, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    told = logdepth("verify", hops, "--samples", "1").stdout
    assert "…" not in told
    (tmp_path / "text").write_text("abcabdabcabd" * 2)
    run = logdepth("run", hops, tmp_path / "text")
    lines = run.stdout.split("\n")
    assert run.status == 0
    if width >= 8:
        assert all(len(line) <= width for line in lines if set(line) <= set("abcd·"))


@pytest.mark.parametrize("settings", [{"NO_COLOR": "1", "FORCE_COLOR": ""}, {"TERM": "dumb"}])
def test_without_colour_there_is_no_escape_sequence(logdepth, monkeypatch, settings):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert "\x1b" not in logdepth("tasks").stdout


def test_errors_are_json_objects_where_json_is_asked_for(logdepth, hops, tmp_path):
    commands = (
        ("compile", "khop"),
        ("compile", "k-hop", "--nn", "3"),
        ("run", hops, tmp_path / "none"),
        ("run",),
        ("verify", tmp_path),
        ("tasks", "khop"),
        ("theorems", "khop"),
        ("export", hops, "--format", "onxx", "--out", tmp_path / "x"),
        ("mpc", "khop"),
        ("simulate", tmp_path),
        ("dataset", "khop"),
        ("train", "khop"),
        ("evaluate", tmp_path),
        ("inspect", tmp_path),
        ("evaluate", tmp_path / "none", "--study"),
        ("demo", "--nothing"),
        ("nothing",),
    )
    for words in commands:
        outcome = logdepth(*words, "--json")
        assert outcome.status == 2, words
        assert outcome.json.keys() == {"error"}
        assert outcome.stderr == f"logdepth: {outcome.json['error']}\n"


def test_an_error_of_our_own_is_a_json_object_too(logdepth, monkeypatch):
    def fail(*args):
        raise RuntimeError("no ink")

    monkeypatch.setattr("logdepth.tasks.make_task", fail)
    outcome = logdepth("compile", "k-hop", "--json")
    assert outcome.status == 70
    assert "no ink" in outcome.json["error"]
    assert "Traceback" in outcome.stderr
    assert json.loads(outcome.stdout)
