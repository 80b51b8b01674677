"""Arrays of tensors where operations run at once: a Python list. What the engine's array does for graphs."""

import numpy as np

from reflow.framework import errors_impl
from reflow.framework import ops
from reflow.framework import tensor_shape


class EagerArray:
    """The elements; None: not written. Changes happen at once, and give the array itself."""

    handle = None
    flow = None

    def __init__(self, dtype, size, dynamic_size, clear_after_read, infer_shape, element_shape):
        self.dtype = dtype
        self.dynamic_size = dynamic_size
        self.infer_shape = infer_shape
        self.element_shape = tensor_shape.as_shape(element_shape)
        self._clear_after_read = clear_after_read
        self._elements = [None] * int(size)
        self._was_read = set()

    def with_flow(self, flow):
        return self

    def identity(self):
        return self

    def grad(self, source, flow=None, name=None):
        raise NotImplementedError('TensorArray.grad is not supported when executing eagerly; eager\'s gradient '
                                  'implementation does not use/need this function to compute gradients of operations that '
                                  'use TensorArrays.')

    def read(self, index, name=None):
        index = int(index)
        if index < 0:
            raise errors_impl.OutOfRangeError(None, None, 'Reading from negative indices (index %d) is not allowed.' % index)
        if index >= len(self._elements):
            raise errors_impl.OutOfRangeError(None, None, 'Tried to read from index %d but array size is: %d' % (
                index, len(self._elements)))
        value = self._elements[index]
        if value is None:
            if index in self._was_read:
                raise errors_impl.InvalidArgumentError(
                    None, None, 'Could not read index %d twice because it was cleared after a previous read (perhaps try '
                    'setting clear_after_read = false?)' % index)
            value = self._elements[index] = self._zero(index)
        if self._clear_after_read:
            self._elements[index] = None
            self._was_read.add(index)
        return value

    def _zero(self, index):
        from reflow.ops import array_ops
        if not self.element_shape.is_fully_defined():
            raise errors_impl.InvalidArgumentError(
                None, None, 'Could not read from TensorArray index %d.  Furthermore, the element shape is not fully defined: '
                '%s.  It is possible you are working with a resizeable TensorArray and stop_gradients is not allowing the '
                'gradients to be written.  If you set the full element_shape property on the forward TensorArray, the proper '
                'all-zeros tensor will be returned instead of incurring this error.' % (index, self.element_shape))
        return array_ops.zeros(self.element_shape, self.dtype)

    def write(self, index, value, name=None):
        index = int(index)
        if index < 0:
            raise errors_impl.OutOfRangeError(None, None, 'Writing to negative indices (index %d) is not allowed.' % index)
        if index >= len(self._elements):
            if not self.dynamic_size:
                raise errors_impl.OutOfRangeError(
                    None, None, 'Tried to write to index %d but array is not resizeable and size is: %d' % (
                        index, len(self._elements)))
            self._elements += [None] * (index + 1 - len(self._elements))
        value = ops.convert_to_tensor(value, preferred_dtype=self.dtype)
        if value.dtype != self.dtype:
            raise errors_impl.InvalidArgumentError(
                None, None, 'TensorArray dtype is %s but Op is trying to write dtype %s' % (self.dtype.name, value.dtype.name))
        if not self.element_shape.is_compatible_with(value.shape):
            raise ValueError('Incompatible shape for value (%s), expected (%s)' % (value.shape, self.element_shape))
        if self.infer_shape:
            self.element_shape = self.element_shape.merge_with(value.shape)
        self._elements[index] = value
        return self

    def stack(self, name=None):
        from reflow.ops import array_ops
        for i, element in enumerate(self._elements):
            if element is None:
                self._elements[i] = self._zero(i)
        if not self._elements and self.element_shape.is_fully_defined():
            return array_ops.zeros([0] + self.element_shape.as_list(), self.dtype)
        return ops.convert_to_tensor(array_ops.stack(self._elements, name=name), dtype=self.dtype)

    def gather(self, indices, name=None):
        from reflow.ops import array_ops
        return array_ops.stack([self.read(index) for index in np.asarray(ops.convert_to_tensor(indices)).tolist()])

    def concat(self, name=None):
        from reflow.ops import array_ops
        return array_ops.concat([self.read(i) for i in range(len(self._elements))], 0, name=name)

    def unstack(self, value, name=None):
        from reflow.ops import array_ops
        rows = array_ops.unstack(ops.convert_to_tensor(value, preferred_dtype=self.dtype))
        if len(rows) > len(self._elements) and not self.dynamic_size:
            raise ValueError('Cannot unstack %d tensors into a TensorArray of static size %d' % (
                len(rows), len(self._elements)))
        return self._set_all(rows)

    def _set_all(self, values):
        self._elements = list(values)
        if self.infer_shape:
            for value in values:
                self.element_shape = self.element_shape.merge_with(value.shape)
        return self

    def scatter(self, indices, value, name=None):
        from reflow.ops import array_ops
        rows = array_ops.unstack(ops.convert_to_tensor(value, preferred_dtype=self.dtype))
        for index, row in zip(np.asarray(ops.convert_to_tensor(indices)).tolist(), rows):
            self.write(index, row)
        return self

    def split(self, value, lengths, name=None):
        from reflow.ops import array_ops
        lengths = np.asarray(ops.convert_to_tensor(lengths)).tolist()
        if sum(lengths) != ops.convert_to_tensor(value).shape.as_list()[0]:
            raise errors_impl.InvalidArgumentError(None, None, 'Expected sum of lengths to be equal to values.shape[0], but '
                                                   'sum of lengths is %d and value\'s shape is: %s ' % (
                                                       sum(lengths), ops.convert_to_tensor(value).shape))
        return self._set_all(array_ops.split(ops.convert_to_tensor(value, preferred_dtype=self.dtype), lengths, name=name))

    def size(self, name=None):
        return ops.convert_to_tensor(len(self._elements))

    def close(self, name=None):
        self._elements = []
