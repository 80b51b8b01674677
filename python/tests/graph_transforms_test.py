"""TransformGraph keeps what outputs compute."""
import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.tools.graph_transforms import TransformGraph


def built():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 2], name='x')
        y = tf.matmul(tf.identity(x), tf.constant([[1., 2.], [3., 4.]]) + 1., name='product')
        tf.add(y, tf.constant([1., 2.]) * 2., name='out')
    return graph.as_graph_def()


def value(graph_def):
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.import_graph_def(graph_def, name='')
        return sess.run('out:0', {'x:0': np.array([[1, 2]], np.float32)}).tolist()


def test_transformed_graph_computes_the_same():
    before = built()
    after = TransformGraph(before, ['x'], ['out'], ['strip_unused_nodes', 'remove_nodes(op=Identity)', 'fold_constants'])
    assert [node.op for node in after.node] == ['Placeholder', 'Const', 'MatMul', 'Const', 'Add']
    assert value(after) == value(before) == [[12., 17.]]


def test_mistakes_are_errors():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Transform 'nothing' not recognized."):
        TransformGraph(built(), ['x'], ['out'], ['nothing'])
