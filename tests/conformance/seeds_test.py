"""The programs of passing.txt, as they stand, judged by what TensorFlow 1.15.5 does. The list only grows."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SEEDS = pathlib.Path(os.environ.get('REFLOW_SEEDS', ROOT.parent / 'shared' / 'seeds'))
BUILT = ROOT / 'build/release/python'


# Some programs stop at random, and one in ten of them before it has said a word: they have five tries.
def stops_at_random():
    return {program['id'] for program in json.loads((SEEDS / 'programs.json').read_text())['programs']
            if program.get('stops', {}).get('how') == 'random'}


def run_programs(out, ids):
    command = [sys.executable, str(SEEDS / 'run.py'), '--python', sys.executable, '--arg=-m', '--arg=reflow', '--fast',
               '--jobs', str(os.cpu_count() or 1), '--out', str(out), *ids]
    environment = {**os.environ, 'PYTHONPATH': str(BUILT), 'MPLBACKEND': 'Agg'}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def passing():
    lines = (HERE / 'passing.txt').read_text().splitlines()
    return [line for line in lines if line and not line.startswith('#')]


@pytest.mark.skipif(not (SEEDS / 'run.py').exists(), reason='the seed programs are not part of the repository')
@pytest.mark.skipif(not list(BUILT.glob('reflow/_core*')), reason='needs the extension of the release build')
def test_programs_of_passing_txt(tmp_path):
    random = stops_at_random()
    done = run_programs(tmp_path / 'all', [name for name in passing() if name not in random])
    failed = [line for line in done.stdout.splitlines() if not line.startswith('pass')]
    assert done.returncode == 0, '\n'.join(failed) + done.stderr[-2000:]
    for name in random & set(passing()):
        for attempt in range(5):
            done = run_programs(tmp_path / f'{name}.{attempt}', [name])
            if done.returncode == 0:
                break
        assert done.returncode == 0, done.stdout + done.stderr[-2000:]
