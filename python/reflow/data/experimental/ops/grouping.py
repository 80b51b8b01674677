"""Elements gathered by a key."""
import numpy as np

from reflow.data.ops import dataset, dataset_spec, structured_function
from reflow.data.util import nest, structure
from reflow.framework import constant_op, dtypes, ops, tensor_shape, tensor_spec
from reflow.ops import array_ops, check_ops, gen_experimental_dataset_ops, math_ops
from reflow.util.shown_attributes import shown

_KEY = tensor_spec.TensorSpec([], dtypes.int64)


def group_by_reducer(key_func, reducer):
    """A transformation into what `reducer` makes of all elements with one key."""

    def _apply_fn(input_dataset):
        return _GroupByReducerDataset(input_dataset, key_func, reducer)

    return _apply_fn


def group_by_window(key_func, reduce_func, window_size=None, window_size_func=None):
    """A transformation into the elements of the datasets `reduce_func(key, dataset)` of `window_size` elements with one key."""
    if (window_size is not None and window_size_func) or not (window_size is not None or window_size_func):
        raise ValueError('Must pass either window_size or window_size_func.')
    if window_size is not None:
        def window_size_func(unused_key):
            return ops.convert_to_tensor(window_size, dtype=dtypes.int64)

    def _apply_fn(input_dataset):
        return _GroupByWindowDataset(input_dataset, key_func, reduce_func, window_size_func)

    return _apply_fn


def bucket_by_sequence_length(element_length_func, bucket_boundaries, bucket_batch_sizes, padded_shapes=None,
                              padding_values=None, pad_to_bucket_boundary=False, no_padding=False, drop_remainder=False):
    """A transformation into padded batches of elements of like length."""
    with ops.name_scope('bucket_by_seq_length'):
        if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
            raise ValueError('len(bucket_batch_sizes) must equal len(bucket_boundaries) + 1')
        batch_sizes = constant_op.constant(bucket_batch_sizes, dtype=dtypes.int64)

        def element_to_bucket_id(*args):
            seq_length = element_length_func(*args)
            boundaries = list(bucket_boundaries)
            conditions = math_ops.logical_and(
                math_ops.less_equal([np.iinfo(np.int32).min] + boundaries, seq_length),
                math_ops.less(seq_length, boundaries + [np.iinfo(np.int32).max]))
            return math_ops.reduce_min(array_ops.where(conditions))

        def window_size_fn(bucket_id):
            return batch_sizes[bucket_id]

        def make_padded_shapes(shapes, none_filler=None):
            padded = [[none_filler if tensor_shape.dimension_value(dim) is None else dim
                       for dim in tensor_shape.TensorShape(shape)] for shape in nest.flatten(shapes)]
            return nest.pack_sequence_as(shapes, padded)

        def batching_fn(bucket_id, grouped_dataset):
            batch_size = window_size_fn(bucket_id)
            if no_padding:
                return grouped_dataset.batch(batch_size, drop_remainder=drop_remainder)
            none_filler = None
            if pad_to_bucket_boundary:
                check = check_ops.assert_less(
                    bucket_id, constant_op.constant(len(bucket_batch_sizes) - 1, dtype=dtypes.int64),
                    message='When pad_to_bucket_boundary=True, elements must have length < max(bucket_boundaries).')
                with ops.control_dependencies([check]):
                    none_filler = constant_op.constant(bucket_boundaries, dtype=dtypes.int64)[bucket_id] - 1
            shapes = make_padded_shapes(padded_shapes or structure.legacy_shapes(grouped_dataset.element_spec), none_filler)
            return grouped_dataset.padded_batch(batch_size, shapes, padding_values, drop_remainder=drop_remainder)

        def _apply_fn(input_dataset):
            return input_dataset.apply(group_by_window(element_to_bucket_id, batching_fn, window_size_func=window_size_fn))

        return _apply_fn


