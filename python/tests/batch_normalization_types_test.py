"""tf.nn.batch_normalization with statistics of another type than what is normalised, as TensorFlow 1.15.5 builds it."""
import numpy as np

import reflow.tensorflow as tf


def test_statistics_are_cast_last():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float16, [None, 3])
        ones = [tf.constant([1., 2, 3]) for _ in range(4)]
        y = tf.nn.batch_normalization(x, *ones, .001)
        assert y.dtype == tf.float16
    nodes = ['%s(%s)' % (node.name, ', '.join(node.input)) for node in graph.as_graph_def().node if node.op != 'Const']
    assert nodes == [
        'Placeholder()', 'batchnorm/add(Const_1, batchnorm/add/y)', 'batchnorm/Rsqrt(batchnorm/add)',
        'batchnorm/mul(batchnorm/Rsqrt, Const_3)', 'batchnorm/Cast(batchnorm/mul)', 'batchnorm/mul_1(Placeholder, batchnorm/Cast)',
        'batchnorm/mul_2(Const, batchnorm/mul)', 'batchnorm/sub(Const_2, batchnorm/mul_2)', 'batchnorm/Cast_1(batchnorm/sub)',
        'batchnorm/add_1(batchnorm/mul_1, batchnorm/Cast_1)']


def test_arrays_of_doubles():
    mean, variance = np.array([1., 2, 3]), np.array([.5, .5, .5])
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.constant(np.arange(6.).reshape(2, 3), tf.float32)
        value = sess.run(tf.nn.batch_normalization(x, mean, variance, mean, variance, 1e-5))
    assert value.dtype == np.float32
    np.testing.assert_allclose(value, [[.2929, 1.2929, 2.2929], [2.4142, 3.4142, 4.4142]], atol=1e-4)
