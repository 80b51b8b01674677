"""Functions of programs as initializers: what they give that is no tensor becomes the constant initial_value."""
import numpy as np
import pytest

import reflow.tensorflow as tf


@pytest.mark.parametrize('use_resource', [False, True])
@pytest.mark.parametrize('function, expected', [
    (lambda shape, dtype, partition_info=None: np.ones(shape, 'f'), 'v/Initializer/initial_value Const'),
    (lambda shape, dtype, partition_info=None: [[1., 2.], [3., 4.]], 'v/Initializer/initial_value Const'),
    (lambda shape, dtype, partition_info=None: tf.ones(shape), 'v/Initializer/ones Const'),
])
def test_the_values_of_a_function_are_named(function, expected, use_resource):
    with tf.Graph().as_default() as graph:
        tf.get_variable('v', [2, 2], initializer=function, use_resource=use_resource)
        first = graph.get_operations()[0]
        assert first.name + ' ' + first.type == expected
