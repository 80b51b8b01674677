"""The `call` of a program's layer, with control flow over tensors as part of the graph."""

from reflow import _core
from reflow.autograph.core import ag_ctx
from reflow.framework import errors_impl


def call(layer, inputs, args, kwargs):
    """What `layer.call` gives. TypeError: it does with a tensor what only a layer may that runs eagerly."""
    function = layer.call
    if not (_core.executing_eagerly() or _is_of_library(function)):
        from reflow.autograph.impl import api
        function = api.tf_convert(function, ag_ctx.control_status_ctx())
    try:
        return function(inputs, *args, **kwargs)
    except errors_impl.OperatorNotAllowedInGraphError as error:
        raise TypeError('You are attempting to use Python control flow in a layer that was not declared to be dynamic. Pass '
                        '`dynamic=True` to the class constructor.\nEncountered error:\n"""\n' + str(error) + '\n"""') from None


def _is_of_library(function):
    function = getattr(function, '__func__', function)
    return getattr(function, '__globals__', {}).get('__name__', 'reflow').partition('.')[0] == 'reflow'
