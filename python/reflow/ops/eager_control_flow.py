"""Control flow where operations run at once: Python's own."""

import collections.abc

import numpy as np

from reflow.framework import errors_impl
from reflow.framework import ops
from reflow.ops import eager_checks
from reflow.util import nest


def _unpack_single(value):
    if isinstance(value, (list, tuple)) and not hasattr(value, '_fields') and len(value) == 1:
        return value[0]
    return value


def cond(pred, true_fn, false_fn, strict):
    """What the one or the other function gives."""
    result = true_fn() if pred else false_fn()
    return result if strict else _unpack_single(result)


def case(pairs, default, exclusive, strict):
    """What the function of the first predicate that is true gives. InvalidArgumentError: there is none, or too many."""
    functions = [function for pred, function in pairs if pred]
    if exclusive and len(functions) > 1:
        raise errors_impl.InvalidArgumentError(
            None, None, 'Input error: exclusive=True: more than 1 conditions (%s) evaluated as True:' % (
                ', '.join(str(pred) for pred, _ in pairs)))
    if not functions and default is None:
        raise errors_impl.InvalidArgumentError(None, None, 'Input error: None of conditions evaluated as True')
    result = (functions[0] if functions else default)()
    return result if strict else _unpack_single(result)


def _call(function, loop_vars):
    return function(**loop_vars) if isinstance(loop_vars, dict) else function(*loop_vars)


def while_loop(cond_fn, body, loop_vars, maximum_iterations, return_same_structure):
    """The last loop variables."""
    may_pack = len(loop_vars) == 1 and not return_same_structure
    packed = False
    iterations = 0
    while (maximum_iterations is None or iterations < maximum_iterations) and _call(cond_fn, loop_vars):
        result = _call(body, loop_vars)
        if may_pack and not isinstance(result, (list, tuple, dict)):
            packed = True
            result = (result,)
        nest.assert_same_structure(list(loop_vars) if isinstance(loop_vars, (list, tuple)) else loop_vars,
                                   list(result) if isinstance(result, (list, tuple)) else result, expand_composites=True)
        loop_vars = result
        iterations += 1
    loop_vars = nest.map_structure(_as_tensor, loop_vars, expand_composites=True)
    return loop_vars[0] if packed else loop_vars


def _as_tensor(value):
    from reflow.ops import tensor_array_ops
    return value if isinstance(value, tensor_array_ops.TensorArray) else ops.convert_to_tensor(value)


def check(condition, data, summarize):
    """tf.Assert. InvalidArgumentError: the condition is false."""
    if condition:
        return
    if not isinstance(data, collections.abc.Sequence):
        raise TypeError('values must be a sequence.')
    texts = []
    for value in data:
        array = np.asarray(ops.convert_to_tensor(value).numpy()).reshape([-1])
        shown = [str(element) for element in array[:min(array.size, eager_checks.limited(summarize))]]
        texts.append(', '.join(shown + ['...'] if array.size > len(shown) else shown))
    raise errors_impl.InvalidArgumentError(
        None, None, "Expected '%s' to be true. Summarized data: %s" % (condition, '\n'.join(texts)))
