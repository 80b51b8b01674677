"""Datasets whose elements have elements of another as their rows, and the other way round."""
import numpy as np

from reflow.data.ops import dataset, mapped
from reflow.data.util import nest, sparse, structure
from reflow.framework import dtypes, ops, smart_cond, tensor_shape, tensor_util
from reflow.ops import gen_dataset_ops, gen_experimental_dataset_ops


class BatchDataset(dataset.UnaryDataset):
    """Batches of elements."""

    def __init__(self, input_dataset, batch_size, drop_remainder):
        self._batch_size = ops.convert_to_tensor(batch_size, dtype=dtypes.int64, name='batch_size')
        self._drop_remainder = ops.convert_to_tensor(drop_remainder, dtype=dtypes.bool, name='drop_remainder')
        rows = None
        if smart_cond.smart_constant_value(self._drop_remainder):
            rows = tensor_util.constant_value(self._batch_size)
        self._structure = nest.map_structure(lambda spec: spec._batch(rows), input_dataset.element_spec)
        super().__init__(input_dataset, gen_dataset_ops.batch_dataset_v2(
            input_dataset._variant_tensor, batch_size=self._batch_size, drop_remainder=self._drop_remainder,
            **self._flat_structure))

    @property
    def element_spec(self):
        return self._structure


def _is_padded_shape_compatible_with(padded_shape, input_component_shape):
    if padded_shape.dims is None or input_component_shape.dims is None:
        return True
    if len(padded_shape.dims) != len(input_component_shape.dims):
        return False
    return all(padded.value is None or size.value is None or padded.value >= size.value
               for padded, size in zip(padded_shape.dims, input_component_shape.dims))


def _padded_shape_to_tensor(padded_shape, input_component_shape):
    """The sizes to pad to as an int64 vector, -1: to the largest of a batch."""
    try:
        known = tensor_shape.as_shape(padded_shape)
        result = ops.convert_to_tensor([-1 if dim is None else dim for dim in known.as_list()], dtype=dtypes.int64)
    except (TypeError, ValueError):
        result = ops.convert_to_tensor(padded_shape, preferred_dtype=dtypes.int64)
        if result.shape.dims is not None and len(result.shape.dims) != 1:
            raise ValueError('Padded shape %s must be a 1-D tensor of tf.int64 values, but its shape was %s.' % (
                padded_shape, result.shape))
        if result.dtype != dtypes.int64:
            raise TypeError('Padded shape %s must be a 1-D tensor of tf.int64 values, but its element type was %s.' % (
                padded_shape, result.dtype.name))
        known = tensor_util.constant_value_as_shape(result)
    if not _is_padded_shape_compatible_with(known, input_component_shape):
        raise ValueError('The padded shape %s is not compatible with the corresponding input component shape %s.' % (
            known, input_component_shape))
    return result


def _padding_value_to_tensor(value, output_type):
    value = ops.convert_to_tensor(value, name='padding_value')
    if not value.shape.is_compatible_with(tensor_shape.TensorShape([])):
        raise ValueError('Padding value should be a scalar, but is not: %s' % value)
    if value.dtype != output_type:
        raise TypeError('Padding value tensor (%s) does not match output type: %s' % (value, output_type))
    return value


def _zero(dtype):
    if dtype.base_dtype == dtypes.string:
        return ''
    if dtype.base_dtype == dtypes.variant:
        raise TypeError("Unable to create padding for field of type 'variant' because t.base_type == dtypes.variant == "
                        '{}.'.format(dtype.base_dtype))
    return np.zeros_like(dtype.as_numpy_dtype())


class PaddedBatchDataset(dataset.UnaryDataset):
    """Batches of elements that are padded to one shape."""

    def __init__(self, input_dataset, batch_size, padded_shapes, padding_values, drop_remainder):
        spec = input_dataset.element_spec
        if sparse.any_sparse(structure.legacy_classes(spec)):
            raise TypeError('Batching of padded sparse tensors is not currently supported')
        self._batch_size = ops.convert_to_tensor(batch_size, dtype=dtypes.int64, name='batch_size')
        types, shapes = structure.legacy_types(spec), structure.legacy_shapes(spec)
        if padding_values is None:
            padding_values = nest.map_structure(_zero, types)
        padded = [_padded_shape_to_tensor(padded_shape, shape) for shape, padded_shape in zip(
            nest.flatten(shapes), nest.flatten_up_to(shapes, padded_shapes))]
        self._padded_shapes = nest.pack_sequence_as(shapes, padded)
        self._padding_values = nest.map_structure_up_to(shapes, _padding_value_to_tensor, padding_values, types)
        self._drop_remainder = ops.convert_to_tensor(drop_remainder, dtype=dtypes.bool, name='drop_remainder')
        rows = None
        if smart_cond.smart_constant_value(self._drop_remainder):
            rows = tensor_util.constant_value(self._batch_size)
        self._structure = structure.convert_legacy_structure(
            types, nest.map_structure(lambda sizes: tensor_shape.TensorShape([rows]).concatenate(
                tensor_util.constant_value_as_shape(sizes)), self._padded_shapes), structure.legacy_classes(spec))
        super().__init__(input_dataset, gen_dataset_ops.padded_batch_dataset_v2(
            input_dataset._variant_tensor, batch_size=self._batch_size, padded_shapes=padded,
            padding_values=nest.flatten(self._padding_values), drop_remainder=self._drop_remainder,
            output_shapes=structure.get_flat_tensor_shapes(self._structure)))

    @property
    def element_spec(self):
        return self._structure


class _RestructuredDataset(dataset.UnaryDataset):
    """A dataset whose elements are known to have another spec."""

    def __init__(self, input_dataset, element_spec):
        self._structure = element_spec
        super().__init__(input_dataset, input_dataset._variant_tensor)

    @property
    def element_spec(self):
        return self._structure


class _UnbatchDataset(dataset.UnaryDataset):
    """The rows of the elements."""

    def __init__(self, input_dataset):
        flat_shapes = input_dataset._flat_shapes
        if any(shape.ndims == 0 for shape in flat_shapes):
            raise ValueError('Cannot unbatch an input with scalar components.')
        batch_dim = tensor_shape.Dimension(None)
        for shape in flat_shapes:
            if shape.ndims is not None:
                try:
                    batch_dim = batch_dim.merge_with(shape.dims[0])
                except ValueError:
                    raise ValueError('Cannot unbatch an input whose components have different batch sizes.') from None
        self._structure = nest.map_structure(lambda spec: spec._unbatch(), input_dataset.element_spec)
        super().__init__(input_dataset, gen_experimental_dataset_ops.unbatch_dataset(
            input_dataset._variant_tensor, **self._flat_structure))

    @property
    def element_spec(self):
        return self._structure


def unbatch(input_dataset):
    """The rows of the elements of a dataset."""

    def normalize(arg, *rest):
        element = (arg,) + rest if rest else arg
        return structure.to_batched_tensor_list(input_dataset.element_spec, element)

    # The function has made tensors of what isn't; the spec is that of before.
    normalized = mapped.MapDataset(input_dataset, normalize, preserve_cardinality=input_dataset._map_preserves_cardinality)
    return _UnbatchDataset(_RestructuredDataset(normalized, input_dataset.element_spec))
