"""The methods of tensors that have their values. The class itself is C++ (`reflow._core`)."""

from reflow import _core
from reflow.framework import graph as graph_lib

EagerTensor = _core.EagerTensor


def numpy_text(tensor, is_repr=False):
    """The value as TensorFlow prints it."""
    if not tensor.dtype.is_numpy_compatible:
        text = '<unprintable>'
    else:
        value = tensor._numpy_view()
        # NumPy 2 has names of types around its scalars.
        shows_type = is_repr and (tensor.shape.ndims != 0 or tensor.dtype.name == 'bfloat16')
        text = repr(value) if shows_type else str(value)
    return '\n' + text if '\n' in text else text


def _meaningless(name):
    def get(self):
        raise AttributeError('Tensor.%s is meaningless when eager execution is enabled.' % name)
    return property(get, doc='AttributeError: tensors that have their values have none.')


class _EagerTensorMethods:
    """A tensor that has its value."""

    op = _meaningless('op')
    graph = _meaningless('graph')
    name = _meaningless('name')
    value_index = _meaningless('value_index')

    @property
    def device(self):
        """The name of the device that has the value."""
        return _core.eager_device_name()

    backing_device = device

    @property
    def ndim(self):
        """The number of dimensions."""
        return self._rank()

    def numpy(self):
        """The value as a NumPy array, or a NumPy scalar."""
        return self._numpy()

    def consumers(self):
        """NotImplementedError: nobody knows them."""
        raise NotImplementedError('Tensor.consumers is meaningless when eager execution is enabled.')

    def eval(self, feed_dict=None, session=None):
        """NotImplementedError: there is no session."""
        raise NotImplementedError("eval is not supported when eager execution is enabled, is .numpy() what you're looking "
                                  'for?')

    def get_shape(self):
        """The shape."""
        return self.shape

    def _shape_as_list(self):
        return list(self._shape_tuple())

    def _shape_tuple(self):
        return tuple(self.shape.as_list())

    def _datatype_enum(self):
        return int(self.dtype)

    def set_shape(self, shape):
        """Checks the shape. ValueError: it is another one."""
        if not self.shape.is_compatible_with(shape):
            raise ValueError("Tensor's shape %s is not compatible with supplied shape %s" % (self.shape, shape))

    def cpu(self):
        """The tensor on the CPU, where it is."""
        return self

    def gpu(self, gpu_index=0):
        """RuntimeError: there are no GPUs."""
        raise RuntimeError('GPU:%d unknown device.' % gpu_index)

    def _copy_to_device(self, device_name):
        return self

    def __repr__(self):
        return '<tf.Tensor: id=%s, shape=%s, dtype=%s, numpy=%s>' % (self._id, self.shape, self.dtype.name,
                                                                     numpy_text(self, is_repr=True))

    def __str__(self):
        return 'tf.Tensor(%s, shape=%s, dtype=%s)' % (numpy_text(self), self.shape, self.dtype.name)

    def __format__(self, format_spec):
        return self._numpy().__format__(format_spec)

    def __bool__(self):
        return self._num_elements() > 0 and bool(self._numpy_view())

    __nonzero__ = __bool__

    def __int__(self):
        return int(self._item())

    __long__ = __int__

    def __float__(self):
        return float(self._item())

    def __complex__(self):
        return complex(self._item())

    def __index__(self):
        return int(self._item())

    def __round__(self, *digits):
        return self._numpy().__round__(*digits)

    def __len__(self):
        return self._length()

    def __iter__(self):
        if self._rank() == 0:
            raise TypeError('Cannot iterate over a scalar tensor.')
        return (self[i] for i in range(self._length()))

    def __array__(self, dtype=None, copy=None):
        import numpy as np
        return np.array(self._numpy_view(), dtype=dtype)

    def __reduce__(self):
        from reflow.framework import ops
        return ops.convert_to_tensor, (self._numpy(),)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        memo[id(self)] = self
        return self

    def __hash__(self):
        return id(self) >> 4

    def __eq__(self, other):
        return self is other

    def __ne__(self, other):
        return self is not other


graph_lib.attach(_EagerTensorMethods, EagerTensor)
EagerTensor.__module__ = 'tensorflow.python.framework.ops'
