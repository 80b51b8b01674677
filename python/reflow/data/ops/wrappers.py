"""Datasets that say how another is to run."""
import warnings

from reflow.data.ops import dataset
from reflow.framework import dtypes, ops
from reflow.ops import gen_dataset_ops, gen_experimental_dataset_ops


class _OptionsDataset(dataset.UnaryUnchangedStructureDataset):
    """A dataset with further options."""

    def __init__(self, input_dataset, options):
        self._input_dataset = input_dataset
        self._options = options
        self.options()  # raises where they don't go together
        super().__init__(input_dataset, input_dataset._variant_tensor)

    def options(self):
        if self._options is None:
            return self._input_dataset.options()
        return self._input_dataset.options().merge(self._options)


class _ModelDataset(dataset.UnaryUnchangedStructureDataset):
    """A dataset whose parameters are tuned."""

    def __init__(self, input_dataset, algorithm, cpu_budget):
        algorithm = algorithm.value if isinstance(algorithm, dataset.AutotuneAlgorithm) else algorithm
        super().__init__(input_dataset, gen_dataset_ops.model_dataset(
            input_dataset._variant_tensor, algorithm=algorithm, cpu_budget=cpu_budget, **input_dataset._flat_structure))


class _OptimizeDataset(dataset.UnaryUnchangedStructureDataset):
    """A dataset that is optimized."""

    def __init__(self, input_dataset, optimizations, optimization_configs=None):
        self._optimizations = ops.convert_to_tensor(optimizations or [], dtype=dtypes.string, name='optimizations')
        super().__init__(input_dataset, gen_dataset_ops.optimize_dataset(
            input_dataset._variant_tensor, self._optimizations, optimization_configs=optimization_configs or [],
            **input_dataset._flat_structure))


class _MaxIntraOpParallelismDataset(dataset.UnaryUnchangedStructureDataset):
    """A dataset whose functions use so many threads at most."""

    def __init__(self, input_dataset, max_intra_op_parallelism):
        self._max_intra_op_parallelism = ops.convert_to_tensor(
            max_intra_op_parallelism, dtype=dtypes.int64, name='max_intra_op_parallelism')
        super().__init__(input_dataset, gen_experimental_dataset_ops.max_intra_op_parallelism_dataset(
            input_dataset._variant_tensor, self._max_intra_op_parallelism, **input_dataset._flat_structure))


class _PrivateThreadPoolDataset(dataset.UnaryUnchangedStructureDataset):
    """A dataset with threads of its own."""

    def __init__(self, input_dataset, num_threads):
        self._num_threads = ops.convert_to_tensor(num_threads, dtype=dtypes.int64, name='num_threads')
        super().__init__(input_dataset, gen_experimental_dataset_ops.private_thread_pool_dataset(
            input_dataset._variant_tensor, self._num_threads, **input_dataset._flat_structure))


class _SetStatsAggregatorDataset(dataset.UnaryUnchangedStructureDataset):
    """A dataset whose records go to an aggregator."""

    def __init__(self, input_dataset, aggregator, prefix, counter_prefix):
        self._stats_aggregator = aggregator
        super().__init__(input_dataset, gen_experimental_dataset_ops.set_stats_aggregator_dataset(
            input_dataset._variant_tensor, aggregator._resource, prefix, counter_prefix, **input_dataset._flat_structure))


def with_applied_options(input_dataset, options):
    """The dataset as the options want it."""
    result = input_dataset
    threading = options.experimental_threading
    if threading is not None:
        if threading.max_intra_op_parallelism is not None:
            result = _MaxIntraOpParallelismDataset(result, threading.max_intra_op_parallelism)
        if threading.private_threadpool_size is not None:
            result = _PrivateThreadPoolDataset(result, threading.private_threadpool_size)
    optimizations = options._static_optimizations()
    if optimizations and input_dataset._has_captured_ref():
        warnings.warn('tf.data static optimizations are not compatible with tf.Variable. The following optimizations will be '
                      'disabled: %s. To enable optimizations, use resource variables instead by calling '
                      '`tf.enable_resource_variables()` at the start of the program.' % ', '.join(optimizations))
    elif optimizations:
        result = _OptimizeDataset(result, optimizations, options._static_optimization_configs())
    tuning = options.experimental_optimization
    if tuning is None or tuning.autotune is not False:
        algorithm = tuning.autotune_algorithm if tuning is not None else None
        budget = tuning.autotune_cpu_budget if tuning is not None else None
        result = _ModelDataset(result, dataset.AutotuneAlgorithm.HILL_CLIMB if algorithm is None else algorithm, budget or 0)
    stats = options.experimental_stats
    if stats is not None and stats.aggregator is not None:
        result = _SetStatsAggregatorDataset(result, stats.aggregator, stats.prefix, stats.counter_prefix)
    return result
