"""Conditions that may be known while the graph is built."""

import functools

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util


def smart_constant_value(pred):
    """The bool that `pred` is known to be; None: it isn't known."""
    if isinstance(pred, ops.Tensor):
        value = tensor_util.constant_value(pred)
        if value is None:
            value = _core.constant_value(pred)  # what the engine can compute of constants
        return None if value is None else bool(value)
    if isinstance(pred, bool) or (isinstance(pred, int) and pred in (0, 1)):
        return bool(pred)
    raise TypeError('`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: %s' % type(pred))


def smart_cond(pred, true_fn=None, false_fn=None, name=None):
    """The result of one of the functions, without a cond where it is known which."""
    from reflow.ops import control_flow_ops
    from reflow.ops import variables
    if not callable(true_fn):
        raise TypeError('`true_fn` must be callable.')
    if not callable(false_fn):
        raise TypeError('`false_fn` must be callable.')
    value = None if isinstance(pred, variables.Variable) else smart_constant_value(pred)
    if value is None:
        return control_flow_ops.cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    return true_fn() if value else false_fn()


def smart_case(pred_fn_pairs, default=None, exclusive=False, name='smart_case'):
    """The result of the first function whose predicate is true, without conds where that is known."""
    from reflow.platform import tf_logging
    pairs = pred_fn_pairs
    if not isinstance(pairs, (list, tuple, dict)):
        raise TypeError('fns must be a list, tuple, or dict')
    if isinstance(pairs, dict):
        is_ordered = hasattr(pairs, 'move_to_end')
        pairs = list(pairs.items()) if is_ordered else sorted(pairs.items(), key=lambda pair: pair[0].name)
        if not exclusive and not is_ordered:
            tf_logging.warn('%s: An unordered dictionary of predicate/fn pairs was provided, but exclusive=False. The order of '
                            'conditional tests is deterministic but not guaranteed.', name)
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError('Each entry in pred_fn_pairs must be a 2-tuple')
        pred, function = pair
        if isinstance(pred, ops.Tensor):
            if pred.dtype != dtypes.bool:
                raise TypeError('pred must be Tensor of type bool: %s' % pred.name)
        elif not isinstance(pred, bool):
            raise TypeError('pred must be a Tensor or bool, got: %s' % pred)
        if not callable(function):
            raise TypeError('fn for pred %s must be callable.' % pred.name)
    preds = [pred for pred, _ in pairs]
    with ops.name_scope(name, 'case', [preds]):
        if default is None:
            default = _last_of_case(preds, pairs[-1][1])
            pairs, preds = pairs[:-1], preds[:-1]
        chosen = default
        for pred, function in reversed(pairs):
            chosen = functools.partial(smart_cond, pred, true_fn=function, false_fn=chosen)
        if not exclusive:
            return chosen()
        with ops.control_dependencies([_assert_at_most(preds, 1, 'Input error: exclusive=True')]):
            return chosen()


def _assert_at_most(preds, count, message):
    """An op that fails where more than `count` of the predicates are true."""
    from reflow.ops import array_ops
    from reflow.ops import control_flow_ops
    from reflow.ops import math_ops
    stacked = array_ops.stack(preds, name='preds_c')
    trues = math_ops.reduce_sum(math_ops.cast(stacked, dtypes.int32), name='num_true_conds')
    condition = math_ops.less_equal(trues, ops.convert_to_tensor(count, name='n_true_conds'))
    names = ', '.join(getattr(pred, 'name', '?') for pred in preds)
    data = ['%s: more than %d conditions (%s) evaluated as True:' % (message, count, names), stacked]
    return control_flow_ops.Assert(condition, data=data, summarize=len(preds))


def _last_of_case(preds, function):
    """`function` after assertions that the last predicate alone is true."""
    from reflow.ops import array_ops
    from reflow.ops import control_flow_ops
    last = len(preds) - 1

    def call():
        data = ('Input error: None of conditions evaluated as True:', array_ops.stack(preds, name='preds_c'))
        others = _assert_at_most(preds[:last], 0, 'Implementation error: selected default action #%d was called, but some of '
                                                  'other predicates are True: ' % last)
        with ops.control_dependencies([others, control_flow_ops.Assert(preds[last], data=data)]):
            return function()

    return call
