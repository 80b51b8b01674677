"""read_data_sets against what TensorFlow 1.15.5 reads and how it shuffles; MD5 sums of the arrays' bytes."""
import hashlib
import pathlib

import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.tensorflow.examples.tutorials.mnist import input_data

FOLDER = str(pathlib.Path(__file__).resolve().parents[2] / 'data/mnist')


def sums(*arrays):
    return [hashlib.md5(np.ascontiguousarray(array).tobytes()).hexdigest()[:8] for array in arrays]


@pytest.fixture(autouse=True)
def fresh_graph():
    tf.reset_default_graph()


def test_prints_what_it_reads(capsys):
    input_data.read_data_sets(FOLDER)
    files = ('train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte')
    assert capsys.readouterr().out == ''.join(f'Extracting {FOLDER}/{file}.gz\n' for file in files)


def test_batches_with_a_seed():
    mnist = input_data.read_data_sets(FOLDER, one_hot=True, seed=3)
    train = mnist.train
    assert (train.num_examples, mnist.validation.num_examples, mnist.test.num_examples) == (55000, 5000, 10000)
    assert sums(train.images, train.labels) == ['0530f260', 'c3a8d3cc']
    assert (train.images.dtype, train.labels.dtype, train.labels.shape) == (np.float32, np.float64, (55000, 10))
    assert [sums(*train.next_batch(100)) for _ in range(3)] == [
        ['6409c23c', '27616b45'], ['78e21249', 'd4728acf'], ['45f771d6', 'da839468']]


def test_numpys_seed_governs_the_shuffling_across_epochs():
    mnist = input_data.read_data_sets(FOLDER, one_hot=True, seed=3)
    np.random.seed(1)
    for _ in range(3):
        mnist.train.next_batch(100)
    np.random.seed(1)
    for _ in range(12):
        batch = mnist.test.next_batch(1000)
    assert sums(*batch) == ['81cd5ced', '3994e8b1']
    assert mnist.test.epochs_completed == 1
    assert sums(*mnist.validation.next_batch(7000)) == ['2fc60451', '3604ba16']  # larger than the set
    assert sums(mnist.validation.next_batch(10, shuffle=False)[0]) == ['00cccaf6']


def test_bytes_in_their_shape():
    mnist = tf.contrib.learn.datasets.mnist.read_data_sets(FOLDER, dtype=tf.uint8, reshape=False, validation_size=10)
    assert mnist.validation.images.shape == (10, 28, 28, 1)
    assert sums(mnist.validation.images, mnist.validation.labels) == ['3aa59409', 'dab09118']


def test_the_seed_of_the_graph():
    tf.set_random_seed(5)
    assert sums(input_data.read_data_sets(FOLDER).train.next_batch(5)[0]) == ['75d8e3a1']


def test_fake_data():
    mnist = input_data.read_data_sets('/nowhere', fake_data=True, one_hot=True)
    images, labels = mnist.train.next_batch(2, fake_data=True)
    assert (mnist.train.num_examples, len(images[0]), labels) == (10000, 784, [[1] + [0] * 9] * 2)


def test_errors(tmp_path):
    with pytest.raises(ValueError, match='Validation size should be between 0 and 60000. Received: -1.'):
        input_data.read_data_sets(FOLDER, validation_size=-1)
    with pytest.raises(TypeError, match="Invalid image dtype tf.int32, expected uint8 or float32"):
        tf.contrib.learn.datasets.mnist.DataSet([], [], fake_data=True, dtype=tf.int32)
    (tmp_path / 'train-images-idx3-ubyte.gz').write_bytes(
        pathlib.Path(FOLDER, 'train-labels-idx1-ubyte.gz').read_bytes())
    with pytest.raises(ValueError, match='Invalid magic number 2049 in MNIST image file'):
        input_data.read_data_sets(str(tmp_path))
