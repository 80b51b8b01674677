"""Densities, states of batches, and statistics of the series that a model is trained with."""
import collections

import numpy as np

from reflow.contrib.timeseries.python.timeseries.feature_keys import TrainEvalFeatures
from reflow.framework import dtypes, ops
from reflow.ops import array_ops, control_flow_ops, gen_math_ops, init_ops, math_ops, nn, state_ops, variable_scope
from reflow.util import nest


def normal_log_prob(loc, scale, x):
    """The logarithm of a normal density, with log(scale) halved as TensorFlow has it."""
    z = (x - loc) / scale
    return -.5 * (math_ops.square(z) + np.log(2. * np.pi) + math_ops.log(scale))


def cauchy_log_prob(loc, scale, x):
    """The logarithm of a Cauchy density."""
    z = (x - loc) / scale
    return -np.log(np.pi) - math_ops.log(scale) - math_ops.log1p(math_ops.square(z))


def replicate_state(start_state, batch_size):
    """The state once for each series of a batch: [batch, ...]."""
    def replicated(state):
        expanded = array_ops.expand_dims(state, 0)
        ones = array_ops.ones([array_ops.rank(state)], dtype=dtypes.int32)
        return array_ops.tile(expanded, array_ops.concat([[batch_size], ones], 0))

    return nest.map_structure(replicated, start_state)


Moments = collections.namedtuple('Moments', ['mean', 'variance'])

InputStatistics = collections.namedtuple(
    'InputStatistics', ['series_start_moments', 'overall_feature_moments', 'start_time', 'total_observation_count'])

_Sums = collections.namedtuple('_Sums', [
    'max_time_seen', 'chunk_count', 'inter_observation_duration_sum', 'example_count', 'overall_feature_sum',
    'overall_feature_sum_of_squares'])


class InputStatisticsFromMiniBatch:
    """Means and variances of all batches so far, in variables of the scope `input_statistics`."""

    def __init__(self, num_features, dtype, starting_variance_window_size=16):
        self._starting_variance_window_size = starting_variance_window_size
        self._num_features = num_features
        self._dtype = dtype

    def initialize_graph(self, features, update_statistics=True):
        """The statistics; those after an update where the features have times and values."""
        times = values = None
        if TrainEvalFeatures.TIMES in features and TrainEvalFeatures.VALUES in features:
            times, values = features[TrainEvalFeatures.TIMES], features[TrainEvalFeatures.VALUES]
        with variable_scope.variable_scope('input_statistics', use_resource=True):
            statistics = self._make_statistics()
        with variable_scope.variable_scope('input_statistics_auxiliary', use_resource=True):
            sums = self._make_sums()
        if not update_statistics or times is None:
            return statistics
        with ops.control_dependencies([self._update(statistics, sums, times, values)]):
            read = nest.map_structure(array_ops.identity, statistics)
            return read._replace(start_time=gen_math_ops.minimum(read.start_time, math_ops.reduce_min(times)))

    def _variable(self, name, shape=None, dtype=None, initializer=None):
        return variable_scope.get_variable(
            name, shape=shape, dtype=dtype or self._dtype, initializer=initializer, trainable=False)

    def _make_statistics(self):
        zeros, ones, shape = init_ops.zeros_initializer(), init_ops.ones_initializer(), [self._num_features]
        start = Moments(self._variable('series_start_mean', shape, initializer=zeros),
                        self._variable('series_start_variance', shape, initializer=ones))
        overall = Moments(self._variable('overall_feature_mean', shape, initializer=zeros),
                          self._variable('overall_feature_var', shape, initializer=ones))
        return InputStatistics(start, overall, self._variable('start_time', None, dtypes.int64, dtypes.int64.max),
                               self._variable('total_observation_count', [], dtypes.int64, ones))

    def _make_sums(self):
        zeros, int64, shape = init_ops.zeros_initializer(), dtypes.int64, [self._num_features]
        return _Sums(
            self._variable('max_time_seen', None, int64, int64.min), self._variable('chunk_count', [], int64, zeros),
            self._variable('inter_observation_duration_sum', [], initializer=zeros),
            self._variable('example_count', [], int64), self._variable('overall_feature_sum', shape, initializer=zeros),
            self._variable('overall_feature_sum_of_squares', shape, initializer=zeros))

    def _update_sums(self, sums, times, values):
        """(operation that counts the batch, the latest time after it)"""
        duration = math_ops.cast(math_ops.reduce_max(times, axis=1) - math_ops.reduce_min(times, axis=1), self._dtype)
        duration = duration / math_ops.cast(array_ops.shape(times)[1] - 1, self._dtype)
        with ops.device(sums.max_time_seen.device):
            latest = state_ops.assign(
                sums.max_time_seen, gen_math_ops.maximum(sums.max_time_seen, math_ops.reduce_max(times)))
        updates = [latest]
        for variable, added in (
                (sums.chunk_count, lambda: array_ops.shape(times, out_type=dtypes.int64)[0]),
                (sums.inter_observation_duration_sum, lambda: math_ops.reduce_sum(duration)),
                (sums.example_count, lambda: array_ops.size(times, out_type=dtypes.int64)),
                (sums.overall_feature_sum, lambda: math_ops.reduce_sum(values, axis=[0, 1])),
                (sums.overall_feature_sum_of_squares, lambda: math_ops.reduce_sum(values ** 2, axis=[0, 1]))):
            with ops.device(variable.device):
                updates.append(state_ops.assign_add(variable, added()))
        return control_flow_ops.group(*updates), latest

    def _update_start(self, statistics, times, values):
        """(updated moments of the first values of the series that begins first, updated time at which it does)"""
        earliest = math_ops.cast(math_ops.argmin(times[:, 0]), dtypes.int32)

        def update_moments():
            moments = nn.moments(values[earliest, :self._starting_variance_window_size], axes=[0])
            return control_flow_ops.group(*[state_ops.assign(variable, value) for variable, value in zip(
                statistics.series_start_moments, moments)])

        with ops.device(statistics.start_time.device):
            moments_update = control_flow_ops.cond(
                math_ops.less_equal(times[earliest, 0], statistics.start_time), update_moments, control_flow_ops.no_op)
            with ops.control_dependencies([moments_update]):
                return moments_update, state_ops.assign(
                    statistics.start_time, gen_math_ops.minimum(statistics.start_time, math_ops.reduce_min(times)))

    def _update(self, statistics, sums, times, values):
        values = math_ops.cast(values, self._dtype)
        sums_update, latest = self._update_sums(sums, times, values)
        with ops.control_dependencies([sums_update]):
            count = math_ops.cast(sums.example_count, self._dtype)
            mean = sums.overall_feature_sum / count
            mean_update = state_ops.assign(statistics.overall_feature_moments.mean, mean)
            variance_update = state_ops.assign(
                statistics.overall_feature_moments.variance,
                count / (count - 1.) * (sums.overall_feature_sum_of_squares / count - mean ** 2))
            moments_update, start_update = self._update_start(statistics, times, values)
            duration = sums.inter_observation_duration_sum / math_ops.cast(sums.chunk_count, self._dtype)
            length = math_ops.cast(latest - start_update + 1, self._dtype)
            count_update = state_ops.assign(
                statistics.total_observation_count,
                math_ops.cast(gen_math_ops.round(length / duration), dtypes.int64))
            return control_flow_ops.group(mean_update, variance_update, moments_update, start_update, count_update)
