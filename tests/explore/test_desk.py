"""The explorer's page under a reader's hands, in a real browser: typing, drawing, keys alone, heads off, links."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest

from logdepth import Table, compile_program, compile_task, make_task
from logdepth.artefacts import Model
from logdepth.explore import make_explorer
from logdepth.pages import make_page

VERDICT = ".verdict-line"


@cache
def model_of(name: str) -> Model:
    if name == "own":
        table = Table("own", rows=12)
        price, kind = table.input("price", high=9), table.input("kind", letters="ab")
        table.output("count", table.count(query=price, key=price, matching="<"))
        table.output("same", table.count(query=kind, key=kind))
        return compile_program(table.program())
    parameters = {
        "k-hop": {"n": 16, "k": 3, "alphabet": "abc<"},
        "components": {"n": 8},
        "prefix-sum": {"n": 9, "high": 9},
        "connected-nodes": {"n": 5},
        "kin": {"n": 5, "relations": 3, "k": 2},
    }
    return compile_task(make_task(name, parameters[name]))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("pages")

    @cache
    def written(name: str, report: bool = False) -> Path:
        path = folder / f"{name}-{report}.html"
        path.write_text(make_page(model_of(name)) if report else make_explorer(model_of(name)).html, encoding="utf-8")
        return path

    return written


def open_page(browser, path: Path, address: str = "", **how) -> None:
    browser.open(path, address, **how)
    browser.wait("Boolean(document.querySelector('.answered td'))")


def says(browser, verdict: str) -> None:
    browser.wait(f"document.querySelector('{VERDICT}').innerText.startsWith({verdict!r})")


def settled(browser) -> None:
    """The figures are drawn after the answer."""
    browser.ask("new Promise(done => requestAnimationFrame(() => setTimeout(() => setTimeout(done))))")


def address(browser) -> str:
    """All that was chosen. The page writes it there three times a second, and when its reader leaves."""
    settled(browser)
    return browser.ask("dispatchEvent(new Event('pagehide')), location.hash")


# --- typing ---


def hops(text: str, k: int) -> list[str]:
    """From every letter, k times to the letter after the latest earlier one that is equal."""

    def find(i: int) -> int:
        return max((j for j in range(1, i + 1) if j and text[j - 1] == text[i]), default=-1)

    def hop(i: int) -> int:
        for _ in range(k):
            i = find(i) if i >= 0 else -1
        return i

    return [text[hop(i)] if hop(i) >= 0 else "∅" for i in range(len(text))]


def test_the_answer_follows_what_is_typed_and_is_the_library_s(browser, page):
    open_page(browser, page("k-hop"))
    for text in ("abcabcabca", "aaaa", "ab<c<bacab<cabca"):
        browser.write_over("textarea", text)
        says(browser, f"✓ Right: {len(text)} of {len(text)}")
        settled(browser)
        model = browser.ask(
            "[...document.querySelectorAll('.answered tbody tr:first-child td')].map(td => td.textContent)"
        )
        assert model == hops(text, 3)
        labels = browser.ask("[...document.querySelectorAll('.answered thead th span')].map(th => th.textContent)")
        assert "".join(labels) == text


def test_a_refused_input_has_one_line_beside_it_and_the_last_run_stays(browser, page):
    open_page(browser, page("k-hop"))
    browser.write_over("textarea", "abcabc")
    says(browser, "✓ Right: 6 of 6")
    settled(browser)
    answered = "document.querySelector('.answered').textContent"
    before = browser.text(VERDICT), browser.ask(answered)
    browser.write_over("textarea", "abczab!")
    browser.wait("Boolean(document.querySelector('.wrong').innerText)")
    assert "‘z’" in browser.text(".wrong") and "\n" not in browser.text(".wrong")
    assert browser.ask("[...document.querySelectorAll('.marked mark')].map(mark => mark.textContent)") == ["z", "!"]
    assert browser.ask("document.querySelector('textarea').getAttribute('aria-invalid')") == "true"
    assert (browser.text(VERDICT), browser.ask(answered)) == before
    browser.write_over("textarea", "a" * 17)
    browser.wait("document.querySelector('.wrong').innerText.includes('at most 16')")
    browser.write_over("textarea", "")
    browser.wait("document.querySelector('.wrong').innerText.includes('At least one')")
    browser.write_over("textarea", "abc")
    says(browser, "✓ Right: 3 of 3")
    assert browser.text(".wrong") == ""


def test_numbers_are_pasted_and_words_among_them_marked(browser, page):
    open_page(browser, page("prefix-sum"))
    browser.write_over("textarea", "9,1;\n 4\t4")
    says(browser, "✓ Right: 4 of 4. 9 10 14 18")
    browser.write_over("textarea", "9 12 x 4")
    browser.wait("Boolean(document.querySelector('.wrong').innerText)")
    assert browser.ask("[...document.querySelectorAll('.marked mark')].map(mark => mark.textContent)") == ["12", "x"]
    says(browser, "✓ Right: 4 of 4. 9 10 14 18")


def test_a_table_takes_a_part_of_a_spreadsheet(browser, page):
    open_page(browser, page("own"))

    def paste(text):
        browser.ask(
            f"(() => {{ const data = new DataTransfer(); data.setData('text', {json.dumps(text)});"
            " const about = { clipboardData: data, bubbles: true, cancelable: true };"
            " document.querySelector('.cells input').dispatchEvent(new ClipboardEvent('paste', about)); })()"
        )

    for _ in range(11):
        browser.click(*browser.middle(".input-tools button", 1))
    for larger in ("1\ta\n" * 100, "1\ta\t2\n1\ta\t2"):
        paste(larger)
        assert "From here on there is room for" in browser.text(".wrong")
        assert browser.ask("document.querySelectorAll('.cells tbody tr:first-child input').length") == 1
    paste("7\ta\n3\tb\n5\ta")
    browser.wait("document.querySelectorAll('.cells tbody tr:first-child input').length === 3")
    given = {"price": [7, 3, 5], "kind": [1, 2, 1]}
    expected = model_of("own").run(given)
    for name, values in expected.items():
        says_row = " ".join(map(str, np.asarray(values).tolist()))
        browser.wait(f"document.querySelector('{VERDICT}').innerText.includes('{name} = {says_row}')")
    browser.write_over(".cells tbody tr:nth-child(2) input", "z")
    browser.wait("Boolean(document.querySelector('.wrong').innerText)")
    assert browser.ask("document.querySelectorAll('.cells input[aria-invalid=true]').length") == 1


# --- drawing ---


def corners(browser) -> list[tuple[float, float]]:
    x, y = browser.middle(".graph-canvas")
    width, height = browser.ask(
        "(({ width, height }) => [width, height])(document.querySelector('.graph-canvas').getBoundingClientRect())"
    )
    return [(x + dx * width, y + dy * height) for dx, dy in ((-0.3, -0.2), (0, -0.2), (0.3, 0.1), (-0.2, 0.3))]


def edges(browser) -> list[str]:
    return browser.ask("document.querySelector('.edge-list').value").split("\n")


def clear(browser) -> None:
    browser.click(*browser.middle(".input-tools button", 2))
    browser.wait("document.querySelectorAll('[data-vertex]').length === 0")


def test_a_graph_is_drawn_by_clicks_and_drags(browser, page):
    open_page(browser, page("components"))
    clear(browser)
    assert "at least one vertex" in browser.text(".wrong")
    places = corners(browser)
    for place in places:
        browser.click(*place)
    says(browser, "✓ Right: 4 of 4. 4 components")
    browser.drag(places[0], places[1])
    browser.drag(places[1], ((places[1][0] + places[2][0]) / 2, places[1][1]), places[2])
    says(browser, "✓ Right: 4 of 4. 2 components")
    assert edges(browser) == ["4", "1 2", "2 3"]
    browser.click((places[0][0] + places[1][0]) / 2, (places[0][1] + places[1][1]) / 2)
    says(browser, "✓ Right: 4 of 4. 3 components")
    x, y = places[3]
    browser.drag((x, y), (x + 60, y - 30), (x + 140, y - 20))
    settled(browser)
    assert edges(browser) == ["1", "4", "2 3"]
    browser.click(*browser.middle(".input-tools button", 1))  # delete by clicks
    browser.click(*corners(browser)[2])
    says(browser, "✓ Right: 3 of 3. 3 components")
    for _ in range(3):
        browser.click(*browser.middle(".input-tools button", 0))  # undo
    says(browser, "✓ Right: 4 of 4. 2 components")


def test_a_question_about_one_vertex_has_one_choice(browser, page):
    open_page(browser, page("connected-nodes"))
    clear(browser)
    places = corners(browser)
    for place in places[:3]:
        browser.click(*place)
    browser.drag(places[1], places[2])
    says(browser, "✓ Right: 3 of 3. 000")
    choose = "(() => { const list = document.querySelectorAll('.question select'); list[0].value = '3';"
    browser.ask(f"{choose} list[0].dispatchEvent(new Event('change')); return list.length; }})()")
    says(browser, "✓ Right: 3 of 3. 010")
    assert edges(browser) == ["1", "2 3", "from 3 to 3"] and not browser.text(".wrong")
    said = (
        "G describes a graph among nodes 0, 1, and 2.\nThe edges in G are: (0, 1) (1, 2).\n"
        "Q: List all the nodes connected to 0 in alphabetical order.\nA: "
    )
    browser.paste_over(".edge-list", said)
    says(browser, "✓ Right: 3 of 3. 010")
    assert browser.ask("document.querySelector('.edge-list').value") == said


def test_a_graph_is_drawn_by_keys_alone(browser, page):
    open_page(browser, page("components"))
    clear(browser)
    browser.ask("document.querySelector('.input-tools button').focus()")
    browser.ask("document.querySelector('.edge-list').focus()")
    browser.call("Input.insertText", text="ann bob\ncat")
    says(browser, "✓ Right: 3 of 3. 2 components")
    browser.ask("document.querySelector('.input-tools button').focus()")
    browser.press("Tab", shift=True)  # back into the graph
    assert browser.ask("document.activeElement.getAttribute('aria-label')").startswith("vertex ann")
    browser.press("Enter", "ArrowRight", "ArrowRight", "Enter")
    says(browser, "✓ Right: 3 of 3. 1 component")
    browser.press("n")
    says(browser, "✓ Right: 4 of 4. 2 components")
    browser.press("ArrowLeft", "Delete")
    says(browser, "✓ Right: 3 of 3")
    assert browser.ask(
        "[...document.querySelectorAll('[role=status]')].some(node => node.innerText.includes('removed'))"
    )


HOSTILE = ["<script>alert(1)</script>", "<img/src=x/onerror=alert(2)>", "&amp;'`#; x"]


def test_hostile_names_and_letters_stay_text(browser, page):
    open_page(browser, page("components"))
    browser.write_over(".edge-list", f'{HOSTILE[0]} {HOSTILE[1]}\n"{HOSTILE[2]}"')
    says(browser, "✓ Right: 3 of 3. 2 components")
    settled(browser)
    assert browser.ask("document.querySelectorAll('main script, main img, main iframe').length") == 0
    assert browser.ask("[...document.querySelectorAll('.groups bdi')].map(node => node.textContent)") == [
        *sorted(HOSTILE[:2], key=HOSTILE.index),
        HOSTILE[2],
    ]
    open_page(browser, page("components"), address(browser))
    says(browser, "✓ Right: 3 of 3. 2 components")


# --- heads, cursor, links ---


def test_a_head_is_switched_off_by_a_click_and_the_answer_changes(browser, page):
    open_page(browser, page("k-hop"), "#input=abcabcabcabc&block=2")
    browser.click(*browser.middle(".switch"))
    browser.wait(f"document.querySelector('{VERDICT}').innerText.startsWith('✗ Wrong')")
    assert "with one head switched off; with all heads 12" in browser.text(VERDICT)
    link = address(browser)
    assert "off=2.0" in link
    open_page(browser, page("k-hop"), link)
    assert browser.text(VERDICT).startswith("✗ Wrong")
    browser.click(*browser.middle(".switched button", 1))
    says(browser, "✓ Right: 12 of 12")


JOINED = '{"vertices":["a","b"],"edges":[[1,2]],"weights":null,"question":null}'


@pytest.mark.parametrize(
    ("name", "chosen"),
    [
        ("k-hop", "#block=2&token=5&head=0&input=abcabcab&theme=dark"),
        ("prefix-sum", f"#block=1&token=2&head=0&machines=3&input={quote('[4,5,6]')}"),
        ("components", f"#block=3&token=2&head=1&input={quote(JOINED)}"),
    ],
)
def test_a_link_brings_back_what_was_seen(browser, page, name, chosen):
    def seen() -> list[str]:
        settled(browser)
        return browser.ask(
            "[document.querySelector('main').textContent.replace(/[0-9.]+ m?s/g, ''),"
            " document.documentElement.className,"
            " ...[...document.querySelectorAll('textarea, input')].map(node => node.value)]"
        )

    open_page(browser, page(name), chosen)
    browser.wait("!document.querySelector('.checked').innerText.includes('…')")
    before, link = seen(), address(browser)
    for part in chosen[1:].split("&")[:2]:
        assert part in link
    open_page(browser, page(name), link)
    browser.wait("!document.querySelector('.checked').innerText.includes('…')")
    assert seen() == before and address(browser) == link


@pytest.mark.parametrize("text", ["%00", "abcxyz", "{", "", "a" * 4000])
def test_an_address_that_no_model_takes_is_refused_in_one_line(browser, page, text):
    open_page(browser, page("k-hop"), f"#input={text}&off=99.9,x&block=999999&token=-1&head=77")
    assert "does not take" in browser.text(".wrong") and "\n" not in browser.text(".wrong")
    assert "of 16" in browser.text(VERDICT)


def test_heads_of_a_changed_address_are_switched_off_though_its_input_is_refused(browser, page):
    open_page(browser, page("k-hop"), "#input=abcabcab")
    browser.ask("void (location.hash = '#input=xyz&off=1.0')")
    browser.wait(f"document.querySelector('{VERDICT}').innerText.includes('one head switched off')")
    assert "does not take" in browser.text(".wrong") and "of 8" in browser.text(VERDICT)


def test_the_pointer_shows_and_a_click_pins(browser, page):
    open_page(browser, page("k-hop"), "#input=abcabcabcabc&block=2&token=12")
    name = "document.querySelector('.of-token output').innerText"
    browser.point(*browser.middle(".follow .token-box", 5))
    browser.wait(f"{name}.startsWith('token 5')")
    assert "token=12" in address(browser)
    browser.point(3, 3)
    browser.wait(f"{name}.startsWith('token 12')")
    browser.click(*browser.middle(".attention .hit", 7))
    browser.wait(f"{name}.startsWith('token 7')")
    assert "token=7" in address(browser)
    browser.click(*browser.middle(".machines .hit", 0))
    browser.wait("document.querySelector('.controls output').innerText.includes('attention layer 1')")
    assert browser.ask("document.querySelectorAll('.program tr.strong').length") == 1
    browser.ask("document.activeElement.blur()")
    browser.press("ArrowRight", ".")
    assert "block=2&token=8" in address(browser)
    told = browser.text(".figures > .quiet-status")
    assert told.startswith("after block 2") and "token 8" in told and "reads" in told


def test_who_sends_to_whom_is_counted_from_the_attention(browser, page):
    text = "abcabcab<abc"
    open_page(browser, page("k-hop"), f"#input={text}&machines=4")
    model = model_of("k-hop")
    _, cache_of = model.run_with_cache(text=None, columns=model.task.encode(model.task.instance_of(text)))
    machine = [0, *(1 + np.arange(12) * 4 // 12)]
    moved = []
    for pattern in cache_of.patterns:
        keys = pattern[0].argmax(-1).tolist()
        moved.append(
            len(
                {
                    (machine[query], key)
                    for query, key in enumerate(keys)
                    if query and key and machine[query] != machine[key]
                }
            )
        )
    titles = browser.ask("[...document.querySelectorAll('.machines .hit title')].map(node => node.textContent)")
    assert [int(title.split(": ")[1].split()[0]) for title in titles] == moved and sum(moved)


def test_a_line_that_is_no_edge_is_called_by_its_number_in_the_field(browser, page):
    open_page(browser, page("components"))
    browser.paste_over(".edge-list", "# a comment\n\n1 2\n1 2 3")
    assert browser.text(".wrong").startswith("Line 4 has 3 words")


def test_a_cell_says_its_weight(browser, page):
    open_page(browser, page("prefix-sum"), f"#input={quote('[4,5,6]')}&block=1&token=3")
    browser.point(*browser.middle(".attention .hit", 3))
    browser.wait("document.querySelector('.under-pointer').innerText.includes('reads')")
    weights = model_of("prefix-sum").run_with_cache({"value": [4, 5, 6]})[1].patterns[0][0, 3]
    said = browser.text(".under-pointer")
    assert "3" in said.split(" reads ")[0] and float(said.split("weight ")[1]) == pytest.approx(
        float(weights[1]), rel=1e-3
    )


def test_a_pasted_file_of_any_size_is_refused_and_the_page_stays_alive(browser, page):
    open_page(browser, page("components"))
    browser.paste_over(".edge-list", "\n".join(f"{i} {i + 1}" for i in range(20_000)))
    browser.wait("document.querySelector('.wrong').innerText.includes('at most 8 vertices')")
    assert browser.ask("document.querySelectorAll('[data-vertex]').length") == 8
    open_page(browser, page("k-hop"))
    browser.paste_over("textarea", "abc" * 20_000)
    browser.wait("document.querySelector('.wrong').innerText.includes('at most 16')")
    assert browser.ask("document.querySelectorAll('.behind mark').length") == 1


# --- figures as files, and pages at every width ---


def test_a_figure_is_saved_as_a_drawing_that_stands_by_itself(browser, page):
    open_page(browser, page("components"))
    for selector in (".graph svg", ".attention svg", ".machines .canvas svg"):
        drawn = ET.fromstring(browser.ask(f"$export.asText($export.standalone(document.querySelector('{selector}')))"))
        nodes = list(drawn.iter())
        assert drawn.tag.endswith("svg") and len(nodes) > 20 and float(drawn.get("width")) > 100
        assert not [node for node in nodes if "class" in node.attrib and node is not drawn]
        assert all(node.get("fill") for node in nodes if node.tag.endswith("text"))
    browser.ask(  # the file is looked at, and not downloaded
        "void (HTMLAnchorElement.prototype.click = () => {},"
        " URL.createObjectURL = blob => { window.saved = [blob.type, blob.size]; return 'data:,'; })"
    )
    for button, kind, least in ((0, "image/svg+xml", 2000), (1, "image/png", 10_000)):
        browser.ask(f"void (window.saved = null, document.querySelectorAll('.graph .tools button')[{button}].click())")
        browser.wait("Boolean(window.saved)")
        found = browser.ask("window.saved")
        assert found[0] == kind and found[1] > least


def test_a_table_is_saved_as_a_drawing_and_as_numbers(browser, page):
    open_page(browser, page("k-hop"), "#input=" + "abc" * 4)
    browser.wait("Boolean(document.querySelector('.why table'))")
    for figure in ("residual", "answered", "why", "sum", "walk"):
        frame = f"document.querySelector('.{figure} .canvas, .{figure} .scroll')"
        shown, drawing = browser.wait(  # what is out of sight has no text, and others that come into view move it
            f"({frame}.scrollIntoView({{ block: 'center' }}), {frame}.innerText.length > 9"
            f" && [{frame}.innerText, $export.asText($snapshot.snapshot({frame}))])"
        )
        drawn = ET.fromstring(drawing)
        texts = [node for node in drawn.iter() if node.tag.endswith("}text")]
        words = "".join("".join(node.itertext()) for node in texts)
        assert len(texts) > 8 and sorted("".join(words.split())) == sorted("".join(shown.split()))
        assert all(0 <= float(node.get("x", 0)) <= float(drawn.get("width")) for node in texts)
        assert not [node for node in drawn.iter() if "class" in node.attrib]
    rows = csv.reader(browser.ask("$export.asCsv(document.querySelector('.stream'))").splitlines())
    names, *columns = zip(*rows, strict=True)
    stream = model_of("k-hop").transformer.run_with_cache({"token": np.array([1, 2, 3] * 4)})[1].residuals[-1]
    assert names[1].endswith(" 0") and [name for name, *_ in columns] == ["⊢", *"abc" * 4]
    assert np.array_equal(np.array([values for _, *values in columns], dtype=float), np.rint(stream.numpy()))


NAMES_OF_MATRIX = """(() => {
  const svg = document.querySelector(".attention svg:not(.thumb)"), { width } = svg.getBoundingClientRect();
  const seen = [...svg.querySelectorAll("text")].filter(one => getComputedStyle(one).display !== "none");
  return seen.map(one => one.getAttribute("font-size") * width / svg.viewBox.baseVal.width);
})()"""


@pytest.mark.parametrize(("name", "report"), [("k-hop", False), ("components", False), ("own", False), ("own", True)])
def test_no_page_is_wider_than_its_screen(browser, page, name, report):
    for width in (400, 900, 1600):
        open_page(browser, page(name, report), width=width, dark=width == 900)
        assert browser.ask("document.documentElement.scrollWidth") <= width
        names = browser.ask(NAMES_OF_MATRIX)
        assert len(names) > 6 and min(names) > (10 if width == 400 else 6)


def test_controls_have_names(browser, page):
    open_page(browser, page("components"))
    unnamed = browser.ask(
        "[...document.querySelectorAll('button, input, textarea, select')].filter(node =>"
        " !((node.textContent || '').trim() || node.getAttribute('aria-label') || (node.labels && node.labels.length)))"
        ".map(node => node.outerHTML)"
    )
    assert unnamed == []


def test_files_of_the_page_are_short():
    folder = Path(__file__).parents[2] / "src" / "logdepth"
    files = [path for kind in ("*.js", "*.css") for path in folder.rglob(kind)]
    assert len(files) > 30
    assert {path.name: count for path in files if (count := len(path.read_text("utf-8").splitlines())) > 400} == {}


# --- names ---


def test_a_name_with_a_double_quote_is_shown_as_it_is_and_read_back(browser, page):
    open_page(browser, page("components"))
    browser.write_over("textarea", '"a ""b""" c\n"a ""b""" d')
    says(browser, "✓ Right: 3 of 3")
    settled(browser)
    names = "[...document.querySelectorAll('.graph-canvas [data-vertex]')].map(one => one.textContent)"
    assert browser.ask(names)[0].startswith('a "b"')
    browser.ask("document.querySelectorAll('.input-tools button')[0].click()")  # undo, and so written by the page
    browser.paste_over("textarea", '"x""y" z')
    says(browser, "✓ Right: 2 of 2")
    shared = address(browser)
    open_page(browser, page("components"), shared)
    assert browser.ask("document.querySelector('textarea').value") == '"x""y" z'


