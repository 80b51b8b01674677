"""Networks train as with real TensorFlow 1.15.5: the same seeds give the same losses, step by step."""
import gzip
import json
import pathlib

import numpy as np
import pytest

FOLDER = pathlib.Path(__file__).resolve().parents[2] / 'tests/data/curves'
LOSSES = json.loads((FOLDER / 'losses.json').read_text(encoding='utf-8'))


def _mnist(n):
    folder = FOLDER.parents[2] / 'data/mnist'
    with gzip.open(folder / 'train-images-idx3-ubyte.gz') as images, gzip.open(folder / 'train-labels-idx1-ubyte.gz') as labels:
        pixels = np.frombuffer(images.read(16 + 784 * n), np.uint8, offset=16)
        numbers = np.frombuffer(labels.read(8 + n), np.uint8, offset=8)
    return (pixels.reshape(n, 28, 28, 1) / 255).astype(np.float32), numbers.astype(np.int64)


def _losses(program):
    import reflow.tensorflow as tf
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(7)
        names = {'tf': tf, 'np': np, 'mnist': _mnist}
        exec(compile(program.read_text(encoding='utf-8'), str(program), 'exec'), names)
        with tf.Session(graph=graph) as session:
            session.run(tf.global_variables_initializer())
            return [session.run([names['loss'], names['train']], feed)[0] for feed in names['feeds']]


@pytest.mark.parametrize('name', sorted(path.stem for path in FOLDER.glob('*.py')))
def test_losses_of_the_first_steps(name):
    np.testing.assert_allclose(_losses(FOLDER / (name + '.py')), LOSSES[name], rtol=1e-3)


def test_every_program_has_losses():
    assert LOSSES.keys() == {path.stem for path in FOLDER.glob('*.py')}
