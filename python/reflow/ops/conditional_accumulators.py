"""Conditional accumulators: sums or means of gradients, which forget gradients of steps that are over."""

from reflow.framework import dtypes as dtypes_lib
from reflow.framework import ops


def _op(name):
    from reflow.ops import gen_data_flow_ops
    return getattr(gen_data_flow_ops, name)


def _static_shape(shape):
    from reflow.framework import tensor_shape
    return tensor_shape.unknown_shape() if shape is None else tensor_shape.TensorShape(shape)


def _int64(value):
    from reflow.ops import math_ops
    return math_ops.cast(ops.convert_to_tensor(value), dtypes_lib.int64)


class ConditionalAccumulatorBase:
    """Takes gradients until there are enough, and then gives out their mean or sum.

    It has a step of its own, which grows with each gradient given out; gradients of earlier steps are dropped.
    """

    def __init__(self, dtype, shape, accumulator_ref):
        self._dtype = dtype
        self._shape = _static_shape(shape)
        self._accumulator_ref = accumulator_ref
        self._name = accumulator_ref.op.name.split('/')[-1]

    @property
    def accumulator_ref(self):
        """The tensor that names the accumulator."""
        return self._accumulator_ref

    @property
    def name(self):
        """The last part of its op's name."""
        return self._name

    @property
    def dtype(self):
        """The type of the gradients."""
        return self._dtype

    def num_accumulated(self, name=None):
        """An int32 tensor: how many gradients it has taken since it gave one out."""
        name = '%s_NumAccumulated' % self._name if name is None else name
        return _op('resource_accumulator_num_accumulated')(self._accumulator_ref, name=name)

    def set_global_step(self, new_global_step, name=None):
        """The operation that sets the accumulator's step; it never goes back."""
        return _op('resource_accumulator_set_global_step')(self._accumulator_ref, _int64(new_global_step), name=name)


class ConditionalAccumulator(ConditionalAccumulatorBase):
    """An accumulator of tensors of one shape."""

    def __init__(self, dtype, shape=None, shared_name=None, name='conditional_accumulator', reduction_type='MEAN'):
        super().__init__(dtype, shape, _op('resource_conditional_accumulator')(
            dtype=dtype, shape=_static_shape(shape), shared_name=shared_name, name=name, reduction_type=reduction_type))

    def apply_grad(self, grad, local_step=0, name=None):
        """The operation that adds a gradient, unless `local_step` is over."""
        grad = ops.convert_to_tensor(grad, self._dtype)
        grad.get_shape().assert_is_compatible_with(self._shape)
        return _op('resource_accumulator_apply_gradient')(
            self._accumulator_ref, local_step=_int64(local_step), gradient=grad, name=name)

    def take_grad(self, num_required, name=None):
        """The mean or sum of the gradients, when there are `num_required`; the accumulator is empty then."""
        taken = _op('resource_accumulator_take_gradient')(
            self._accumulator_ref, num_required, dtype=self._dtype, name=name)
        taken.set_shape(self._shape)
        return taken


class SparseConditionalAccumulator(ConditionalAccumulatorBase):
    """An accumulator of rows of tensors."""

    def __init__(self, dtype, shape=None, shared_name=None, name='sparse_conditional_accumulator',
                 reduction_type='MEAN'):
        super().__init__(dtype, shape, _op('sparse_conditional_accumulator')(
            dtype=dtype, shape=_static_shape(shape), shared_name=shared_name, name=name, reduction_type=reduction_type))

    def apply_indexed_slices_grad(self, grad, local_step=0, name=None):
        """The operation that adds IndexedSlices, unless `local_step` is over."""
        return self.apply_grad(grad.indices, grad.values, grad.dense_shape, local_step, name)

    def apply_grad(self, grad_indices, grad_values, grad_shape=None, local_step=0, name=None):
        """The operation that adds the rows `grad_values` at `grad_indices`, unless `local_step` is over."""
        from reflow.ops import math_ops
        local_step = _int64(local_step)
        return _op('sparse_accumulator_apply_gradient')(
            self._accumulator_ref, local_step=local_step,
            gradient_indices=math_ops.cast(grad_indices, dtypes_lib.int64), gradient_values=grad_values,
            gradient_shape=math_ops.cast([] if grad_shape is None else grad_shape, dtypes_lib.int64),
            has_known_shape=grad_shape is not None, name=name)

    def take_grad(self, num_required, name=None):
        """Indices, values and shape of the mean or sum of the gradients, when there are `num_required`."""
        return _op('sparse_accumulator_take_gradient')(
            self._accumulator_ref, num_required, dtype=self._dtype, name=name)

    def take_indexed_slices_grad(self, num_required, name=None):
        """The same as IndexedSlices."""
        taken = self.take_grad(num_required, name)
        return ops.IndexedSlices(indices=taken.indices, values=taken.values, dense_shape=taken.shape)

    def num_accumulated(self, name=None):
        """An int32 tensor: how many gradients it has taken since it gave one out."""
        name = '%s_NumAccumulated' % self._name if name is None else name
        return _op('accumulator_num_accumulated')(self._accumulator_ref, name=name)

    def set_global_step(self, new_global_step, name=None):
        """The operation that sets the accumulator's step; it never goes back."""
        return _op('accumulator_set_global_step')(self._accumulator_ref, _int64(new_global_step), name=name)


for _class in (ConditionalAccumulatorBase, ConditionalAccumulator, SparseConditionalAccumulator):
    _class.__module__ = 'tensorflow.python.ops.data_flow_ops'
