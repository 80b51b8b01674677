"""Products of dense and sparse tensors by operators."""

import pytest

import reflow.tensorflow as tf


def test_either_may_come_first():
    with tf.Graph().as_default(), tf.Session() as session:
        dense = tf.constant([[2.], [3.]])
        sparse = tf.SparseTensor([[0, 0], [1, 0]], [1., 2.], [2, 1])
        variable = tf.Variable([[2.], [3.]])
        session.run(variable.initializer)
        for product in (dense * sparse, sparse * dense, variable * sparse):
            assert isinstance(product, tf.SparseTensor) and product.values.op.type == 'SparseDenseCwiseMul'
            assert session.run(product.values).tolist() == [2, 6]
        assert [each.values.op.name for each in (dense * sparse, sparse * dense)] == ['mul_3', 'mul_4']
        with pytest.raises(TypeError, match="unsupported operand type.s. for .: 'float' and 'SparseTensor'"):
            2. * sparse
