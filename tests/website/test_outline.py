"""Every page is in the table of contents, once, and has a name of its own on the site."""

from pathlib import Path

from website.outline import LIST, ROOT, name_on_site, pages_of_the_site, path_of, read_outline


def test_every_page_of_docs_is_in_the_table_of_contents_once():
    listed = [page for group in read_outline() for page in group.pages]
    lines = (ROOT / LIST).read_text(encoding="utf-8").splitlines()
    assert len(listed) == sum(line.startswith("- ") for line in lines), "a line that is no link, or a page listed twice"
    written = {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} - {LIST}
    assert written - set(listed) == set(), f"a page that {LIST} does not list; give it a line there"


def test_what_the_table_of_contents_lists_is_there():
    assert [page for page in pages_of_the_site() if not (ROOT / page).is_file()] == []


def test_no_two_pages_have_one_name():
    names = [name_on_site(page) for page in pages_of_the_site()]
    assert len(set(names)) == len(names)


def test_groups_and_their_order_are_those_of_the_list(tmp_path: Path):
    (tmp_path / "docs").mkdir()
    (tmp_path / LIST).write_text("# Pages\n\n## One\n\n- [A](a.md): a.\n- [B](../B.md): b.\n\n## Two\n\n- [C](c.md)\n")
    assert [(group.title, group.pages) for group in read_outline(tmp_path)] == [
        ("One", {"docs/a.md": "A", "B.md": "B"}),
        ("Two", {"docs/c.md": "C"}),
    ]


def test_a_link_is_followed_from_the_folder_of_its_page():
    assert path_of("../README.md", "docs/tutorial.md") == "README.md"
    assert path_of("images/a.png", "docs/tutorial.md") == "docs/images/a.png"
    assert path_of("docs/mpc.md", "README.md") == "docs/mpc.md"
