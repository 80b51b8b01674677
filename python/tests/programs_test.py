"""Programs in tests/programs print what they printed with real TensorFlow 1.15.5, which is in the .txt beside each.

Numbers may differ by 1e-5 (of themselves, where they are above 1), and so may the spaces that line arrays up. A run of
`python program.py > program.txt` with TensorFlow 1.15.5 writes the text anew.
"""
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = sorted((Path(__file__).resolve().parents[2] / 'tests/programs').glob('*.py'))
NUMBER = re.compile(r'(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w])')
TOLERANCE = 1e-5


def words_and_numbers(text):
    """The text without its numbers and spaces, and the numbers."""
    return re.sub(r'\s+', '', NUMBER.sub('#', text)), [float(number) for number in NUMBER.findall(text)]


def differences(found, wanted):
    lines = []
    for a, b in zip(found.splitlines(), wanted.splitlines()):
        words, numbers = words_and_numbers(a)
        wanted_words, wanted_numbers = words_and_numbers(b)
        if words != wanted_words or len(numbers) != len(wanted_numbers) or any(
                abs(x - y) > TOLERANCE * max(1, abs(y)) for x, y in zip(numbers, wanted_numbers)):
            lines += ['TensorFlow: ' + b, 'Reflow:     ' + a]
    if len(found.splitlines()) != len(wanted.splitlines()):
        lines.append('%d lines are %d' % (len(wanted.splitlines()), len(found.splitlines())))
    return lines


@pytest.mark.parametrize('program', PROGRAMS, ids=lambda program: program.stem)
def test_prints_the_same(program, tmp_path):
    pytest.importorskip('reflow._core', reason='only a build has the engine')
    done = subprocess.run([sys.executable, '-m', 'reflow', program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    differing = differences(done.stdout, program.with_suffix('.txt').read_text())
    assert not differing, '\n'.join(differing)


def test_numbers_that_differ_are_found():
    assert differences('[1.00002 2]', '[1.0 2.]')
    assert not differences('[ 1.000009 2]', '[1.0  2.]')
    assert differences('a 1', 'b 1')
    assert differences('a\nb', 'a')
