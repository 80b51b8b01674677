"""If, while and for of converted functions: Python's, or the graph's where they depend on tensors."""

from reflow import _core
from reflow.autograph.operators import checks
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import tensor_array_ops
from reflow.util import nest


def is_staged(value):
    """Whether what depends on a value becomes part of the graph."""
    return (tensor_util.is_tensor(value) and not isinstance(value, sparse_tensor.SparseTensor)
            and not _core.executing_eagerly())


def if_stmt(test, body, orelse, state):
    """if test: body() else: orelse()."""
    if is_staged(test):
        _staged_if(test, body, orelse, state)
    elif test:
        body()
    elif orelse is not None:
        orelse()


def if_expression(test, body, orelse):
    """body() if test else orelse()."""
    if not is_staged(test):
        return body() if test else orelse()
    return control_flow_ops.cond(test, body, orelse)


def _staged_if(test, body, orelse, state):
    state = state.existing()
    before, results, structures = state.read(), [None, None], []

    def branch(which, function):
        def run():
            state.assign(before)
            if function is not None:
                function()
            values = state.read()
            checks.check_branch(values, ('if', 'else')[which])
            results[which] = values
            if results[1 - which] is not None:
                checks.check_branches(state.kept_names, *results)
            return _tensors_of(values, structures)
        return run

    tensors = iter(control_flow_ops.cond(test, branch(0, body), branch(1, orelse), strict=True))
    values, is_tensor = structures[0]
    flat = [_like(value, next(tensors)) if known else value
            for value, known in zip(nest.flatten(values, expand_composites=True), is_tensor)]
    state.assign(nest.pack_sequence_as(values, flat, expand_composites=True))


def _like(value, tensor):
    return value._with_flow(tensor) if isinstance(value, tensor_array_ops.TensorArray) else tensor


def _tensors_of(values, structures):
    """The tensors of a branch's values; None and other objects, which both branches must have, are none."""
    flat = nest.flatten(values, expand_composites=True)
    tensors, is_tensor = [], []
    for value in flat:
        if value is not None:
            value = ops.convert_to_tensor(_flow_of(value))
            tensors.append(value)
        is_tensor.append(value is not None)
    if structures and structures[0][1] != is_tensor:
        raise ValueError('Lengths of branch outputs of cond must match.\nlen(graphs[0].outputs): %d\nlen(graphs[1].outputs): '
                         '%d\n' % (sum(structures[0][1]), len(tensors)))
    structures.append((values, is_tensor))
    return tensors or [ops.convert_to_tensor(1)]


def while_stmt(test, body, state):
    """while test(): body()."""
    goes_on = _value_in_scratch_graph(test)
    if is_staged(goes_on):
        _staged_while(test, body, state)
        return
    while goes_on:
        body()
        goes_on = test()


def _value_in_scratch_graph(test):
    """What the test gives, without operations in the graph."""
    if _core.executing_eagerly():
        return test()
    found = []

    def run(_):
        found.append(test())
        return []
    _core.trace_function('test', [], run)
    return found[0]


def _staged_while(test, body, state, internal=(), names=None, **options):
    """A loop of the graph over the state. `internal` variables come first, and are arguments and results of test and body."""
    values = state.read()
    checks.check_before_loop(values)
    if any(value is None for value in nest.flatten(values)):
        raise ValueError('None values not supported.')
    takes_internal = bool(internal)
    if not values and not internal:
        internal, body = [0], _counting(body)
    known = len(internal)
    names = state.kept_names if names is None else names

    def loop_test(*variables):
        state.assign(variables[known:])
        return test(*variables[:known]) if takes_internal else test()

    def loop_body(*variables):
        state.assign(variables[known:])
        changed = body(*variables[:known])
        after = state.read()
        checks.check_iteration(names, variables[known:], after)
        return list(changed or ()) + after

    results = control_flow_ops.while_loop(loop_test, loop_body, list(internal) + values, return_same_structure=True, **options)
    state.assign(nest.map_structure(_outside, results[known:], expand_composites=True))


def _outside(value):
    """A loop's result as one that a branch around the loop may give."""
    return array_ops.identity(value) if isinstance(value, ops.Tensor) else value


