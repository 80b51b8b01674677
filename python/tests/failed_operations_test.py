"""What of the building of a graph later operations depend on: numbers of operations, values known meanwhile."""
import pytest

import reflow.tensorflow as tf


def test_an_operation_whose_shapes_do_not_fit_uses_up_its_number():
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(1)
        a = tf.placeholder(tf.float32, [2, 3])
        for _ in range(2):
            with pytest.raises(ValueError):
                tf.matmul(a, a)
        random = tf.random_uniform([1])
        assert [op.name for op in graph.get_operations()[:2]] == ['Placeholder', 'random_uniform/shape']
        assert graph.get_operation_by_name('random_uniform/RandomUniform').get_attr('seed2') == 6
        assert random.op.type == 'Add'


@pytest.mark.parametrize('computed', [True, False])
def test_gradients_of_sums_over_axes_that_only_a_run_knows(computed):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [3, 4])
        first = tf.constant(2) - 1 if computed else 1
        tf.gradients(tf.reduce_sum(x, tf.range(first, 2)), x)
        names = [op.name for op in graph.get_operations()]
    assert ('gradients/Sum_grad/Cast/x' in names) == (not computed)  # the dimensions that are left, counted already
