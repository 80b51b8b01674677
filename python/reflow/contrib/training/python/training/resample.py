"""Rows drawn again at rates of their own."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import random_ops
from reflow.ops import tensor_array_ops
from reflow.ops import variable_scope
from reflow.training import moving_averages

__all__ = ['resample_at_rate', 'weighted_resample']


def _repeated_positions(counts):
    """Each position as often as `counts` says."""
    with ops.name_scope(None, 'repeat_range', [counts]) as scope:
        counts = ops.convert_to_tensor(counts, name='counts')
        size = array_ops.shape(counts)[0]

        def write(array, i):
            value = array_ops.fill(counts[i:i + 1], i)
            return array.write(i, value), i + 1

        array = tensor_array_ops.TensorArray(dtype=dtypes.int32, size=size, infer_shape=False)
        array, writes = control_flow_ops.while_loop(lambda _, i: i < size, write, loop_vars=[array, 0])
        return control_flow_ops.cond(writes > 0, array.concat, lambda: array_ops.zeros(shape=[0], dtype=dtypes.int32),
                                     name=scope)


def resample_at_rate(inputs, rates, scope=None, seed=None, back_prop=False):
    """The rows of each of `inputs`, each row as often as a Poisson number of mean `rates` says."""
    with ops.name_scope(scope, default_name='resample_at_rate', values=list(inputs) + [rates]):
        rates = ops.convert_to_tensor(rates, name='rates')
        counts = math_ops.cast(random_ops.random_poisson(rates, (), rates.dtype, seed=seed), dtypes.int32)
        positions = _repeated_positions(counts)
        if not back_prop:
            positions = array_ops.stop_gradient(positions)
        return [array_ops.gather(each, positions) for each in inputs]


def weighted_resample(inputs, weights, overall_rate, scope=None, mean_decay=0.999, seed=None):
    """Rows drawn by `weights`, on average `overall_rate` as many as there are; and the rates at which they were drawn.

    The mean of the weights is a moving average over the runs.
    """
    with ops.name_scope(scope, 'weighted_resample', inputs) as name_scope:
        with variable_scope.variable_scope(scope, 'estimate_mean', inputs):
            average = variable_scope.get_local_variable('estimated_mean', initializer=math_ops.cast(0, weights.dtype),
                                                        dtype=weights.dtype)
            mean = moving_averages.assign_moving_average(average, math_ops.reduce_mean(weights), mean_decay)
        rates = weights * overall_rate / mean
        rates, *rows = resample_at_rate([rates] + inputs, rates, scope=name_scope, seed=seed, back_prop=False)
        return rows, rates
