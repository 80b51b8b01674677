"""Optimizers around others: variables clipped after a step, stale gradients dropped, no step for gradients of zeros."""

import contextlib
import types

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import clip_ops
from reflow.ops import control_flow_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import variable_scope
from reflow.platform import tf_logging
from reflow.summary import summary
from reflow.training import optimizer
from reflow.training import training_util

__all__ = ['DropStaleGradientOptimizer', 'MultitaskOptimizerWrapper', 'VariableClippingOptimizer',
           'clip_gradients_by_global_norm']


class _Wrapper(optimizer.Optimizer):
    """What is asked of the optimizer within."""

    def compute_gradients(self, *args, **kwargs):
        """The gradients of the optimizer within."""
        return self._opt.compute_gradients(*args, **kwargs)

    def get_slot(self, *args, **kwargs):
        """A slot of the optimizer within."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args, **kwargs):
        """The names of its slots."""
        return self._opt.get_slot_names(*args, **kwargs)


class VariableClippingOptimizer(_Wrapper):
    """Clips variables by their norm over given dimensions, after each step of another optimizer."""

    def __init__(self, opt, vars_to_clip_dims, max_norm, use_locking=False, colocate_clip_ops_with_vars=False,
                 name='VariableClipping'):
        super().__init__(use_locking, name)
        self._opt = opt
        self._vars_to_clip_dims = {var: dims[:] for var, dims in vars_to_clip_dims.items()}
        self._max_norm = max_norm
        self._colocate_clip_ops_with_vars = colocate_clip_ops_with_vars

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """A step, and the clipping after it."""
        with ops.name_scope(name, self._name) as name:
            update = self._opt.apply_gradients(grads_and_vars, global_step=global_step)
            clips = []
            with ops.control_dependencies([update]):
                for grad, var in grads_and_vars:
                    if grad is None or var not in self._vars_to_clip_dims:
                        continue
                    with ops.name_scope('clip_' + var.op.name):
                        clips.append(self._clip_dense(var) if isinstance(grad, ops.Tensor) else self._clip_rows(grad, var))
            return control_flow_ops.group(*[update] + clips, name=name)

    @contextlib.contextmanager
    def _beside(self, var):
        if not self._colocate_clip_ops_with_vars:
            yield
            return
        with ops.colocate_with(var):
            yield

    def _clip_dense(self, var):
        with self._beside(var):
            value = var.read_value()
            excess = value - clip_ops.clip_by_norm(value, self._max_norm, self._vars_to_clip_dims[var])
        with ops.colocate_with(var):
            return var.assign_sub(excess, use_locking=self._use_locking)

    def _clip_rows(self, grad, var):
        dims = self._vars_to_clip_dims[var]
        if 0 in dims:
            tf_logging.warning('Clipping norm across dims %s for %s is inefficient when including sparse dimension 0.', dims,
                               var.op.name)
            return self._clip_dense(var)
        with ops.colocate_with(var):
            rows = array_ops.gather(var, grad.indices)
        with self._beside(var):
            clipped = clip_ops.clip_by_norm(rows, self._max_norm, dims)
            excess = ops.IndexedSlices(rows - clipped, grad.indices, grad.dense_shape)
        with ops.colocate_with(var):
            return var.scatter_sub(excess, use_locking=self._use_locking)


class DropStaleGradientOptimizer(_Wrapper):
    """Leaves gradients out that were computed more than `staleness` steps ago, and counts them."""

    def __init__(self, opt, staleness, use_locking=False, name='DropStaleGradient'):
        super().__init__(use_locking, name)
        self._opt = opt
        self._staleness = staleness

    def compute_gradients(self, loss, *args, **kwargs):
        """The gradients, with the step at which they were begun."""
        with ops.colocate_with(loss):
            self._local_step = training_util.get_global_step() + 0
        with ops.control_dependencies([self._local_step]):
            loss = array_ops.identity(loss)
            return self._opt.compute_gradients(loss, *args, **kwargs)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """A step, unless it is too late; gives how many were dropped."""
        with ops.colocate_with(global_step):
            counter = variable_scope.get_variable('stale_counter', [], initializer=init_ops.zeros_initializer(),
                                                  trainable=False)

        def accept():
            step = self._opt.apply_gradients(grads_and_vars, global_step=global_step, name=name)
            with ops.control_dependencies([step]):
                return array_ops.identity(0.0)

        gradients = [grad if isinstance(grad, ops.Tensor) else grad.op for grad, _ in grads_and_vars if grad is not None]
        with ops.control_dependencies(gradients), ops.colocate_with(global_step):
            staleness = array_ops.reshape(global_step - self._local_step, shape=())
        update = counter.assign_add(control_flow_ops.cond(
            math_ops.less_equal(staleness, self._staleness), accept, lambda: array_ops.identity(1.0)))
        summary.scalar('Gradient staleness percentage', counter / math_ops.cast(global_step + 1, dtypes.float32))
        return update


def _is_all_zeros(grad):
    return math_ops.equal(math_ops.count_nonzero(grad), 0)


def _unless_zeros(apply, opt):
    def wrapper(self, grad, *args, **kwargs):
        def call():
            with ops.control_dependencies([apply(grad, *args, **kwargs)]):
                return control_flow_ops.no_op()

        return control_flow_ops.cond(_is_all_zeros(grad), control_flow_ops.no_op, call)

    return types.MethodType(wrapper, opt)


class MultitaskOptimizerWrapper:
    """An optimizer that leaves variables and slots alone whose gradient is all zeros: those of other tasks."""

    def __init__(self, opt):
        if not isinstance(opt, optimizer.Optimizer):
            raise TypeError('Supplied optimizer must be an instance of tf.train.Optimizer')
        self._opt = opt
        for name in ('_apply_dense', '_resource_apply_dense', '_apply_sparse', '_resource_apply_sparse'):
            setattr(opt, name, _unless_zeros(getattr(opt, name), opt))

    def __getattr__(self, name):
        return getattr(self._opt, name)


def clip_gradients_by_global_norm(gradients_variables, clip_norm=20.):
    """The gradients clipped by the norm of those that aren't all zeros, with their variables; and that norm."""
    gradients, variables = zip(*gradients_variables)

    def counted(grad):
        if grad is None:
            return grad
        return control_flow_ops.cond(_is_all_zeros(grad), lambda: array_ops.zeros([], dtype=dtypes.as_dtype(grad.dtype)),
                                     lambda: grad)

    norm = clip_ops.global_norm([counted(grad) for grad in gradients])
    clipped, _ = clip_ops.clip_by_global_norm(gradients, clip_norm, use_norm=norm)
    return list(zip(clipped, variables)), norm
