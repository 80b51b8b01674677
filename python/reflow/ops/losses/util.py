"""The collections of losses."""

from reflow import _core
from reflow.framework import ops


def add_loss(loss, loss_collection=ops.GraphKeys.LOSSES):
    """Puts a loss into the collection of losses."""
    if loss_collection:
        ops.add_to_collection(loss_collection, loss)


def get_losses(scope=None, loss_collection=ops.GraphKeys.LOSSES):
    """The losses, or those of a scope."""
    return ops.get_collection(loss_collection, scope)


def get_regularization_losses(scope=None):
    """The losses of regularizers, or those of a scope."""
    return ops.get_collection(ops.GraphKeys.REGULARIZATION_LOSSES, scope)


def get_regularization_loss(scope=None, name='total_regularization_loss'):
    """The sum of the losses of regularizers; 0 where there is none."""
    return _core.losses.get_regularization_loss(scope, name)


def get_total_loss(add_regularization_losses=True, name='total_loss', scope=None):
    """The sum of all losses."""
    return _core.losses.get_total_loss(add_regularization_losses, name, scope)
