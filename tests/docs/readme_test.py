"""The program that README.md shows has to compile."""
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.mark.skipif(shutil.which('g++') is None, reason='g++ is not installed')
def test_the_program_compiles(tmp_path):
    program = re.search(r'```cpp\n(.*?)```', (ROOT / 'README.md').read_text(), re.S)[1]
    assert 'int main()' in program
    (tmp_path / 'readme.cc').write_text(program)
    done = subprocess.run(['g++', '-std=c++20', '-fsyntax-only', f'-I{ROOT / "src"}', tmp_path / 'readme.cc'],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
