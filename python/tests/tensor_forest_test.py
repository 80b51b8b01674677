"""A forest of handwritten digits against TensorFlow 1.15.5 with one thread; and what forests refuse."""
import gzip
import pathlib

import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')

import reflow.tensorflow as tf  # noqa: E402
from reflow.contrib.tensor_forest.python import tensor_forest  # noqa: E402
from reflow.ops import resources  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parents[2] / 'data/mnist'


def digits(part, count):
    def read(name, header, shape):
        with gzip.open(FOLDER / name) as file:
            return np.frombuffer(file.read(header + int(np.prod(shape)))[header:], np.uint8).reshape(shape)
    images = read(part + '-images-idx3-ubyte.gz', 16, (count, 784))
    return images / np.float32(255), read(part + '-labels-idx1-ubyte.gz', 8, (count,))


def start():
    session = tf.Session()
    session.run([tf.global_variables_initializer(), resources.initialize_resources(resources.shared_resources())])
    return session


def test_learns_digits():
    hparams = tensor_forest.ForestHParams(num_classes=10, num_features=784, num_trees=5, max_nodes=400, base_random_seed=7,
                                          split_after_samples=100).fill()
    images, labels = digits('train', 10000)
    with tf.Graph().as_default():
        forest = tensor_forest.RandomForestGraphs(hparams)
        x, y = tf.placeholder(tf.float32, [None, 784]), tf.placeholder(tf.int32, [None])
        train, loss = forest.training_graph(x, y), forest.training_loss(x, y)
        inferred, _, _ = forest.inference_graph(x)
        with start() as session:
            for i in range(30):
                batch = slice(i % 10 * 1000, i % 10 * 1000 + 1000)
                session.run(train, {x: images[batch], y: labels[batch]})
            images, labels = digits('t10k', 2000)
            size, said = session.run([loss, inferred], {x: images})
    assert size == -299
    assert np.mean(np.argmax(said, 1) == labels) == 0.7945
    np.testing.assert_allclose(
        said[0], [0.0, 0.02387, 0.0232, 0.02937, 0.01991, 0.02275, 0.0, 0.82929, 0.00345, 0.04816], atol=6e-6)


def test_says_what_there_is_not():
    with tf.Graph().as_default():
        hparams = tensor_forest.ForestHParams(num_classes=2, num_features=2, num_trees=1, model_name='sparse_then_dense').fill()
        tensor_forest.RandomForestGraphs(hparams)
        with pytest.raises(tf.errors.UnimplementedError, match='Unknown grow stats type: 3'):
            start()
    with pytest.raises(AttributeError, match='num_features'):
        tensor_forest.ForestHParams(num_classes=2).fill()


@pytest.mark.parametrize('kind, message', [('bagging_fraction', 'Bagging not supported with sparse features.'),
                                           ('feature_bagging_fraction', 'Feature bagging not supported with sparse features.')])
def test_bags_no_sparse_features(kind, message):
    with tf.Graph().as_default():
        forest = tensor_forest.RandomForestGraphs(
            tensor_forest.ForestHParams(num_classes=2, num_features=2, num_trees=1, **{kind: 0.5}).fill())
        with pytest.raises(NotImplementedError, match=message):
            forest.training_graph(tf.SparseTensor([[0, 0]], [1.0], [1, 2]), tf.constant([0]))


def test_bags_features():
    with tf.Graph().as_default():
        hparams = tensor_forest.ForestHParams(num_classes=2, num_features=4, num_trees=2, feature_bagging_fraction=0.5,
                                              split_after_samples=10, base_random_seed=1).fill()
        assert [len(columns) for columns in hparams.bagged_features] == [2, 2]
        forest = tensor_forest.RandomForestGraphs(hparams)
        features = np.arange(80, dtype=np.float32).reshape(20, 4)
        train = forest.training_graph(tf.constant(features), tf.constant([0] * 10 + [1] * 10))
        size = forest.average_size()
        with start() as session:
            for _ in range(5):
                session.run(train)
            assert session.run(size) > 1


def test_begins_with_trees_that_were_written():
    with tf.Graph().as_default():
        hparams = tensor_forest.ForestHParams(num_classes=2, num_features=1, num_trees=1).fill()
        tree = tensor_forest._tree_proto.Model()
        for value in ([], [3, 1], [0, 2]):
            node = tree.decision_tree.nodes.add()
            for count in value:
                node.leaf.vector.value.add(float_value=count)
        split = tree.decision_tree.nodes[0].binary_node
        split.left_child_id.value, split.right_child_id.value = 1, 2
        split.inequality_left_child_test.feature_id.id.value = '0'
        split.inequality_left_child_test.threshold.float_value = 5
        forest = tensor_forest.RandomForestGraphs(hparams, tree_configs=[tree.SerializeToString()], training=False)
        inferred, _, _ = forest.inference_graph(tf.constant([[4.0], [5.0], [6.0]]))
        with start() as session:
            assert session.run(inferred).tolist() == [[0.75, 0.25], [0.75, 0.25], [0, 1]]
