"""Penalties on weights."""
import copyreg
import numbers

from reflow import _core
from reflow.framework import ops
from reflow.platform import tf_logging

__all__ = ['l1_regularizer', 'l2_regularizer', 'l1_l2_regularizer', 'sum_regularizer', 'apply_regularization']


# Copies of regularizers, in settings that are copied deep, are they themselves, as of Python's functions.
copyreg.pickle(type(_core.l2_regularizer), lambda _: 'regularizer')


def _scale(scale, name):
    """The scale as the engine takes it: a float or a tensor."""
    if isinstance(scale, numbers.Integral):
        raise ValueError('%s cannot be an integer: %s' % (name, scale))
    if not isinstance(scale, numbers.Real):
        return scale
    if scale == 0.:
        tf_logging.info('Scale of 0 disables regularizer.')
    return float(scale)


def l1_regularizer(scale, scope=None):
    """A function of weights: scale * sum(|weights|)."""
    return _core.l1_regularizer(_scale(scale, 'scale'), scope)


def l2_regularizer(scale, scope=None):
    """A function of weights: scale * sum(weights ^ 2) / 2."""
    return _core.l2_regularizer(_scale(scale, 'scale'), scope)


def l1_l2_regularizer(scale_l1=1.0, scale_l2=1.0, scope=None):
    """The sum of an l1 and an l2 regularizer."""
    for name, scale in (('scale_l1', scale_l1), ('scale_l2', scale_l2)):
        if isinstance(scale, numbers.Integral):
            raise ValueError('%s cannot be an integer: %s' % (name, scale))
    scope = scope or 'l1_l2_regularizer'
    if scale_l1 == 0.:
        return l2_regularizer(scale_l2, scope)
    if scale_l2 == 0.:
        return l1_regularizer(scale_l1, scope)
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope=scope)


def sum_regularizer(regularizer_list, scope=None):
    """The sum of what the regularizers say; None where there are none."""
    return _core.sum_regularizer([r for r in regularizer_list if r is not None], scope)


def apply_regularization(regularizer, weights_list=None):
    """The sum of the penalties for `weights_list` (none: the collection WEIGHTS).

    It goes into the collection REGULARIZATION_LOSSES.
    """
    return _core.apply_regularization(regularizer, weights_list or ops.get_collection(ops.GraphKeys.WEIGHTS))
