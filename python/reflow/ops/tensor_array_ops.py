"""Arrays of tensors, each written once and read, in particular in loops."""

import numpy as np

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import tensor_shape
from reflow.framework import type_spec


class TensorArray:
    """An array of tensors. What changes it gives a new object, to be used from then on."""

    def __init__(self, dtype, size=None, dynamic_size=None, clear_after_read=None, tensor_array_name=None, handle=None,
                 flow=None, infer_shape=True, element_shape=None, colocate_with_first_write_call=True, name=None):
        if handle is not None and tensor_array_name:
            raise ValueError('Cannot construct with both handle and tensor_array_name')
        if handle is not None and not isinstance(handle, _core.Tensor):
            raise TypeError('Handle must be a Tensor')
        if handle is None and size is None:
            raise ValueError('Size must be provided if handle is not provided')
        if handle is not None and size is not None:
            raise ValueError('Cannot provide both a handle and size at the same time')
        if handle is not None and element_shape is not None:
            raise ValueError('Cannot provide both a handle and element_shape at the same time')
        if handle is not None and dynamic_size is not None:
            raise ValueError('Cannot provide both a handle and dynamic_size at the same time')
        if handle is not None and clear_after_read is not None:
            raise ValueError('Cannot provide both a handle and clear_after_read at the same time')
        clear_after_read = True if clear_after_read is None else bool(clear_after_read)
        dtype = dtypes.as_dtype(dtype)
        if _core.executing_eagerly():
            from reflow.ops import eager_tensor_array
            self._array = eager_tensor_array.EagerArray(dtype, size or 0, bool(dynamic_size), clear_after_read,
                                                        bool(infer_shape), element_shape)
        elif handle is not None:
            self._array = _core.tensor_array_of(dtype, handle, flow, bool(dynamic_size), clear_after_read,
                                                bool(infer_shape), element_shape, bool(colocate_with_first_write_call))
        else:
            self._array = _core.make_tensor_array(dtype, size, bool(dynamic_size), clear_after_read, tensor_array_name,
                                                  bool(infer_shape), element_shape,
                                                  bool(colocate_with_first_write_call), name)

    @classmethod
    def _of(cls, array):
        result = object.__new__(cls)
        result._array = array
        return result

    def _with_flow(self, flow):
        return TensorArray._of(self._array.with_flow(flow))

    @property
    def flow(self):
        """The scalar that orders what is done to the array."""
        return self._array.flow

    @property
    def dtype(self):
        """The type of the elements."""
        return self._array.dtype

    @property
    def handle(self):
        """The tensor that names the array."""
        return self._array.handle

    @property
    def dynamic_size(self):
        """Whether writes beyond the end make it larger."""
        return self._array.dynamic_size

    @property
    def element_shape(self):
        """What is known of the elements' shapes."""
        return tensor_shape.TensorShape(self._array.element_shape)

    @property
    def _infer_shape(self):
        return self._array.infer_shape

    def identity(self):
        """The same array, after control dependencies."""
        return TensorArray._of(self._array.identity())

    def grad(self, source, flow=None, name=None):
        """The array of the gradients of the elements."""
        return TensorArray._of(self._array.grad(source, flow, name))

    def read(self, index, name=None):
        """Element `index`."""
        return self._array.read(index, name)

    def write(self, index, value, name=None):
        """Writes element `index`."""
        return TensorArray._of(self._array.write(index, value, name))

    def stack(self, name=None):
        """All elements, stacked."""
        return self._array.stack(name)

    def gather(self, indices, name=None):
        """The elements `indices`, stacked."""
        return self._array.gather(indices, name)

    def concat(self, name=None):
        """All elements, joined along their first dimension."""
        return self._array.concat(name)

    def unstack(self, value, name=None):
        """Row i of `value` becomes element i."""
        return TensorArray._of(self._array.unstack(value, name))

    def scatter(self, indices, value, name=None):
        """Row i of `value` becomes element indices[i]."""
        return TensorArray._of(self._array.scatter(indices, value, name))

    def split(self, value, lengths, name=None):
        """Pieces of `value` of these lengths become the elements."""
        return TensorArray._of(self._array.split(value, lengths, name))

    def size(self, name=None):
        """The number of elements."""
        return self._array.size(name)

    def close(self, name=None):
        """Frees the array."""
        return self._array.close(name)


