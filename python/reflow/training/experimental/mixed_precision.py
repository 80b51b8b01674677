"""Switching the rewriting of graphs to half precision on, which sessions on CPUs don't do."""

from reflow.framework import config
from reflow.platform import tf_logging
from reflow.training import optimizer
from reflow.training.experimental import loss_scale_optimizer

_is_enabled = False


def enable_mixed_precision_graph_rewrite_v1(opt, loss_scale='dynamic'):
    """`opt` with scaled losses, and sessions asked to compute in half precision where that is faster: on GPUs."""
    global _is_enabled
    if isinstance(opt, loss_scale_optimizer.MixedPrecisionLossScaleOptimizer):
        raise ValueError('"opt" must not already be an instance of a MixedPrecisionLossScaleOptimizer. '
                         '`enable_mixed_precision_graph_rewrite` will automatically wrap the optimizer with a '
                         'MixedPrecisionLossScaleOptimizer.')
    if not isinstance(opt, optimizer.Optimizer):
        raise ValueError('"opt" must be an instance of a tf.train.Optimizer or a tf.keras.optimizers.Optimizer, but got: %s' %
                         (opt,))
    opt = loss_scale_optimizer.MixedPrecisionLossScaleOptimizer(opt, loss_scale)
    config.set_optimizer_experimental_options({'auto_mixed_precision': True})
    _is_enabled = True
    return opt


def disable_mixed_precision_graph_rewrite_v1():
    """Takes back what enable_mixed_precision_graph_rewrite asked of sessions."""
    global _is_enabled
    if not _is_enabled:
        tf_logging.warn('disable_mixed_precision_graph_rewrite() called when mixed precision is already disabled.')
    config.set_optimizer_experimental_options({'auto_mixed_precision': False})
    _is_enabled = False
