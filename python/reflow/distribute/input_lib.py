"""Datasets whose elements replicas share."""

from reflow import _core
from reflow.data.ops import dataset_ops
from reflow.distribute import values
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import control_flow_ops
from reflow.util import nest


def _rebatched(dataset, parts):
    """`dataset`, its batches cut into `parts` each."""
    if parts == 1:
        return dataset
    batch_sizes = {tensor_shape.dimension_value(shape[0]) if shape.ndims else None
                   for shape in nest.flatten(dataset_ops.get_legacy_output_shapes(dataset))}
    if len(batch_sizes) == 1 and None not in batch_sizes:
        batch_size = batch_sizes.pop()
        if batch_size % parts:
            raise ValueError('The batch operations can\'t be found: a batch of %d is not divisible by %d replicas' % (
                batch_size, parts))
        return dataset.unbatch().batch(batch_size // parts, drop_remainder=True)
    from reflow.ops import array_ops, math_ops

    def cut(*element):
        sizes = [array_ops.shape(component)[0] for component in nest.flatten(element)]
        size = math_ops.maximum(1, (sizes[0] + parts - 1) // parts)
        whole = dataset_ops.Dataset.from_tensor_slices(element if len(element) > 1 else element[0])
        return whole.batch(ops.convert_to_tensor(math_ops.cast(size, 'int64')))

    return dataset.flat_map(cut)


class DistributedIterator:
    """Gives each replica an element."""

    def __init__(self, iterator, strategy):
        self._iterator, self._strategy = iterator, strategy

    def get_next(self, name=None):
        """The next elements."""
        parts = [self._iterator.get_next(name) for _ in range(self._strategy.num_replicas_in_sync)]
        return values.regroup(parts)

    def __iter__(self):
        return self

    def __next__(self):
        from reflow.framework import errors
        try:
            return self.get_next()
        except errors.OutOfRangeError:
            raise StopIteration from None

    next = __next__

    def initialize(self):
        """An operation that begins the pass anew."""
        if _core.executing_eagerly():
            self._iterator = iter(self._dataset)
            return control_flow_ops.no_op()
        return self._iterator.initializer

    @property
    def initializer(self):
        """Deprecated: initialize()."""
        return self.initialize()

    @property
    def output_shapes(self):
        """Deprecated: the static shapes of an element."""
        return dataset_ops.get_legacy_output_shapes(self._iterator)

    @property
    def output_types(self):
        """Deprecated: the types of an element."""
        return dataset_ops.get_legacy_output_types(self._iterator)

    @property
    def output_classes(self):
        """Deprecated: the classes of an element's components."""
        return dataset_ops.get_legacy_output_classes(self._iterator)


class DatasetIterator(DistributedIterator):
    """An iterator over a dataset whose batches are for all replicas together."""

    def __init__(self, dataset, strategy):
        self._dataset = _rebatched(dataset, strategy.num_replicas_in_sync)
        super().__init__(_iterator(self._dataset), strategy)


class InputFunctionIterator(DistributedIterator):
    """An iterator over what an input function gives, whose batches are for one replica each."""

    def __init__(self, dataset, strategy):
        if callable(dataset):
            raise NotImplementedError('Input functions that give a function are not supported')
        self._dataset = dataset
        super().__init__(_iterator(dataset), strategy)


def _iterator(dataset):
    if _core.executing_eagerly():
        return iter(dataset)
    return dataset_ops.make_initializable_iterator(dataset)


class DistributedDataset:
    """A dataset of which each replica takes elements."""

    def __init__(self, dataset, strategy, is_global):
        self._dataset = _rebatched(dataset, strategy.num_replicas_in_sync) if is_global else dataset
        self._strategy = strategy

    def __iter__(self):
        if not _core.executing_eagerly():
            raise RuntimeError('__iter__() is only supported inside of tf.function or when eager execution is enabled.')
        return DistributedIterator(iter(self._dataset), self._strategy)

    def make_initializable_iterator(self, shared_name=None):
        """An iterator that is to be initialized."""
        return DistributedIterator(dataset_ops.make_initializable_iterator(self._dataset, shared_name), self._strategy)

    def make_one_shot_iterator(self):
        """An iterator that needs no initialization."""
        return DistributedIterator(dataset_ops.make_one_shot_iterator(self._dataset), self._strategy)


class MultiStepContext:
    """What a function knows that is called for several steps of one run."""

    def __init__(self):
        self._last_step_outputs, self._last_step_outputs_reduce_ops, self._non_tensor_outputs = {}, {}, {}

    @property
    def last_step_outputs(self):
        """{name: value} of the last step."""
        return self._last_step_outputs

    @property
    def non_tensor_outputs(self):
        """{name: value} of what are no tensors."""
        return self._non_tensor_outputs

    def set_last_step_output(self, name, output, reduce_op=None):
        """Says what the last step's `name` is, reduced if reduce_op is given."""
        from reflow.distribute import distribution_strategy_context as contexts
        if reduce_op is not None and contexts.in_cross_replica_context():
            output = contexts.get_strategy().extended._reduce(reduce_op, output)
        elif reduce_op is not None:
            output = contexts.get_replica_context().all_reduce(reduce_op, output)
        self._last_step_outputs[name], self._last_step_outputs_reduce_ops[name] = output, reduce_op

    def set_non_tensor_output(self, name, output):
        """Keeps what is no tensor."""
        self._non_tensor_outputs[name] = output


def run_steps(strategy, fn, iterator, iterations):
    """The context after `iterations` calls of fn(context, inputs), each after the one before; `run_op` runs all."""
    context = MultiStepContext()
    last = []
    for _ in range(iterations):
        with ops.control_dependencies(last):
            inputs = iterator.get_next()
            result = fn(context, *inputs) if isinstance(inputs, tuple) else fn(context, inputs)
            flat = [part for value in nest.flatten(result) if value is not None for part in strategy.unwrap(value)]
            last = [control_flow_ops.group(*flat)]
    context.run_op = last[0] if last else control_flow_ops.no_op()
    return context
