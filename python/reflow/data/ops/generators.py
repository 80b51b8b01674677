"""Datasets of what Python's generators give."""
import itertools
import threading

import numpy as np

from reflow.data.ops import dataset, structured_function
from reflow.data.util import nest, structure
from reflow.framework import dtypes, ops, tensor_shape
from reflow.ops import gen_dataset_ops, script_ops


class _GeneratorDataset(dataset.DatasetSource):
    """What `next_func` makes of a state until it raises OutOfRangeError; `init_func` of `init_args` is the state of each
    pass, which `finalize_func` ends."""

    def __init__(self, init_args, init_func, next_func, finalize_func):
        self._init_args = init_args
        self._init_structure = structure.type_spec_from_value(init_args)
        wrap = structured_function.StructuredFunctionWrapper
        self._init_func = wrap(init_func, self._transformation_name(), input_structure=self._init_structure)
        self._next_func = wrap(next_func, self._transformation_name(), input_structure=self._init_func.output_structure)
        self._finalize_func = wrap(finalize_func, self._transformation_name(),
                                   input_structure=self._init_func.output_structure)
        super().__init__(gen_dataset_ops.generator_dataset(
            structure.to_tensor_list(self._init_structure, init_args) + self._init_func.function.captured_inputs,
            self._next_func.function.captured_inputs, self._finalize_func.function.captured_inputs,
            init_func=self._init_func.function, next_func=self._next_func.function,
            finalize_func=self._finalize_func.function, **self._flat_structure))

    @property
    def element_spec(self):
        return self._next_func.output_structure

    def _transformation_name(self):
        return 'Dataset.from_generator()'


class _GeneratorState:
    """The iterators of the passes over a generator, by number."""

    def __init__(self, generator):
        self._generator = generator
        self._lock = threading.Lock()
        self._next_id = itertools.count()
        self._args, self._iterators = {}, {}

    def get_next_id(self, *args):
        """The number of a new pass, an int64."""
        with self._lock:
            number = next(self._next_id)
        self._args[number] = args
        return np.array(number, dtype=np.int64)

    def get_iterator(self, iterator_id):
        """The iterator of a pass."""
        key = int(iterator_id)
        if key not in self._iterators:
            self._iterators[key] = iter(self._generator(*self._args.pop(key)))
        return self._iterators[key]

    def iterator_completed(self, iterator_id):
        """Forgets a pass."""
        self._iterators.pop(int(iterator_id), None)
        self._args.pop(int(iterator_id), None)


def _as_arrays(values, output_types, flat_types, flat_shapes):
    """What the generator has yielded as arrays of the types and shapes that were said."""
    try:
        flat_values = nest.flatten_up_to(output_types, values)
    except (TypeError, ValueError):
        raise TypeError('`generator` yielded an element that did not match the expected structure. The expected structure was '
                        '%s, but the yielded element was %s.' % (output_types, values))
    arrays = []
    for value, dtype in zip(flat_values, flat_types):
        try:
            arrays.append(script_ops._Function._converted(value, dtype.as_numpy_dtype))
        except (TypeError, ValueError):
            raise TypeError('`generator` yielded an element that could not be converted to the expected type. The expected type '
                            'was %s, but the yielded element was %s.' % (dtype.name, value))
    for array, dtype, shape in zip(arrays, flat_types, flat_shapes):
        if array.dtype != dtype.as_numpy_dtype:
            raise TypeError('`generator` yielded an element of type %s where an element of type %s was expected.' % (
                array.dtype, dtype.as_numpy_dtype))
        if not shape.is_compatible_with(array.shape):
            raise ValueError('`generator` yielded an element of shape %s where an element of shape %s was expected.' % (
                array.shape, shape))
    return arrays


def from_generator(generator, output_types, output_shapes, args):
    """A dataset of what the iterator gives that `generator(*args)` returns."""
    if not callable(generator):
        raise TypeError('`generator` must be callable.')
    if output_shapes is None:
        output_shapes = nest.map_structure(lambda _: tensor_shape.TensorShape(None), output_types)
    else:
        output_shapes = nest.map_structure_up_to(output_types, tensor_shape.as_shape, output_shapes)
    args = () if args is None else tuple(ops.convert_n_to_tensor(args, name='args'))
    flat_types = [dtypes.as_dtype(dtype) for dtype in nest.flatten(output_types)]
    flat_shapes = nest.flatten(output_shapes)
    state = _GeneratorState(generator)

    def get_iterator_id_fn(unused_dummy):
        return script_ops.numpy_function(state.get_next_id, args, dtypes.int64)

    def generator_next_fn(iterator_id_t):
        def generator_py_func(iterator_id):
            return _as_arrays(next(state.get_iterator(iterator_id)), output_types, flat_types, flat_shapes)

        flat_values = script_ops.numpy_function(generator_py_func, [iterator_id_t], flat_types)
        for tensor, shape in zip(flat_values, flat_shapes):
            tensor.set_shape(shape)
        return nest.pack_sequence_as(output_types, flat_values)

    def finalize_fn(iterator_id_t):
        def finalize_py_func(iterator_id):
            state.iterator_completed(iterator_id)
            return np.array(0, dtype=np.int64)

        return script_ops.numpy_function(finalize_py_func, [iterator_id_t], dtypes.int64)

    def flat_map_fn(dummy_arg):
        return _GeneratorDataset(dummy_arg, get_iterator_id_fn, generator_next_fn, finalize_fn)

    return dataset.DatasetV2.from_tensors(0).flat_map(flat_map_fn)
