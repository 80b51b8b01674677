"""Slices at positions that are tensors."""
import pytest

import reflow.tensorflow as tf


@pytest.mark.parametrize('cut, expected', [
    (lambda x, n: x[:n], [1, 2, 3]), (lambda x, n: x[n:], [4, 5]), (lambda x, n: x[n], 4), (lambda x, n: x[n - 2:n], [2, 3])])
def test_positions_may_be_int64(cut, expected):
    with tf.Graph().as_default(), tf.Session() as session:
        y = cut(tf.constant([1, 2, 3, 4, 5]), tf.constant(3, tf.int64))
        assert session.run(y).tolist() == expected
        # The others are made int64 by nodes that TensorFlow 1.15.5 makes too.
        casts = [op.name for op in y.graph.get_operations() if op.type == 'Cast']
        assert casts == ['strided_slice/Cast', 'strided_slice/Cast_1'][:len(casts)] and casts
