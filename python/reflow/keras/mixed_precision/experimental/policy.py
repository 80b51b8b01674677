"""Policies: in which types layers compute, and in which they keep variables."""

import contextlib

from reflow.framework import dtypes
from reflow.platform import tf_logging
from reflow.training.experimental import loss_scale as loss_scale_module
from reflow.util.shown_attributes import shown

USE_DEFAULT = 'USE_DEFAULT'
_FLOAT32_VARIABLES = '_with_float32_vars'
_OLD_NAMES = {'infer_float32_vars': 'infer_with_float32_vars', 'float32_with_float32_vars': 'float32'}

_global_policy = None


class Policy:
    """The types of a layer, by a name: 'infer' (the type of the first input), a type, 'mixed_float16', 'mixed_bfloat16'."""

    def __init__(self, name, loss_scale=USE_DEFAULT):
        if isinstance(name, dtypes.DType):
            raise TypeError("'name' must be a string, not a DType. Instead, pass DType.name. Got: %s" % (name.name,))
        if not isinstance(name, str):
            raise TypeError("'name' must be a string, but got: %s" % (name,))
        self._name = name = _OLD_NAMES.get(name, name)
        self._compute_dtype, self._variable_dtype = _types_of(name)
        if loss_scale == USE_DEFAULT:
            loss_scale = 'dynamic' if name == 'mixed_float16' else None
        if loss_scale and self._compute_dtype not in (None, 'float16'):
            tf_logging.warn('Creating a Policy with a loss scale is only useful for float16 policies. You passed loss_scale=%r '
                            'for policy %s. Consider not passing any loss_scale instead.' % (loss_scale, name))
        self._loss_scale = loss_scale_module.get(loss_scale)

    variable_dtype = shown('_variable_dtype', 'The type of variables; None: that of the first input.')
    compute_dtype = shown('_compute_dtype', 'The type of computations; None: that of the first input.')

    @property
    def should_cast_variables(self):
        """Whether variables are kept in another type than they are used in."""
        return self.variable_dtype != self.compute_dtype

    loss_scale = shown('_loss_scale', 'The LossScale, or None.')
    name = shown('_name', 'The name.')

    def __repr__(self):
        return '<Policy "%s", loss_scale=%s>' % (self._name, self.loss_scale)


def _types_of(name):
    """(type of computations, type of variables) of a policy's name."""
    if name in ('mixed_float16', 'mixed_bfloat16'):
        return name[len('mixed_'):], 'float32'
    has_float32_variables = name.endswith(_FLOAT32_VARIABLES)
    base = name[:-len(_FLOAT32_VARIABLES)] if has_float32_variables else name
    dtype = None
    if base != 'infer':
        try:
            dtype = dtypes.as_dtype(base).name
        except TypeError:
            text = ('Cannot convert value %s to a mixed precision Policy. Valid policies include include those in the form '
                    '"<dtype>" and "<dtype>_with_float32_vars", where <dtype> is the name of a dtype.' % (name,))
            if has_float32_variables:
                text += ' The value %s ends with _with_float32_vars, but %s cannot be converted to a DType' % (name, base)
            raise ValueError(text) from None
    return dtype, 'float32' if has_float32_variables else dtype


def global_policy():
    """The policy of layers that are given no type."""
    return Policy('infer') if _global_policy is None else _global_policy


def set_policy(policy):
    """Sets the policy of layers that are given no type: TensorFlow 1 has those that infer it; None: the default."""
    global _global_policy
    if policy is not None and not isinstance(policy, Policy):
        policy = Policy(policy)
    if policy and policy.compute_dtype:
        raise ValueError('The global policy can only be set to a non-infer policy in TensorFlow 2')
    _global_policy = policy


@contextlib.contextmanager
def policy_scope(policy):
    """Sets the policy within the context."""
    previous = _global_policy
    try:
        set_policy(policy)
        yield
    finally:
        set_policy(previous)
