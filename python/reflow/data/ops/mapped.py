"""Datasets of what functions make of the elements of another."""
from reflow.data.ops import dataset, structured_function
from reflow.data.util import convert
from reflow.framework import dtypes, ops, tensor_spec
from reflow.ops import gen_dataset_ops


class _Mapped(dataset.UnaryDataset):
    """What a function, `_map_func`, makes of each element."""

    def _functions(self):
        return [self._map_func]

    @property
    def element_spec(self):
        return self._map_func.output_structure

    def _transformation_name(self):
        return 'Dataset.map()'


class MapDataset(_Mapped):
    """What a function makes of each element, one after the other."""

    def __init__(self, input_dataset, map_func, use_inter_op_parallelism=True, preserve_cardinality=False,
                 use_legacy_function=False):
        self._use_inter_op_parallelism = use_inter_op_parallelism
        self._preserve_cardinality = preserve_cardinality
        self._map_func = structured_function.StructuredFunctionWrapper(
            map_func, self._transformation_name(), dataset=input_dataset, use_legacy_function=use_legacy_function)
        super().__init__(input_dataset, gen_dataset_ops.map_dataset(
            input_dataset._variant_tensor, self._map_func.function.captured_inputs, f=self._map_func.function,
            use_inter_op_parallelism=use_inter_op_parallelism, preserve_cardinality=preserve_cardinality,
            **self._flat_structure))


class ParallelMapDataset(_Mapped):
    """The same with several calls at once."""

    def __init__(self, input_dataset, map_func, num_parallel_calls, use_inter_op_parallelism=True,
                 preserve_cardinality=False, use_legacy_function=False):
        self._map_func = structured_function.StructuredFunctionWrapper(
            map_func, self._transformation_name(), dataset=input_dataset, use_legacy_function=use_legacy_function)
        self._num_parallel_calls = ops.convert_to_tensor(num_parallel_calls, dtype=dtypes.int32, name='num_parallel_calls')
        super().__init__(input_dataset, gen_dataset_ops.parallel_map_dataset(
            input_dataset._variant_tensor, self._map_func.function.captured_inputs, f=self._map_func.function,
            num_parallel_calls=self._num_parallel_calls, use_inter_op_parallelism=use_inter_op_parallelism,
            preserve_cardinality=preserve_cardinality, **self._flat_structure))


class _DatasetsOfElements(dataset.UnaryDataset):
    """The elements of the datasets that a function makes of each element."""

    def _build_function(self, input_dataset, map_func):
        from reflow.data.ops import dataset_spec
        self._map_func = structured_function.StructuredFunctionWrapper(
            map_func, self._transformation_name(), dataset=input_dataset)
        if not isinstance(self._map_func.output_structure, dataset_spec.DatasetSpec):
            raise TypeError('`map_func` must return a `Dataset` object. Got {}'.format(
                type(self._map_func.output_structure)))
        self._structure = self._map_func.output_structure._element_spec

    def _functions(self):
        return [self._map_func]

    @property
    def element_spec(self):
        return self._structure


class FlatMapDataset(_DatasetsOfElements):
    """One dataset after the other."""

    def __init__(self, input_dataset, map_func):
        self._build_function(input_dataset, map_func)
        super().__init__(input_dataset, gen_dataset_ops.flat_map_dataset(
            input_dataset._variant_tensor, self._map_func.function.captured_inputs, f=self._map_func.function,
            **self._flat_structure))

    def _transformation_name(self):
        return 'Dataset.flat_map()'


class InterleaveDataset(_DatasetsOfElements):
    """Several datasets in turn."""

    def __init__(self, input_dataset, map_func, cycle_length, block_length):
        self._build_function(input_dataset, map_func)
        numbers = convert.tensors(cycle_length=cycle_length, block_length=block_length)
        super().__init__(input_dataset, gen_dataset_ops.interleave_dataset(
            input_dataset._variant_tensor, self._map_func.function.captured_inputs, f=self._map_func.function, **numbers,
            **self._flat_structure))

    def _transformation_name(self):
        return 'Dataset.interleave()'


class ParallelInterleaveDataset(_DatasetsOfElements):
    """Several datasets in turn, each on a thread of its own."""

    def __init__(self, input_dataset, map_func, cycle_length, block_length, num_parallel_calls):
        self._build_function(input_dataset, map_func)
        numbers = convert.tensors(cycle_length=cycle_length, block_length=block_length, num_parallel_calls=num_parallel_calls)
        super().__init__(input_dataset, gen_dataset_ops.parallel_interleave_dataset_v2(
            input_dataset._variant_tensor, self._map_func.function.captured_inputs, f=self._map_func.function, **numbers,
            **self._flat_structure))

    def _transformation_name(self):
        return 'Dataset.interleave()'


class FilterDataset(dataset.UnaryUnchangedStructureDataset):
    """The elements that a predicate lets pass."""

    def __init__(self, input_dataset, predicate, use_legacy_function=False):
        wrapped = structured_function.StructuredFunctionWrapper(
            predicate, self._transformation_name(), dataset=input_dataset, use_legacy_function=use_legacy_function)
        if not wrapped.output_structure.is_compatible_with(tensor_spec.TensorSpec([], dtypes.bool)):
            raise ValueError('`predicate` return type must be convertible to a scalar boolean tensor. Was {}.'.format(
                wrapped.output_structure))
        self._predicate = wrapped
        super().__init__(input_dataset, gen_dataset_ops.filter_dataset(
            input_dataset._variant_tensor, other_arguments=wrapped.function.captured_inputs, predicate=wrapped.function,
            **input_dataset._flat_structure))

    def _functions(self):
        return [self._predicate]

    def _transformation_name(self):
        return 'Dataset.filter()'
