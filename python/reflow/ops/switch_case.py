"""The result of the function of a number (tf.switch_case)."""

from reflow import _core
from reflow.framework import ops
from reflow.ops import branch_functions
from reflow.util import nest


def _actions(branch_fns, default, branch_index):
    """The functions in their order, the default behind them."""
    if not isinstance(branch_index, ops.Tensor):
        raise TypeError('branch_index must a Tensor, got {}'.format(type(branch_index)))
    if not branch_index.dtype.is_integer:
        raise TypeError('branch_index must an integer Tensor, got {}'.format(branch_index.dtype))
    if not branch_fns:
        raise ValueError('Must provide at least one item in branch_fns')
    if not isinstance(branch_fns, (list, tuple, dict)):
        raise TypeError('branch_fns must be a list, tuple, or dict')
    if isinstance(branch_fns, dict):
        branch_fns = branch_fns.items()
    elif all(callable(fn) for fn in branch_fns):
        branch_fns = list(enumerate(branch_fns))
    for pair in branch_fns:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError('Each entry in branch_fns must be a 2-tuple')
        if not isinstance(pair[0], int):
            raise TypeError('key must be a Python `int`, got {}'.format(type(pair[0])))
        if not callable(pair[1]):
            raise TypeError('fn for key {} must be callable.'.format(pair[0]))
    keys = [key for key, _ in branch_fns]
    if min(keys) < 0 or max(keys) >= len(keys) or len(set(keys)) != len(keys):
        raise ValueError('branch indices (keys) must form contiguous range of [0 to {}) but found {{{}}}'.format(
            len(keys), ','.join(map(str, sorted(keys)))))
    actions = [function for _, function in sorted(branch_fns, key=lambda pair: pair[0])]
    if default is not None:
        actions.append(default)
    return actions


def switch_case(branch_index, branch_fns, default=None, name='switch_case'):
    """The result of the function whose number is `branch_index`; of the last one, or `default`, for other numbers."""
    actions = _actions(branch_fns, default, branch_index)
    if _core.executing_eagerly():
        index = int(branch_index.numpy())
        return actions[index if 0 <= index < len(actions) else -1]()
    results = []
    outputs = _core.switch_case(branch_index, [branch_functions.part_of_graph(_switch_branch(action, results))
                                               for action in actions], name)
    if results[0] is None or isinstance(results[0], ops.Operation):
        return outputs[0] if outputs else None
    return nest.pack_sequence_as(results[0], outputs, expand_composites=True)


def _switch_branch(function, results):
    """`function` as the extension calls it: gives the flat tensors."""
    def run():
        result = function()
        if isinstance(result, ops.Operation):
            with ops.control_dependencies([result]):
                flat = [ops.convert_to_tensor(False)]
        else:
            flat = [ops.convert_to_tensor(value) for value in nest.flatten(result, expand_composites=True) if value is not None]
        if results and not isinstance(result, ops.Operation):
            _check_like_first(results[0], result, len(results))
        results.append(result)
        return flat
    return run


def _check_like_first(first, other, number):
    try:
        nest.assert_same_structure(first, other, expand_composites=True)
        for one, another in zip(nest.flatten(first, expand_composites=True), nest.flatten(other, expand_composites=True)):
            if getattr(one, 'dtype', None) != getattr(another, 'dtype', None):
                raise TypeError('{} and {} have different types'.format(one, another))
    except (ValueError, TypeError) as error:
        raise TypeError(
            'branches[0] and branches[{0}] arguments to tf.switch_case must have the same number, type, and overall '
            'structure of return values.\n\nbranches[0] output: {1}\nbranches[{0}] output: {2}\n\nError details:\n{3}'.format(
                number, first, other, error)) from None
