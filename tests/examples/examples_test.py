"""Runs the programs of examples/ as built by the release preset, and looks at what they print."""
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / 'build/release/examples'
pytestmark = pytest.mark.skipif(not EXAMPLES.is_dir(), reason='build/release/examples is not built')


def run(name, *arguments):
    program = EXAMPLES / name
    if not program.is_file():
        pytest.skip(f'{program.relative_to(ROOT)} is not built')
    return subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300)


def test_linear_regression_finds_the_line():
    done = run('linear_regression')
    assert done.returncode == 0, done.stderr
    step, weight, bias = re.fullmatch(r'step +(\d+)  weight (\S+)  bias (\S+)', done.stdout.splitlines()[-1]).groups()
    assert step == '200'
    assert float(weight) == pytest.approx(0.3, abs=0.02)
    assert float(bias) == pytest.approx(0.1, abs=0.02)


def test_input_pipeline_reads_the_file_to_its_end(tmp_path):
    rows = ''.join(f'{x / 64},{2 * x / 64 - 1}\n' for x in range(64))
    (tmp_path / 'points.csv').write_text('x,y\n' + rows)
    done = run('input_pipeline', str(tmp_path / 'points.csv'))
    assert done.returncode == 0, done.stderr
    steps, weight, bias = re.fullmatch(r'after (\d+) steps: y = (\S+) x \+ (\S+)\n', done.stdout).groups()
    assert steps == '240'
    assert float(weight) == pytest.approx(2, abs=0.1)
    assert float(bias) == pytest.approx(-1, abs=0.1)


def test_moving_average_prints_the_known_numbers():
    done = run('moving_average')
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ['[0, 0]', '[5, 4.5]', '[10, 4.555]', '[10, 4.60945]']


def test_mnist_mlp_learns():
    done = run('mnist_mlp', '--steps', '300', '--seed', '1')
    assert done.returncode == 0, done.stderr
    accuracy = re.fullmatch(r'test accuracy using average model is (\S+)', done.stdout.splitlines()[-1])[1]
    assert 0.9 < float(accuracy) <= 1


def test_mnist_mlp_writes_what_tensorboard_shows(tmp_path):
    done = run('mnist_mlp', '--steps', '50', '--seed', '1', '--log_dir', str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert f'tensorboard --logdir {tmp_path}' in done.stdout
    content = next(tmp_path.iterdir()).read_bytes()
    for tag in (b'training/loss', b'training/learning_rate', b'weights/layer1', b'digits/image/0', b'validation/accuracy', b'step 0',
                b'x-input'):
        assert tag in content


def test_mnist_mlp_goes_on_from_its_last_checkpoint(tmp_path):
    arguments = ['mnist_mlp', '--steps', '50', '--model_dir', str(tmp_path / 'model')]
    first, second = run(*arguments), run(*arguments)
    assert first.returncode == 0 and second.returncode == 0, second.stderr
    assert 'Going on' not in first.stdout
    assert f'Going on from {tmp_path}/model/model.ckpt-50, after 50 steps' in second.stdout
    assert 'After 50 training step(s)' in second.stdout
    assert (tmp_path / 'model/model.ckpt-100.index').exists()


def test_mnist_mlp_without_data_fails_clearly(tmp_path):
    done = run('mnist_mlp', '--data_dir', str(tmp_path / 'missing'))
    assert done.returncode == 1
    assert done.stderr.startswith('mnist_mlp: ')
    assert str(tmp_path / 'missing') in done.stderr


def test_mnist_mlp_explains_its_options():
    done = run('mnist_mlp', '--help')
    assert done.returncode == 0
    for option in ('--steps', '--data_dir', '--model_dir', '--log_dir', '--seed'):
        assert option in done.stdout


@pytest.fixture(name='text')
def counting(tmp_path):
    """A text in which each word says the next one."""
    path = tmp_path / 'text'
    path.write_text('one two three four five six seven eight\n' * 5000, encoding='utf-8')
    return str(path)


def test_lenet_learns():
    done = run('lenet', '--steps', '40', '--seed', '1')
    assert done.returncode == 0, done.stderr
    assert 0.7 < float(re.fullmatch(r'test accuracy using average model is (\S+)', done.stdout.splitlines()[-1])[1]) <= 1


def test_ptb_lstm_learns(text):
    done = run('ptb_lstm', text, '--epochs', '2', '--hidden', '32', '--vocabulary', '12', '--seed', '1')
    assert done.returncode == 0, done.stderr
    assert float(re.fullmatch(r'Epoch: 2 Train Perplexity: (\S+)', done.stdout.splitlines()[-1])[1]) < 1.5


def test_word2vec_learns(text):
    done = run('word2vec', text, '--steps', '400', '--size', '16', '--seed', '1')
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert float(re.fullmatch(r'Average loss at step 400: (\S+)', lines[0])[1]) < 4
    assert lines[-1].startswith('Nearest to ')


@pytest.mark.parametrize('name', ['ptb_lstm', 'word2vec'])
def test_texts_that_are_not_there_fail_clearly(name, tmp_path):
    done = run(name, str(tmp_path / 'missing'))
    assert done.returncode == 1
    assert done.stderr == f"{name}: can't read {tmp_path / 'missing'}\n"
