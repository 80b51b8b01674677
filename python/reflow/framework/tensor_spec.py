"""TensorSpec: what is known of a tensor before it exists."""
import numpy as np

from reflow.framework import dtypes, tensor_like, tensor_shape, type_spec
from reflow.util.shown_attributes import shown


class TensorSpec(type_spec.BatchableTypeSpec):
    """The shape, type and name of a tensor."""

    __slots__ = ['_shape', '_shape_tuple', '_dtype', '_name']

    _is_type_spec_class = False  # has no components, so that nest takes it for a leaf

    def __init__(self, shape, dtype=dtypes.float32, name=None):
        self._shape = tensor_shape.TensorShape(shape)
        self._shape_tuple = None if self._shape.ndims is None else tuple(self._shape.as_list())
        self._dtype = dtypes.as_dtype(dtype)
        self._name = name

    @classmethod
    def from_spec(cls, spec, name=None):
        """The TensorSpec that says what another spec of a tensor says."""
        return cls(spec.shape, spec.dtype, name or spec.name)

    @classmethod
    def from_tensor(cls, tensor, name=None):
        """The spec of a tensor, whose name is that of the operation if none is given."""
        if tensor_like.is_eager_tensor(tensor):
            return TensorSpec(tensor.shape, tensor.dtype, name)
        if tensor_like.is_plain_tensor(tensor):
            return TensorSpec(tensor.shape, tensor.dtype, name or tensor.op.name)
        raise ValueError('`tensor` should be a tf.Tensor')

    shape = shown('_shape', 'The shape that the tensor has.')
    dtype = shown('_dtype', "The type of the tensor's elements.")
    name = shown('_name', 'The name, None if there is none.')

    @property
    def value_type(self):
        from reflow.framework import ops
        return ops.Tensor

    def is_compatible_with(self, spec_or_tensor):
        """Whether a tensor, or tensors with that spec, may have this spec."""
        return (isinstance(spec_or_tensor, TensorSpec) or tensor_like.is_plain_tensor(spec_or_tensor)) and (
            self._dtype.is_compatible_with(spec_or_tensor.dtype)
            and self._shape.is_compatible_with(spec_or_tensor.shape))

    def most_specific_compatible_type(self, other):
        """The spec that says what both say and no more. Raises ValueError if the types differ."""
        if type(self) is not type(other) or self._dtype != other.dtype:
            raise ValueError('Types are not compatible: %r vs %r' % (self, other))
        return TensorSpec(self._shape.most_specific_compatible_shape(other.shape), self._dtype,
                          self._name if self._name == other.name else None)

    def __repr__(self):
        return 'TensorSpec(shape={}, dtype={!r}, name={!r})'.format(self._shape, self._dtype, self._name)

    def __hash__(self):
        return hash((self._shape_tuple, self._dtype))

    def __eq__(self, other):
        return (type(self) is type(other) and self._shape_tuple == other._shape_tuple
                and self._dtype == other._dtype and self._name == other._name)

    def _serialize(self):
        return self._shape, self._dtype, self._name

    @property
    def _component_specs(self):
        return self

    def _to_components(self, value):
        from reflow.framework import ops
        text = 'Value %r is not convertible to a tensor with dtype %s and shape %s.'
        try:
            value = ops.convert_to_tensor(value, self._dtype)
        except (TypeError, ValueError):
            raise ValueError(text % (value, self._dtype, self._shape))
        if not value.shape.is_compatible_with(self._shape):
            raise ValueError(text % (value, self._dtype, self._shape))
        return value

    def _from_components(self, components):
        return components

    def _from_compatible_tensor_list(self, tensor_list):
        tensor, = tensor_list
        tensor.set_shape(self._shape)
        return tensor

    def _to_batchable_tensor_list(self, value, batched=False):
        if batched and self._shape.merge_with(value.shape).ndims == 0:
            raise ValueError('Unbatching a tensor is only supported for rank >= 1')
        return self._to_components(value)

    def _batch(self, batch_size):
        return TensorSpec(tensor_shape.TensorShape([batch_size]).concatenate(self._shape), self._dtype)

    def _unbatch(self):
        if self._shape.ndims == 0:
            raise ValueError('Unbatching a tensor is only supported for rank >= 1')
        return TensorSpec(self._shape[1:], self._dtype)

    def _to_legacy_output_types(self):
        return self._dtype

    def _to_legacy_output_shapes(self):
        return self._shape


class BoundedTensorSpec(TensorSpec):
    """A TensorSpec with the least and the greatest value of the elements."""

    __slots__ = ('_minimum', '_maximum')

    def __init__(self, shape, dtype, minimum, maximum, name=None):
        super().__init__(shape, dtype, name)
        if minimum is None or maximum is None:
            raise ValueError("minimum and maximum must be provided; but saw '%s' and '%s'" % (minimum, maximum))
        self._minimum = self._bound('minimum', minimum)
        self._maximum = self._bound('maximum', maximum)

    def _bound(self, which, value):
        from reflow.framework import common_shapes
        try:
            common_shapes.broadcast_shape(tensor_shape.TensorShape(np.shape(value)), self.shape)
        except ValueError as error:
            raise ValueError('%s is not compatible with shape. Message: %r.' % (which, error))
        array = np.array(value, dtype=self.dtype.as_numpy_dtype)
        array.setflags(write=False)
        return array

    @classmethod
    def from_spec(cls, spec):
        """The bounded spec of another spec; where that has no bounds, those of its type."""
        dtype = dtypes.as_dtype(spec.dtype)
        return BoundedTensorSpec(spec.shape, dtype, getattr(spec, 'minimum', dtype.min),
                                 getattr(spec, 'maximum', dtype.max), spec.name)

    minimum = shown('_minimum', 'A read-only array of the least values.')
    maximum = shown('_maximum', 'A read-only array of the greatest values.')

    def __repr__(self):
        return 'BoundedTensorSpec(shape={}, dtype={!r}, name={!r}, minimum={!r}, maximum={!r})'.format(
            self.shape, self.dtype, self.name, self.minimum, self.maximum)

    def __eq__(self, other):
        return (super().__eq__(other) and np.allclose(self.minimum, other.minimum)
                and np.allclose(self.maximum, other.maximum))

    __hash__ = TensorSpec.__hash__

    def __reduce__(self):
        return BoundedTensorSpec, (self._shape, self._dtype, self._minimum, self._maximum, self._name)

    def _serialize(self):
        return self._shape, self._dtype, self._minimum, self._maximum, self._name
