"""The programs of examples/*.py run and learn."""
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(name, *arguments):
    command = [sys.executable, '-m', 'reflow', f'examples/{name}.py', '--seed', '1', *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(name='text')
def counting(tmp_path):
    """A text in which each word says the next one."""
    path = tmp_path / 'text'
    path.write_text('one two three four five six seven eight\n' * 5000, encoding='utf-8')
    return str(path)


def test_lenet_learns():
    accuracy = re.fullmatch(r'test accuracy using average model is (\S+)', run('lenet', '--steps', '40')[-1])[1]
    assert 0.7 < float(accuracy) <= 1


def test_resnet_learns():
    lines = run('resnet', '--steps', '20', '--test_images', '500')
    loss = re.fullmatch(r'After 20 training step\(s\), loss on training batch is (\S+)', lines[-2])[1]
    assert float(loss) < 2
    assert re.fullmatch(r'test accuracy is (\S+)', lines[-1])


def test_ptb_lstm_learns(text):
    lines = run('ptb_lstm', '--text', text, '--epochs', '2', '--hidden', '32', '--vocabulary', '12')
    assert lines[0].startswith('After 0 steps, perplexity is 1')
    assert float(re.fullmatch(r'Epoch: 2 Train Perplexity: (\S+)', lines[-1])[1]) < 1.5


def test_word2vec_learns(text):
    lines = run('word2vec', '--text', text, '--steps', '400', '--size', '16')
    assert float(re.fullmatch(r'Average loss at step 400: (\S+)', lines[0])[1]) < 4
    assert lines[-1].startswith('Nearest to ')
