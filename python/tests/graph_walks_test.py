"""Walks of tf.contrib.graph_editor along a graph, as TensorFlow 1.15.5 does them."""
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402


def test_seeds_that_are_not_within():
    graph_editor = tf.contrib.graph_editor
    with tf.Graph().as_default():
        x = tf.ones([2], name='x')
        middle = tf.square(x, name='middle')
        last = tf.exp(middle, name='last')
        within = [middle.op, last.op]
        assert graph_editor.get_forward_walk_ops(x.op, within_ops=within) == []
        assert graph_editor.get_forward_walk_ops([x.op, middle.op], inclusive=False, within_ops=within) == [last.op]
        assert graph_editor.get_backward_walk_ops(x.op, within_ops=within) == []
        assert graph_editor.get_backward_walk_ops(last.op, within_ops_fn=lambda op: op.type != 'Exp') == [
            last.op, middle.op, x.op]
