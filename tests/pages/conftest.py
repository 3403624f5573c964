"""Reading a page as a browser would: its tags, its data, and whether it loads anything."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text of every script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script" and self.scripts and self.get_starttag_text().startswith("<script"):
            self.scripts[-1] += data


def read_data(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    assert found
    return json.loads(found[1])


def check_self_contained(html: str) -> None:
    elements = Elements(html)
    for tag, attributes in elements.tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "audio", "video", "source", "form"), tag
        assert "src" not in attributes
        assert not [key for key in attributes if key.startswith("on")]
        for key in ("href", "xlink:href"):
            assert (attributes.get(key) or "#").startswith("#")
    assert [tag for tag, _ in elements.tags].count("script") == 2
    outside_data = html.replace(json.dumps(read_data(html)), "")
    assert not re.search(r"url\((?!#)|@import|fetch\(|XMLHttpRequest|importScripts|import\(", outside_data)
    assert set(re.findall(r"https?://[^\s\"'<>)]*", outside_data)) <= {
        "http://www.w3.org/2000/svg"
    }  # a name, never loaded
    assert "default-src 'none'" in html
    assert "{{" not in html


@pytest.fixture
def elements_of():
    return Elements


@pytest.fixture
def data_of():
    return read_data


@pytest.fixture
def self_contained():
    """Fails for a page that loads anything, or has another script than its own two."""
    return check_self_contained