TensorArray.__module__ = 'tensorflow.python.ops.tensor_array_ops'


def _sizes(shape):
    """A shape as ops of lists take it: -1 for what is not known."""
    if shape.ndims is None:
        return -1
    return np.array([-1 if size is None else size for size in shape.as_list()], dtype=np.int32)


class TensorArraySpec(type_spec.TypeSpec):
    """What is known of an array: its elements' type and shape, whether it grows, and whether shapes are inferred."""

    __slots__ = ['_element_shape', '_dtype', '_dynamic_size', '_infer_shape']

    value_type = property(lambda self: TensorArray)

    def __init__(self, element_shape=None, dtype=dtypes.float32, dynamic_size=False, infer_shape=True):
        self._dtype, self._element_shape = dtypes.as_dtype(dtype), tensor_shape.as_shape(element_shape)
        self._dynamic_size, self._infer_shape = dynamic_size, infer_shape

    def is_compatible_with(self, other):
        """Whether an array, or arrays with that spec, may have this spec; inference of shapes doesn't matter."""
        spec = other if isinstance(other, type_spec.TypeSpec) else type_spec.type_spec_from_value(other)
        if not isinstance(spec, TensorArraySpec) or spec._dynamic_size != self._dynamic_size:
            return False
        return all(mine.is_compatible_with(theirs) for mine, theirs in (
            (self._dtype, spec._dtype), (self._element_shape, spec._element_shape)))

    def most_specific_compatible_type(self, other):
        """The spec that says what both say and no more. ValueError: there is none."""
        if not self.is_compatible_with(other):
            raise ValueError('Types are not compatible')
        shape = self._element_shape.most_specific_compatible_shape(other._element_shape)
        return TensorArraySpec(shape, self._dtype, self._dynamic_size, self._infer_shape and other._infer_shape)

    def _serialize(self):
        return self._element_shape, self._dtype, self._dynamic_size, self._infer_shape

    @property
    def _component_specs(self):
        from reflow.framework import tensor_spec
        return [tensor_spec.TensorSpec([], dtypes.variant)]

    def _to_components(self, value):
        if not isinstance(value, TensorArray):
            raise TypeError('value must be a TensorArray, but saw: {}'.format(type(value)))
        from reflow.framework import ops
        from reflow.ops import gen_list_ops
        with ops.name_scope('convert_tensor_array'):
            return [gen_list_ops.tensor_list_from_tensor(value.stack(), _sizes(value.element_shape))]

    def _from_components(self, tensor_list):
        from reflow.ops import gen_list_ops
        elements = gen_list_ops.tensor_list_stack(tensor_list[0], _sizes(self._element_shape), self._dtype)
        array = TensorArray(self._dtype, gen_list_ops.tensor_list_length(tensor_list[0]), self._dynamic_size,
                            infer_shape=self._infer_shape, element_shape=self._element_shape)
        return array.unstack(elements)

    @staticmethod
    def from_value(value):
        """The spec of an array."""
        if not isinstance(value, TensorArray):
            raise TypeError('Expected value to be a TensorArray, but saw: {}'.format(type(value)))
        return TensorArraySpec(value.element_shape, value.dtype, value.dynamic_size, value._infer_shape)

    def _to_legacy_output_types(self):
        return self._dtype

    def _to_legacy_output_shapes(self):
        return tensor_shape.TensorShape([self._dynamic_size, self._infer_shape]).concatenate(self._element_shape)


TensorArraySpec.__module__ = 'tensorflow.python.ops.tensor_array_ops'
type_spec.register_type_spec_from_value_converter(TensorArray, TensorArraySpec.from_value, allow_subclass=True)
