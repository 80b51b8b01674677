"""Programs in printed/ print what they printed with real TensorFlow 1.15.5, which is in the .txt beside each."""
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = sorted((Path(__file__).parent / 'printed').glob('*.py'))


@pytest.mark.parametrize('program', PROGRAMS, ids=lambda program: program.stem)
def test_prints_the_same(program, tmp_path):
    pytest.importorskip('reflow._core', reason='only a build has the engine')
    if 'import Image' in program.read_text():
        pytest.importorskip('PIL', reason='the program writes images with Pillow')
    done = subprocess.run([sys.executable, '-m', 'reflow', program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == program.with_suffix('.txt').read_text().splitlines()