def _flow_of(value):
    return value.flow if isinstance(value, tensor_array_ops.TensorArray) else value


def _counting(body):
    """The body of a loop that has no variables: the graph's must have one."""
    def counted(i):
        body()
        return [i + 1]
    return counted


def for_stmt(iterated, extra_test, body, state):
    """for item in iterated: body(item), as long as extra_test() is true."""
    from reflow.data.ops import dataset
    from reflow.data.ops import iterator_ops
    if not _core.executing_eagerly():
        if tensor_util.is_tensor(iterated) and not isinstance(iterated, sparse_tensor.SparseTensor):
            is_range = iterated.op.type == 'Range' if hasattr(iterated, 'op') else False
            return (_for_range if is_range else _for_rows)(iterated, extra_test, body, state)
        if isinstance(iterated, dataset.DatasetV2):
            return _for_dataset(iterated, extra_test, body, state)
        if isinstance(iterated, iterator_ops.IteratorV2):
            return _for_iterator(iterated, extra_test, body, state)
    for item in iterated:
        body(item)
        if extra_test is not None and not extra_test():
            break
    return None


def _and_extra(test, extra_test):
    """`test`, and the extra one, which looks at flags only, where there is one."""
    return test if extra_test is None else math_ops.logical_and(test, extra_test())


def _for_range(iterated, extra_test, body, state):
    start, limit, delta = iterated.op.inputs

    def test(i):
        step = tensor_util.constant_value(delta)
        if step is None:
            goes_on = math_ops.logical_or(math_ops.logical_and(delta >= 0, i < limit), math_ops.logical_and(delta < 0, i > limit))
        else:
            goes_on = i < limit if step >= 0 else i > limit
        return _and_extra(goes_on, extra_test)

    def iteration(i):
        body(i)
        return [i + delta]
    _staged_while(test, iteration, state, [start])


def _for_rows(iterated, extra_test, body, state):
    from reflow.autograph.operators import py_builtins
    checks.check_before_loop(state.read())
    iterated = ops.convert_to_tensor(iterated)
    length = py_builtins.len_(iterated)
    rows = tensor_array_ops.TensorArray(iterated.dtype, size=length).unstack(iterated)

    def iteration(i):
        body(rows.read(i))
        return [i + 1]
    _staged_while(lambda i: _and_extra(i < length, extra_test), iteration, state, [0])


def _for_dataset(dataset, extra_test, body, state):
    values = state.read()
    checks.check_before_loop(values)
    nothing = () if values else (ops.convert_to_tensor(0),)

    def changed(variables, item):
        if not nothing:
            state.assign(variables)
        body(item)
        after = state.read()
        checks.check_iteration(state.kept_names, variables, after, with_shapes=False)
        return nothing or tuple(after)

    start = nothing or tuple(values)
    if extra_test is None:
        end = dataset.reduce(start, lambda variables, item: changed(variables, item))
    else:
        end = _reduced_while(dataset, extra_test, changed, state, start)
    if not nothing:
        state.assign(end)


def _reduced_while(dataset, extra_test, changed, state, start):
    from reflow.data.experimental.ops import scan_ops
    from reflow.data.experimental.ops import take_while_ops

    def scanned(variables, item):
        state.assign(variables)
        goes_on = extra_test()
        flat = control_flow_ops.cond(goes_on, lambda: nest.flatten(changed(variables, item), expand_composites=True),
                                     lambda: nest.flatten(variables, expand_composites=True), strict=True)
        after = nest.pack_sequence_as(variables, flat, expand_composites=True)
        return after, (after, goes_on)

    dataset = dataset.apply(scan_ops.scan(start, scanned)).apply(take_while_ops.take_while(lambda after, goes_on: goes_on))
    return dataset.reduce(start, lambda _, result: result[0] if isinstance(result, tuple) and len(result) == 2 else result)


def _for_iterator(iterator, extra_test, body, state):
    from reflow.data.ops import iterator_ops
    checks.check_before_loop(state.read())

    def iteration(_):
        item = iterator_ops.get_next_as_optional(iterator)
        has_next = item.has_value()
        _staged_if(has_next, lambda: body(item.get_value()), None, state)
        return [has_next]
    _staged_while(lambda has_next: _and_extra(has_next, extra_test), iteration, state, [True])
