"""Summaries of tensors, activations and variables by the collection."""

import functools
import re

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import math_ops

__all__ = ['summarize_tensor', 'summarize_activation', 'summarize_tensors', 'summarize_collection',
           'summarize_variables', 'summarize_weights', 'summarize_biases', 'summarize_activations']


def _scalar(tensor, tag=None):
    tensor.get_shape().assert_has_rank(0)
    from reflow.summary import summary
    return summary.scalar(tag or '%s_summary' % tensor.op.name, tensor)


def _histogram(tensor, tag=None):
    from reflow.summary import summary
    return summary.histogram(tag or '%s_summary' % tensor.op.name, tensor)


def summarize_activation(op):
    """A histogram of an activation, and the share of its inputs that it cuts."""
    if op.op.type in ('Relu', 'Softplus', 'Relu6'):
        below = math_ops.less(op.op.inputs[0], math_ops.cast(0.0, op.op.inputs[0].dtype))
        _scalar(math_ops.reduce_mean(math_ops.to_float(below)), '%s/zeros' % op.op.name)
    if op.op.type == 'Relu6':
        above = math_ops.greater(op.op.inputs[0], math_ops.cast(6.0, op.op.inputs[0].dtype))
        _scalar(math_ops.reduce_mean(math_ops.to_float(above)), '%s/sixes' % op.op.name)
    return _histogram(op, '%s/activation' % op.op.name)


def summarize_tensor(tensor, tag=None):
    """The value of a scalar, or a histogram; None for strings and bools."""
    if tensor.dtype.is_compatible_with(dtypes.string) or tensor.dtype.base_dtype == dtypes.bool:
        return None
    return _scalar(tensor, tag) if tensor.get_shape().ndims == 0 else _histogram(tensor, tag)


def summarize_tensors(tensors, summarizer=summarize_tensor):
    """The summaries of all tensors."""
    return [summarizer(tensor) for tensor in tensors]


def summarize_collection(collection, name_filter=None, summarizer=summarize_tensor):
    """The summaries of a collection, or of what of it has a name that matches."""
    tensors = [op for op in ops.get_collection(collection) if name_filter is None or re.match(name_filter, op.op.name)]
    return summarize_tensors(tensors, summarizer)


summarize_variables = functools.partial(summarize_collection, ops.GraphKeys.GLOBAL_VARIABLES)
summarize_weights = functools.partial(summarize_collection, ops.GraphKeys.WEIGHTS)
summarize_biases = functools.partial(summarize_collection, ops.GraphKeys.BIASES)


def summarize_activations(name_filter=None, summarizer=summarize_activation):
    """The summaries of the collection ACTIVATIONS."""
    return summarize_collection(ops.GraphKeys.ACTIVATIONS, name_filter, summarizer)
