"""Functions of each element that take sparse tensors: those that TensorFlow 1.15.5 has dispatchers for."""
import pytest

import reflow.tensorflow as tf


@pytest.mark.parametrize('name, op_type', [
    ('abs', 'Abs'), ('negative', 'Neg'), ('sign', 'Sign'), ('square', 'Square'), ('sqrt', 'Sqrt'), ('erf', 'Erf'),
    ('tanh', 'Tanh'), ('bessel_i0e', 'BesselI0e'), ('bessel_i1e', 'BesselI1e')])
def test_values_are_computed_and_the_rest_stays(name, op_type):
    with tf.Graph().as_default(), tf.Session() as sess:
        given = tf.SparseTensor([[1]], [4.], [3])
        function = getattr(tf.math, name)
        result = function(given, name='of_values')
        assert result.indices is given.indices and result.dense_shape is given.dense_shape
        assert (result.values.name, result.values.op.type) == ('of_values_1:0', op_type)
        assert sess.run(result).values == sess.run(function(tf.constant([4.])))


def test_other_functions_do_not_take_them():
    with tf.Graph().as_default(), pytest.raises(TypeError, match='Failed to convert object of type'):
        tf.math.exp(tf.SparseTensor([[1]], [4.], [3]))
