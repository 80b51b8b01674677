"""The specs of ragged tensors."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_spec
from reflow.framework import type_spec
from reflow.ops.ragged.ragged_tensor_value import RaggedTensorValue


class RaggedTensorSpec(type_spec.BatchableTypeSpec):
    """What is known of a RaggedTensor: shape, type, ragged rank and the type of the splits."""

    __slots__ = ['_shape', '_dtype', '_ragged_rank', '_row_splits_dtype']

    @property
    def value_type(self):
        """RaggedTensor; of no ragged dimensions Tensor."""
        from reflow.ops.ragged import ragged_tensor
        return ragged_tensor.RaggedTensor if self._ragged_rank > 0 else ops.Tensor

    def __init__(self, shape=None, dtype=dtypes.float32, ragged_rank=None, row_splits_dtype=dtypes.int64):
        self._shape = tensor_shape.as_shape(shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._row_splits_dtype = dtypes.as_dtype(row_splits_dtype)
        rank = self._shape.ndims
        if ragged_rank is None:
            if rank is None:
                raise ValueError('Must specify ragged_rank or a shape with known rank.')
            ragged_rank = rank - 1
        if not isinstance(ragged_rank, int):
            raise TypeError('ragged_rank must be an int')
        if rank is not None and ragged_rank >= rank:
            raise ValueError('ragged_rank must be less than rank.')
        self._ragged_rank = ragged_rank

    def _serialize(self):
        return self._shape, self._dtype, self._ragged_rank, self._row_splits_dtype

    @property
    def _component_specs(self):
        if self._ragged_rank == 0:
            return [tensor_spec.TensorSpec(self._shape, self._dtype)]
        flat_shape = tensor_shape.TensorShape([None]).concatenate(self._shape[self._ragged_rank + 1:])
        outer = tensor_shape.dimension_value(self._shape[0]) if self._shape.ndims else None
        splits = [tensor_spec.TensorSpec([None if outer is None else outer + 1], self._row_splits_dtype)]
        splits += [tensor_spec.TensorSpec([None], self._row_splits_dtype) for _ in range(1, self._ragged_rank)]
        return [tensor_spec.TensorSpec(flat_shape, self._dtype)] + splits

    def _to_components(self, value):
        from reflow.ops.ragged import ragged_tensor
        if ragged_tensor.is_ragged(value):
            return [value.flat_values] + list(value.nested_row_splits)
        return [value]

    def _from_components(self, tensor_list):
        from reflow.ops.ragged import ragged_tensor
        result = tensor_list[0]
        if all(isinstance(tensor, np.ndarray) for tensor in tensor_list):
            for splits in reversed(tensor_list[1:]):
                result = RaggedTensorValue(result, splits)
            return result
        for splits in reversed(tensor_list[1:]):
            result = ragged_tensor.RaggedTensor(result, splits, internal=True)
        return result

    # Where a value travels as a list of tensors, in a dataset, it is one variant tensor, serialized.

    @property
    def _flat_tensor_specs(self):
        return [tensor_spec.TensorSpec(None, dtypes.variant)]

    def _to_tensor_list(self, value):
        return [self._to_variant(value, batched_input=False)]

    def _to_batched_tensor_list(self, value):
        return [self._to_variant(value, batched_input=True)]

    def _to_variant(self, value, batched_input):
        from reflow.ops import gen_ragged_conversion_ops
        return gen_ragged_conversion_ops.ragged_tensor_to_variant(
            value.nested_row_splits, value.flat_values, batched_input=batched_input)

    def _from_compatible_tensor_list(self, tensor_list):
        from reflow.ops import gen_ragged_conversion_ops
        if self._ragged_rank <= 0:
            raise ValueError('ragged_rank must be non-negative; got %s.' % self._ragged_rank)
        splits, flat_values = gen_ragged_conversion_ops.ragged_tensor_from_variant(
            tensor_list[0], input_ragged_rank=-1, output_ragged_rank=self._ragged_rank, Tvalues=self._dtype,
            Tsplits=self._row_splits_dtype)
        result = self._from_components([flat_values] + list(splits))
        if self._shape.ndims is not None:
            outer = tensor_shape.dimension_value(self._shape[0])
            if outer is not None:
                result.row_splits.set_shape([outer + 1])
            flat_values.set_shape(tensor_shape.TensorShape([None]).concatenate(self._shape[1 + self._ragged_rank:]))
        return result

    def _batch(self, batch_size):
        return RaggedTensorSpec(tensor_shape.TensorShape([batch_size]).concatenate(self._shape), self._dtype,
                                self._ragged_rank + 1, self._row_splits_dtype)

    def _unbatch(self):
        # The rank may become negative, for a dataset that is batched again.
        return RaggedTensorSpec(self._shape[1:], self._dtype, self._ragged_rank - 1, self._row_splits_dtype)

    def _to_legacy_output_types(self):
        return self._dtype

    def _to_legacy_output_shapes(self):
        return self._shape

    def _to_legacy_output_classes(self):
        return self


RaggedTensorSpec.__module__ = 'tensorflow.python.ops.ragged.ragged_tensor'
