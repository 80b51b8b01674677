"""The examples of docs/python.md run, and print what the page says."""
import pathlib
import re
import subprocess
import sys

import pytest

from reflow.launcher import legacy

PAGE = (pathlib.Path(__file__).resolve().parents[2] / 'docs/python.md').read_text()
EXAMPLES = re.findall(r'```python\n(.*?)```\n```output\n(.*?)```', PAGE, re.S)


def test_each_example_says_what_it_prints():
    assert len(EXAMPLES) == PAGE.count('```python') > 0


@pytest.mark.parametrize('code, output', EXAMPLES)
def test_example(code, output, tmp_path):
    program = tmp_path / 'example.py'
    program.write_text(code)
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == (output, 0), done.stderr


def test_the_page_lists_the_names_that_come_back():
    table = PAGE.partition('## Names that are gone')[2].partition('## ')[0]
    for module, names in legacy._NAMES.items():
        assert f'`{module}`' in table
        if module != 'collections':
            assert all(f'`{name}`' in table for name in names), module
