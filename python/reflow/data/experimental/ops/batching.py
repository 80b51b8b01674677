"""Batches: what a function makes of elements, and rows."""
from reflow.data.ops import dataset, structured_function
from reflow.data.util import convert, nest, structure
from reflow.framework import dtypes, sparse_tensor, tensor_shape, tensor_util
from reflow.ops import gen_experimental_dataset_ops
from reflow.util import deprecation


def dense_to_sparse_batch(batch_size, row_shape):
    """A transformation into batches of elements of different shapes, as SparseTensors of rows of `row_shape`."""

    def _apply_fn(input_dataset):
        return _DenseToSparseBatchDataset(input_dataset, batch_size, row_shape)

    return _apply_fn


def _parallel_calls(batch_size, num_parallel_batches, num_parallel_calls):
    if num_parallel_batches is not None and num_parallel_calls is not None:
        raise ValueError('The `num_parallel_batches` and `num_parallel_calls` arguments are mutually exclusive.')
    if num_parallel_calls is not None:
        return num_parallel_calls
    return batch_size if num_parallel_batches is None else batch_size * num_parallel_batches


@deprecation.deprecated(None, 'Use `tf.data.experimental.map_and_batch()')
def map_and_batch_with_legacy_function(map_func, batch_size, num_parallel_batches=None, drop_remainder=False,
                                       num_parallel_calls=None):
    """`map_and_batch` with a function that is built by Defun."""
    calls = _parallel_calls(batch_size, num_parallel_batches, num_parallel_calls)

    def _apply_fn(input_dataset):
        return _MapAndBatchDataset(input_dataset, map_func, batch_size, calls, drop_remainder, use_legacy_function=True)

    return _apply_fn


@deprecation.deprecated(None, 'Use `tf.data.Dataset.map(map_func, num_parallel_calls)` followed by '
                        '`tf.data.Dataset.batch(batch_size, drop_remainder)`. Static tf.data optimizations will take care of '
                        'using the fused implementation.')
def map_and_batch(map_func, batch_size, num_parallel_batches=None, drop_remainder=False, num_parallel_calls=None):
    """A transformation into batches of what `map_func` makes of each element."""
    calls = _parallel_calls(batch_size, num_parallel_batches, num_parallel_calls)

    def _apply_fn(input_dataset):
        return _MapAndBatchDataset(input_dataset, map_func, batch_size, calls, drop_remainder)

    return _apply_fn


@deprecation.deprecated(None, 'Use `tf.data.Dataset.unbatch()`.')
def unbatch():
    """A transformation into the rows of the elements."""

    def _apply_fn(input_dataset):
        return input_dataset.unbatch()

    return _apply_fn


class _DenseToSparseBatchDataset(dataset.UnaryDataset):
    """Batches of elements of different shapes, as SparseTensors."""

    def __init__(self, input_dataset, batch_size, row_shape):
        types = structure.legacy_types(input_dataset.element_spec)
        if not isinstance(types, dtypes.DType):
            raise TypeError('DenseToSparseDataset requires an input whose elements have a single component, whereas the input '
                            'has %r.' % types)
        self._element_spec = sparse_tensor.SparseTensorSpec(
            tensor_shape.TensorShape([None]).concatenate(row_shape), types)
        super().__init__(input_dataset, gen_experimental_dataset_ops.dense_to_sparse_batch_dataset(
            input_dataset._variant_tensor, batch_size, row_shape=convert.partial_shape_to_tensor(row_shape),
            **self._flat_structure))

    @property
    def element_spec(self):
        return self._element_spec


class _MapAndBatchDataset(dataset.UnaryDataset):
    """Batches of what a function makes of each element."""

    def __init__(self, input_dataset, map_func, batch_size, num_parallel_calls, drop_remainder, use_legacy_function=False):
        self._map_func = structured_function.StructuredFunctionWrapper(
            map_func, 'tf.data.experimental.map_and_batch()', dataset=input_dataset, use_legacy_function=use_legacy_function)
        how = convert.tensors(batch_size=batch_size, num_parallel_calls=num_parallel_calls,
                              drop_remainder=(drop_remainder, dtypes.bool))
        is_whole = tensor_util.constant_value(how['drop_remainder'])
        rows = tensor_util.constant_value(how['batch_size']) if is_whole else None
        self._element_spec = nest.map_structure(lambda spec: spec._batch(rows), self._map_func.output_structure)
        super().__init__(input_dataset, gen_experimental_dataset_ops.map_and_batch_dataset(
            input_dataset._variant_tensor, self._map_func.function.captured_inputs, f=self._map_func.function,
            preserve_cardinality=True, **how, **self._flat_structure))

    def _functions(self):
        return [self._map_func]

    @property
    def element_spec(self):
        return self._element_spec
