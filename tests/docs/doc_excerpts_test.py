"""Code that a page of docs/ shows as an excerpt has to stand in the file that it names, line by line."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXCERPT = re.compile(r"<!-- from (\S+) -->\n```\w*\n(.*?)```", re.S)
EXCERPTS = [(page.name, source, code)
            for page in sorted((ROOT / "docs").glob("*.md"))
            for source, code in EXCERPT.findall(page.read_text())]


@pytest.mark.parametrize("page,source,code", EXCERPTS)
def test_excerpt_stands_in_its_source(page, source, code):
    assert code in (ROOT / source).read_text(), f"{page}: {source} reads otherwise now"


def test_there_are_excerpts():
    assert any(page == "add_an_op.md" for page, _, _ in EXCERPTS)
