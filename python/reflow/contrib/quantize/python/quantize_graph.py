"""Graphs whose weights and activations are rounded as those of integer arithmetic will be."""

from reflow.contrib.quantize.python import fold_batch_norms
from reflow.contrib.quantize.python import quantize
from reflow.framework import ops

__all__ = ['create_training_graph', 'create_eval_graph', 'experimental_create_training_graph',
           'experimental_create_eval_graph']

_TRAINING_OPS = frozenset(
    ['Apply' + name for name in ('Adagrad', 'AdagradDA', 'Adam', 'AddSign', 'CenteredRMSProp', 'Ftrl', 'FtrlV2',
                                 'GradientDescent', 'Momentum', 'PowerSign', 'ProximalAdagrad',
                                 'ProximalGradientDescent', 'RMSProp')]
    + ['ResourceApply' + name for name in ('Adadelta', 'Adagrad', 'AdagradDA', 'Adam', 'AddSign', 'CenteredRMSProp', 'Ftrl',
                                           'FtrlV2', 'GradientDescent', 'Momentum', 'PowerSign', 'ProximalAdagrad',
                                           'ProximalGradientDescent', 'RMSProp')]
    + ['ResourceSparseApply' + name for name in ('Adadelta', 'Adagrad', 'AdagradDA', 'CenteredRMSProp', 'Ftrl', 'FtrlV2',
                                                 'Momentum', 'ProximalAdagrad', 'ProximalGradientDescent', 'RMSProp')]
    + ['SparseApply' + name for name in ('Adadelta', 'Adagrad', 'AdagradDA', 'CenteredRMSProp', 'Ftrl', 'FtrlV2', 'Momentum',
                                         'ProximalAdagrad', 'ProximalGradientDescent', 'RMSProp')])


def _create_graph(graph, is_training, weight_bits=8, activation_bits=8, symmetric=False, quant_delay=None, freeze_bn_delay=None,
                  scope=None):
    graph = graph or ops.get_default_graph()
    found = {op.type for op in graph.get_operations()} & _TRAINING_OPS
    if found:
        raise ValueError('Training op found in graph, exiting %s' % found)
    with graph.as_default():
        fold_batch_norms.FoldBatchNorms(graph, is_training, freeze_batch_norm_delay=freeze_bn_delay)
        quantize.Quantize(graph, is_training, weight_bits=weight_bits, activation_bits=activation_bits, symmetric=symmetric,
                          quant_delay=quant_delay, scope=scope)


def create_training_graph(input_graph=None, quant_delay=0):
    """Folds batch normalization and rounds weights and activations, in place, of a graph (or the default one) to be trained.

    This is to be done before gradients are made. With `quant_delay` the rounding begins after so many steps. ValueError: the
    graph trains already.
    """
    _create_graph(input_graph, True, quant_delay=quant_delay)


def create_eval_graph(input_graph=None):
    """As create_training_graph() for a graph that uses what such a one has learnt."""
    _create_graph(input_graph, False)


def experimental_create_training_graph(input_graph=None, weight_bits=8, activation_bits=8, symmetric=False, quant_delay=0,
                                       freeze_bn_delay=None, scope=None):
    """create_training_graph() with more to choose.

    How many bits weights and activations have; whether ranges are symmetric; after how many steps the averages of batch
    normalization stand still and are used; the scope that alone is changed.
    """
    _create_graph(input_graph, True, weight_bits, activation_bits, symmetric, quant_delay, freeze_bn_delay, scope)


def experimental_create_eval_graph(input_graph=None, weight_bits=8, activation_bits=8, symmetric=False, quant_delay=None,
                                   scope=None):
    """create_eval_graph() with more to choose, as experimental_create_training_graph() says."""
    _create_graph(input_graph, False, weight_bits, activation_bits, symmetric, quant_delay, scope=scope)
