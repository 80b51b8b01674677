"""Arrays of tensors, each written once and read, in particular in loops."""

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import tensor_shape


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
