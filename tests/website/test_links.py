"""What a page links to, it links to on the site as well; anything else is an error when the site is made."""

import pytest

from website.links import LeadsNowhere, on_site
from website.outline import ROOT, pages_of_the_site

PAGES = ["README.md", "docs/README.md", "docs/mpc.md", "CONTRIBUTING.md"]


@pytest.mark.parametrize(
    ("page", "text", "same_on_the_site"),
    [
        ("docs/a.md", "[it](mpc.md#on-ray)", "[it](mpc.md#on-ray)"),
        ("docs/a.md", "[it](../README.md)", "[it](index.md)"),
        ("README.md", "[it](docs/mpc.md)", "[it](mpc.md)"),
        ("README.md", "[all](docs/README.md)", "[all](contents.md)"),
        ("README.md", "![k](docs/images/k.png)", "![k](images/k.png)"),
        ("docs/a.md", "[file](../examples/own_text.py)", "[file](examples.md#own_textpy)"),
        ("docs/a.md", "[here](#there) [out](https://a.org/b.md)", "[here](#there) [out](https://a.org/b.md)"),
        ("docs/a.md", "`[x](../README.md)`", "`[x](../README.md)`"),
        ("docs/a.md", "```text\n[x](../README.md)\n```\n", "```text\n[x](../README.md)\n```\n"),
    ],
)
def test_a_link_leads_to_the_same_page_on_the_site(page: str, text: str, same_on_the_site: str) -> None:
    assert on_site(text, page, PAGES) == same_on_the_site


@pytest.mark.parametrize("target", ["gone.md", "../src/logdepth/numerics/version.py", "../results/README.md"])
def test_a_link_to_what_the_site_has_not_is_an_error(target: str) -> None:
    with pytest.raises(LeadsNowhere, match="links to"):
        on_site(f"[x]({target})", "docs/a.md", PAGES)


@pytest.mark.parametrize("page", pages_of_the_site())
def test_every_page_of_the_repository_can_stand_on_the_site(page: str) -> None:
    on_site((ROOT / page).read_text(encoding="utf-8"), page, pages_of_the_site())
