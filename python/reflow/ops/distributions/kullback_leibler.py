"""Divergences between distributions, looked up by the classes of both."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.util import tf_inspect

__all__ = ['RegisterKL', 'kl_divergence', 'cross_entropy']

_DIVERGENCES = {}


def _registered_kl(type_a, type_b):
    """The function of the nearest pair of base classes, or None."""
    hierarchy_a, hierarchy_b = tf_inspect.getmro(type_a), tf_inspect.getmro(type_b)
    found, distance_found = None, None
    for distance_a, parent_a in enumerate(hierarchy_a):
        for distance_b, parent_b in enumerate(hierarchy_b):
            function = _DIVERGENCES.get((parent_a, parent_b))
            if function is not None and (found is None or distance_a + distance_b < distance_found):
                found, distance_found = function, distance_a + distance_b
    return found


def kl_divergence(distribution_a, distribution_b, allow_nan_stats=True, name=None):
    """Kullback and Leibler's divergence of `distribution_a` from `distribution_b`."""
    function = _registered_kl(type(distribution_a), type(distribution_b))
    if function is None:
        raise NotImplementedError('No KL(distribution_a || distribution_b) registered for distribution_a type %s and '
                                  'distribution_b type %s' % (type(distribution_a).__name__,
                                                              type(distribution_b).__name__))
    with ops.name_scope('KullbackLeibler'):
        divergence = function(distribution_a, distribution_b, name=name)
        if allow_nan_stats:
            return divergence
        divergence = array_ops.identity(divergence, name='kl')
        text = ('KL calculation between %s and %s returned NaN values (and was called with allow_nan_stats=False). '
                'Values:' % (distribution_a.name, distribution_b.name))
        check = control_flow_ops.Assert(
            math_ops.logical_not(math_ops.reduce_any(math_ops.is_nan(divergence))), [text, divergence])
        with ops.control_dependencies([check]):
            return array_ops.identity(divergence, name='checked_kl')


def cross_entropy(ref, other, allow_nan_stats=True, name=None):
    """The cross entropy: the entropy of `ref` and its divergence from `other`."""
    with ops.name_scope(name, 'cross_entropy'):
        return ref.entropy() + kl_divergence(ref, other, allow_nan_stats=allow_nan_stats)


class RegisterKL:
    """A decorator that makes a function (a, b, name=None) the divergence between two classes."""

    def __init__(self, dist_cls_a, dist_cls_b):
        self._key = (dist_cls_a, dist_cls_b)

    def __call__(self, kl_fn):
        """Registers the function."""
        if not callable(kl_fn):
            raise TypeError('kl_fn must be callable, received: %s' % kl_fn)
        if self._key in _DIVERGENCES:
            raise ValueError('KL(%s || %s) has already been registered to: %s' % (
                self._key[0].__name__, self._key[1].__name__, _DIVERGENCES[self._key]))
        _DIVERGENCES[self._key] = kl_fn
        return kl_fn
