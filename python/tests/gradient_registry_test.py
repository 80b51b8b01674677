"""Gradient functions as programs find and call them: by the type of an operation, or by the names of TensorFlow's own."""
import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402
from reflow.framework import ops  # noqa: E402
from reflow.ops import array_grad, math_grad, nn_grad  # noqa: E402


@pytest.fixture(autouse=True)
def fresh():
    tf.reset_default_graph()


def test_which_types_have_entries():
    entries = ops._gradient_registry._registry
    assert 'Relu' in entries and 'Shape' in entries and 'NoSuchOp' not in entries
    assert ops._gradient_registry.lookup('Shape') is None
    assert {'Relu', 'Shape'} <= set(ops._gradient_registry.list())
    with pytest.raises(LookupError, match='gradient registry has no entry for: NoSuchOp'):
        ops._gradient_registry.lookup('NoSuchOp')


def test_functions_of_programs():
    @tf.RegisterGradient('HalvedInRegistryTest')
    def halved(op, dy):
        return dy / 2

    x = tf.constant([1., -1.])
    with tf.get_default_graph().gradient_override_map({'Relu': 'HalvedInRegistryTest'}):
        y = tf.nn.relu(x)
    assert ops._gradient_registry._registry['HalvedInRegistryTest']['type'] is halved is ops.get_gradient_function(y.op)
    assert ops.get_gradient_function(x.op) is None


def test_own_functions_within_those_of_programs():
    @tf.RegisterGradient('GuidedInRegistryTest')
    def guided(op, dy):
        own = getattr(nn_grad if op.type == 'Relu' else math_grad, '_%sGrad' % op.type)
        return tf.nn.relu(own(op, dy))

    x = tf.constant([1., -1., .5])
    with tf.get_default_graph().gradient_override_map({'Relu': 'GuidedInRegistryTest', 'Tanh': 'GuidedInRegistryTest'}):
        y = tf.nn.relu(x)
        z = tf.tanh(x)
    dy, dz = (tf.gradients(each, x, tf.constant([3., 3., -3.]))[0] for each in (y, z))
    with tf.Session() as sess:
        np.testing.assert_allclose(sess.run(dy), [3, 0, 0])
        np.testing.assert_allclose(sess.run(dz), 3 * (1 - np.tanh([1., -1., .5]) ** 2) * [1, 1, 0], rtol=1e-6)


def test_what_they_give():
    a, b = tf.ones([2, 3]), tf.ones([3, 4])
    product = tf.matmul(a, b)
    da, db = math_grad._MatMulGrad(product.op, tf.ones([2, 4]))
    assert (da.op.type, da.op.name, db.op.name) == ('MatMul', 'MatMul_1', 'MatMul_2')  # in no scope of their own
    rows = tf.gather(tf.get_variable('v', [5, 2]), [1, 3])
    dv, none, _ = array_grad._GatherV2Grad(rows.op, tf.ones([2, 2]))
    assert isinstance(dv, tf.IndexedSlices) and none is None
    with pytest.raises(AttributeError, match="module 'tensorflow.python.ops.nn_grad' has no attribute '_NoSuchOpGrad'"):
        nn_grad._NoSuchOpGrad
