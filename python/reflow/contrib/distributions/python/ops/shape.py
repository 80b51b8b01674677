"""How the dimensions of a tensor are those of samples, of a batch of distributions, and of an event."""

import contextlib

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops.distributions import util as distribution_util


class _DistributionShape:
    """Tells the dimensions of samples, batch and event apart: there are `batch_ndims` and `event_ndims`, the rest is samples'.

    The nodes are TensorFlow's: how many there are decides on the seeds of samples that get none.
    """

    def __init__(self, batch_ndims=None, event_ndims=None, validate_args=False, name='DistributionShape'):
        if batch_ndims is None:
            raise ValueError('batch_ndims cannot be None')
        if event_ndims is None:
            raise ValueError('event_ndims cannot be None')
        self._name = name
        self._validate_args = validate_args
        with ops.name_scope(name), ops.name_scope('init', values=[batch_ndims, event_ndims]):
            self._batch_ndims, self._batch_is_scalar = self._checked(batch_ndims, 'batch_ndims')
            self._event_ndims, self._event_is_scalar = self._checked(event_ndims, 'event_ndims')
        self._num_batch = tensor_util.constant_value(self._batch_ndims)
        self._num_event = tensor_util.constant_value(self._event_ndims)

    def _checked(self, ndims, name):
        """`ndims` as a tensor, and whether it is 0: a bool where that is known."""
        ndims = ops.convert_to_tensor(ndims, name=name)
        if ndims.dtype != dtypes.int32:
            raise TypeError('%s must be integer-valued, not %s' % (ndims.name, ndims.dtype.name))
        known = tensor_util.constant_value(ndims)
        if known is not None and known.ndim != 0:
            raise ValueError('%s must be rank 0, not %s' % (ndims.name, known.ndim))
        if known is not None and known < 0:
            raise ValueError('%s must be non-negative, not %s' % (ndims.name, known))
        if known is None and self._validate_args:
            ndims = control_flow_ops.with_dependencies([check_ops.assert_non_negative(ndims)], ndims)
        return ndims, math_ops.equal(ndims, 0) if known is None else bool(known == 0)

    @property
    def name(self):
        """The name."""
        return self._name

    @property
    def batch_ndims(self):
        """The number of dimensions of the batch."""
        return self._batch_ndims

    @property
    def event_ndims(self):
        """The number of dimensions of an event."""
        return self._event_ndims

    @property
    def validate_args(self):
        """Whether arguments are checked when they are computed with."""
        return self._validate_args

    @contextlib.contextmanager
    def _name_scope(self, name, values):
        with ops.name_scope(self._name):
            with ops.name_scope(name, values=values) as scope:
                yield scope

    def get_ndims(self, x, name='get_ndims'):
        """The rank of `x`."""
        with self._name_scope(name, [x]):
            x = ops.convert_to_tensor(x, name='x')
            ndims = x.shape.ndims
            return array_ops.rank(x, name='ndims') if ndims is None else ops.convert_to_tensor(
                ndims, dtype=dtypes.int32, name='ndims')

    def get_sample_ndims(self, x, name='get_sample_ndims'):
        """The number of dimensions of samples."""
        with self._name_scope(name, [x]):
            ndims = self.get_ndims(x, name=name)
            known = tensor_util.constant_value(ndims)
            if known is not None and self._num_batch is not None and self._num_event is not None:
                sample_ndims = known - self._num_batch - self._num_event
                if sample_ndims < 0:
                    raise ValueError('expected batch_ndims(%d) + event_ndims(%d) <= ndims(%d)' % (
                        self._num_batch, self._num_event, known))
                return ops.convert_to_tensor(sample_ndims, name='sample_ndims')
            with ops.name_scope('sample_ndims'):
                sample_ndims = ndims - self._batch_ndims - self._event_ndims
                if self._validate_args:
                    sample_ndims = control_flow_ops.with_dependencies([check_ops.assert_non_negative(sample_ndims)],
                                                                      sample_ndims)
            return sample_ndims

    def get_dims(self, x, name='get_dims'):
        """The numbers of the dimensions of samples, of the batch, and of an event."""
        with self._name_scope(name, [x]):
            sample_ndims = self.get_sample_ndims(x, name=name)
            dims, begin = [], ops.convert_to_tensor(0, name='zero')
            for count, kind in ((sample_ndims, 'sample_dims'), (self._batch_ndims, 'batch_dims'),
                                (self._event_ndims, 'event_dims')):
                dims.append(math_ops.range(begin, begin + count, name=kind))
                begin = begin + count
            return tuple(dims)

    def get_shape(self, x, name='get_shape'):
        """The shapes of samples, of the batch, and of an event, as tensors."""
        with self._name_scope(name, [x]):
            x = ops.convert_to_tensor(x, name='x')
            sample_ndims = self.get_sample_ndims(x, name=name)
            zero = ops.convert_to_tensor(0, name='zero')
            return (self._part(x, [zero], sample_ndims, 'sample_shape'),
                    self._part(x, [sample_ndims], self._batch_ndims, 'batch_shape'),
                    self._part(x, [sample_ndims, self._batch_ndims], self._event_ndims, 'event_shape'))

    @staticmethod
    def _part(x, before, count, name):
        """The shape of `count` dimensions behind those that `before` counts."""
        known = [tensor_util.constant_value(each) for each in before + [count]]
        if x.shape.ndims is not None and all(each is not None for each in known):
            begin = int(sum(known[:-1]))
            part = x.shape[begin:begin + int(known[-1])]
            if part.is_fully_defined():
                return ops.convert_to_tensor(part.as_list(), dtype=dtypes.int32, name=name)
        return array_ops.slice(array_ops.shape(x), [sum(before)], [count])

    def make_batch_of_event_sample_matrices(self, x, expand_batch_dim=True, name='make_batch_of_event_sample_matrices'):
        """(`x` with its samples as the last dimension, their shape): [batch, event, samples]."""
        with self._name_scope(name, [x]):
            x = ops.convert_to_tensor(x, name='x')
            sample_shape, batch_shape, event_shape = self.get_shape(x)
            event_shape = distribution_util.pick_vector(self._event_is_scalar, [1], event_shape)
            if expand_batch_dim:
                batch_shape = distribution_util.pick_vector(self._batch_is_scalar, [1], batch_shape)
            x = array_ops.reshape(x, array_ops.concat([[-1], batch_shape, event_shape], 0))
            return distribution_util.rotate_transpose(x, shift=-1), sample_shape

    def undo_make_batch_of_event_sample_matrices(self, x, sample_shape, expand_batch_dim=True,
                                                 name='undo_make_batch_of_event_sample_matrices'):
        """[samples, batch, event] of what make_batch_of_event_sample_matrices gave."""
        with self._name_scope(name, [x, sample_shape]):
            x = ops.convert_to_tensor(x, name='x')
            sample_shape = ops.convert_to_tensor(sample_shape, dtype=dtypes.int32, name='sample_shape')
            x = distribution_util.rotate_transpose(x, shift=1)
            if self._num_batch is not None and self._num_event is not None:
                batch_shape, event_shape = self._shapes_of_columns(x, expand_batch_dim)
            else:
                shape = array_ops.shape(x)
                batch_shape = shape[1:1 + self._batch_ndims]
                begin = array_ops.where_v2(math_ops.logical_and(expand_batch_dim, self._batch_is_scalar), 2,
                                           1 + self._batch_ndims)
                event_shape = shape[begin:begin + self._event_ndims]
            return array_ops.reshape(x, array_ops.concat([sample_shape, batch_shape, event_shape], 0))

    def _shapes_of_columns(self, x, expand_batch_dim):
        """The shapes of batch and event of `x`, which has one more dimension for each that is a scalar."""
        batch_ndims, event_ndims = self._num_batch, self._num_event
        if (expand_batch_dim and batch_ndims == 0) or event_ndims == 0:
            shape = array_ops.shape(x)
            begin = 2 if expand_batch_dim and batch_ndims == 0 else 1 + batch_ndims
            return shape[1:1 + batch_ndims], shape[begin:begin + event_ndims]
        _, batch_shape, event_shape = self.get_shape(x)
        return batch_shape, event_shape
