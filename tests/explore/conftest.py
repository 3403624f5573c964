"""One browser for all tests of the explorer's page, which may never complain or ask for anything."""

from collections.abc import Iterator

import pytest
from chromium import PROGRAM, Browser


@pytest.fixture(scope="session")
def one_browser() -> Iterator[Browser]:
    if PROGRAM is None:
        pytest.skip("needs Chromium, which runs the page")
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def browser(one_browser: Browser) -> Iterator[Browser]:
    one_browser.forget()
    yield one_browser
    assert one_browser.errors() == []