def test_facts_are_typed_in_names(browser, page):
    open_page(browser, page("kin"))
    facts = "John mother Helen\nHelen doctor Mary\nMary mother John"
    browser.write_over("textarea", f"{facts}\n? John mother doctor")
    says(browser, "✓ Right: 1 of 1")
    settled(browser)
    assert browser.ask("document.querySelector('.answered td').textContent") == "Mary"
    browser.write_over("textarea", f"{facts}\n? John doctor mother")
    browser.wait("document.querySelector('.answered td').textContent === '∅'")
    for wrong, why in (("? Jon mother doctor", "‘Jon’"), ("John mother", "Line 4"), ("", "question is missing")):
        browser.write_over("textarea", f"{facts}\n{wrong}")
        browser.wait(f"document.querySelector('.wrong').innerText.includes({why!r})")
    said = "The mother of John is Mary. Mary's doctor is Ann. Q: Who is the doctor of John's mother?\nA: "
    browser.paste_over("textarea", said)
    browser.wait("document.querySelector('.answered td').textContent === 'Ann'")
    browser.write_over("textarea", "Ann Lee, mother, Bo, Jr\n? Ann Lee, mother, mother")
    browser.wait("document.querySelector('.wrong').innerText.includes('Line 1')")
    browser.write_over("textarea", "Ann Lee, mother, Bo\n? Ann Lee, mother, mother")
    browser.wait("document.querySelector('.verdict-line').innerText.startsWith('✓ Right: 1 of 1')")
    labels = "[...document.querySelectorAll('.answered th')].map(one => one.textContent).includes('? mother')"
    browser.wait(labels)
