"""The C++ programs of docs/cpp_api.md are those that src/reflow/layers/cpp_api_examples_test.cc runs."""
import pathlib
import re
import textwrap

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / 'docs/cpp_api.md').read_text()
SOURCE = (ROOT / 'src/reflow/layers/cpp_api_examples_test.cc').read_text()
SHOWN = dict(re.findall(r'<!-- example (\w+) -->\n```cpp\n(.*?)```', PAGE, re.S))
RUN = {name: textwrap.dedent(code)
       for name, code in re.findall(r'^ *// \[(\w+)\n(.*?)^ *// \1\]\n', SOURCE, re.S | re.M)}


def test_the_page_shows_every_program():
    assert sorted(SHOWN) == sorted(RUN) and len(SHOWN) >= 12
    assert PAGE.count('```cpp') == len(SHOWN)


@pytest.mark.parametrize('name', sorted(SHOWN))
def test_the_program_is_the_one_that_is_run(name):
    assert SHOWN[name] == RUN[name]