class _GroupByReducerDataset(dataset.UnaryDataset):
    """What a Reducer makes of all elements with one key."""

    def __init__(self, input_dataset, key_func, reducer):
        from reflow.data.ops import reductions
        wrap, name = structured_function.StructuredFunctionWrapper, self._transformation_name()
        self._key_func = wrap(key_func, name, dataset=input_dataset)
        if not self._key_func.output_structure.is_compatible_with(_KEY):
            raise ValueError('`key_func` must return a single tf.int64 tensor. Got type=%s and shape=%s' % (
                self._key_func.output_types, self._key_func.output_shapes))
        self._init_func = wrap(reducer.init_func, name, input_structure=_KEY)
        state = self._init_func.output_structure
        while True:
            self._reduce_func = wrap(reducer.reduce_func, name, input_structure=(state, input_dataset.element_spec),
                                     add_to_graph=False)
            weakened = reductions.weakened_state(state, self._reduce_func)
            if weakened is None:
                break
            state = weakened
        self._finalize_func = wrap(reducer.finalize_func, name, input_structure=state)
        functions = [each.function for each in self._functions()]
        super().__init__(input_dataset, gen_experimental_dataset_ops.experimental_group_by_reducer_dataset(
            input_dataset._variant_tensor, *(each.captured_inputs for each in functions), *functions,
            **self._flat_structure))

    @property
    def element_spec(self):
        return self._finalize_func.output_structure

    def _functions(self):
        return [self._key_func, self._init_func, self._reduce_func, self._finalize_func]

    def _transformation_name(self):
        return 'tf.data.experimental.group_by_reducer()'


class _GroupByWindowDataset(dataset.UnaryDataset):
    """The elements of datasets that a function makes of elements with one key."""

    def __init__(self, input_dataset, key_func, reduce_func, window_size_func):
        wrap, name = structured_function.StructuredFunctionWrapper, self._transformation_name()

        def key_func_wrapper(*args):
            return ops.convert_to_tensor(key_func(*args), dtype=dtypes.int64)

        def window_size_func_wrapper(key):
            return ops.convert_to_tensor(window_size_func(key), dtype=dtypes.int64)

        self._key_func = wrap(key_func_wrapper, name, dataset=input_dataset)
        if not self._key_func.output_structure.is_compatible_with(_KEY):
            raise ValueError('`key_func` must return a single tf.int64 scalar tensor.')
        self._reduce_func = wrap(reduce_func, name,
                                 input_structure=(_KEY, dataset_spec.DatasetSpec(input_dataset.element_spec)))
        if not isinstance(self._reduce_func.output_structure, dataset_spec.DatasetSpec):
            raise TypeError('`reduce_func` must return a `Dataset` object.')
        self._element_spec = self._reduce_func.output_structure._element_spec
        self._window_size_func = wrap(window_size_func_wrapper, name, input_structure=_KEY)
        if not self._window_size_func.output_structure.is_compatible_with(_KEY):
            raise ValueError('`window_size_func` must return a single tf.int64 scalar tensor.')
        super().__init__(input_dataset, gen_experimental_dataset_ops.group_by_window_dataset(
            input_dataset._variant_tensor, self._key_func.function.captured_inputs,
            self._reduce_func.function.captured_inputs, self._window_size_func.function.captured_inputs,
            key_func=self._key_func.function, reduce_func=self._reduce_func.function,
            window_size_func=self._window_size_func.function, **self._flat_structure))

    @property
    def element_spec(self):
        return self._element_spec

    def _functions(self):
        return [self._key_func, self._reduce_func, self._window_size_func]

    def _transformation_name(self):
        return 'tf.data.experimental.group_by_window()'


class Reducer:
    """What group_by_reducer computes: `init_func(key)`, `reduce_func(state, element)` and `finalize_func(state)`."""

    def __init__(self, init_func, reduce_func, finalize_func):
        self._init_func = init_func
        self._reduce_func = reduce_func
        self._finalize_func = finalize_func

    init_func = shown('_init_func', 'From a key to the first state.')
    reduce_func = shown('_reduce_func', 'From a state and an element to the next state.')
    finalize_func = shown('_finalize_func', 'From the last state to an element.')
