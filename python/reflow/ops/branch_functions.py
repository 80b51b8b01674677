"""Conds whose branches are functions of the graph's library (If), and what the functions of loops (While) have in common."""

import contextlib

from reflow import _core
from reflow.framework import ops
from reflow.framework import scopes
from reflow.ops import variable_scope
from reflow.util import nest


def part_of_graph(function):
    """`function`, which builds part of the graph that is the default one now, as what builds a graph of its own for that."""
    around = ops.get_default_graph()

    def run(*args):
        with _within(around):
            return function(*args)
    return run


def _made_outside(getter, *args, **kwargs):
    with ops.init_scope():
        return getter(*args, **kwargs)


@contextlib.contextmanager
def _within(around):
    """How the graph of a branch is built: variables, and collections, are those of the graph around."""
    graph = ops.get_default_graph()
    graph._is_body = graph._is_part_of_graph = True
    graph.outer_graph = around
    graph._share_collections(around)
    with around.as_default():
        scope = variable_scope.get_variable_scope()
    scopes.num_traces += 1
    try:
        with variable_scope.variable_scope(scope, use_resource=True, custom_getter=_made_outside, auxiliary_name_scope=False):
            yield
    finally:
        scopes.num_traces -= 1


def _flat(structure):
    from reflow.ops import tensor_array_ops
    return [value.flow if isinstance(value, tensor_array_ops.TensorArray) else ops.convert_to_tensor(value)
            for value in nest.flatten(structure, expand_composites=True) if value is not None]


def _packed(structure, tensors):
    from reflow.ops import tensor_array_ops
    tensors = iter(tensors)
    values = [None if value is None else
              value._with_flow(next(tensors)) if isinstance(value, tensor_array_ops.TensorArray) else next(tensors)
              for value in nest.flatten(structure, expand_composites=True)]
    return nest.pack_sequence_as(structure, values, expand_composites=True)


def _branch(function, results, name):
    """`function` as the extension calls it: gives an operation, or the flat tensors."""
    def run():
        result = function()
        if result is None:
            raise ValueError('%s must have a return value.' % name)
        if results and not any(isinstance(each, ops.Operation) for each in (results[0], result)):
            _check_like_first(results[0], result)
        results.append(result)
        return result if isinstance(result, ops.Operation) else _flat(result)
    return part_of_graph(run)


def _check_like_first(first, other):
    try:
        nest.assert_same_structure(first, other, expand_composites=True)
    except (ValueError, TypeError) as error:
        raise TypeError(
            'true_fn and false_fn arguments to tf.cond must have the same number, type, and overall structure of return '
            'values.\n\ntrue_fn output: {}\nfalse_fn output: {}\n\nError details:\n{}'.format(first, other, error)) from None


def cond(pred, true_fn, false_fn, name):
    """What the one or the other function gives, as an If."""
    results = []
    tensors = _core.cond(pred, _branch(true_fn, results, 'true_fn'), _branch(false_fn, results, 'false_fn'), name)
    return tensors[0] if isinstance(results[0], ops.Operation) else _packed(results[0], tensors)


def case(pairs, default, exclusive, name):
    """What the function of the first predicate that is true gives: conds within each other."""
    results = []
    branches = [_branch(function, results, 'true_fn') for _, function in pairs]
    tensors = _core.case([pred for pred, _ in pairs], branches,
                         None if default is None else _branch(default, results, 'false_fn'), exclusive, name)
    return tensors[0] if isinstance(results[0], ops.Operation) else _packed(results[0], tensors)
