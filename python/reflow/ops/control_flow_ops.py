"""Control flow: group, tuple, cond, and what waits for others."""

import collections.abc

from reflow import _core
from reflow.framework import ops
from reflow.ops import gen_array_ops
from reflow.ops import gen_control_flow_ops
from reflow.ops.switch_ops import exit, merge, switch  # noqa: F401  pylint: disable=redefined-builtin
from reflow.util import nest


def no_op(name=None):
    """Does nothing; runs after its control inputs."""
    return gen_control_flow_ops.no_op(name=name)


def group(*inputs, **kwargs):
    """An operation that runs when all of `inputs` have run."""
    if _core.executing_eagerly():
        return None
    name = kwargs.pop('name', None)
    if kwargs:
        raise ValueError('Unknown keyword arguments: ' + ', '.join(kwargs.keys()))
    elements = []
    for element in nest.flatten(inputs, expand_composites=True):
        if not hasattr(element, 'device'):
            raise TypeError("Expected tf.group() expected Tensor arguments not '%s' with type '%s'" % (
                element, type(element)))
        elements.append(element)
    return _core.group(elements, name)


def tuple(tensors, name=None, control_inputs=None):  # pylint: disable=redefined-builtin
    """The tensors, each available when all of them and the control inputs are."""
    if _core.executing_eagerly():
        return tensors
    from reflow.framework import tensor_util
    with ops.name_scope(name, 'tuple', tensors):
        tensors = [tensor if tensor is None or isinstance(tensor, ops.Operation) or tensor_util.is_tensor(tensor)
                   else ops.convert_to_tensor(tensor) for tensor in tensors]
        gating = [tensor if isinstance(tensor, ops.Operation) else tensor.op for tensor in tensors if tensor is not None]
        for control in control_inputs or ():
            if not isinstance(control, (ops.Operation, ops.Tensor)):
                raise TypeError('Control input must be Operation or Tensor: %s' % control)
            gating.append(control if isinstance(control, ops.Operation) else control.op)
        if not gating:
            raise ValueError('Must have at least one Tensor: %s' % tensors)
        gate = _core.group(sorted(set(gating), key=lambda op: op._id), None)
        results = []
        for tensor in tensors:
            if isinstance(tensor, ops.Operation):
                with ops.control_dependencies([gate]):
                    results.append(group(tensor))
            else:
                results.append(None if tensor is None else with_dependencies([gate], tensor))
        return results


def with_dependencies(dependencies, output_tensor, name=None):
    """`output_tensor` after `dependencies`."""
    if _core.executing_eagerly():
        return output_tensor
    from reflow.framework import indexed_slices
    with ops.name_scope(name, 'control_dependency', list(dependencies) + [output_tensor]) as name:
        with ops.colocate_with(output_tensor):
            with ops.control_dependencies(dependencies):
                output_tensor = ops.convert_to_tensor_or_indexed_slices(output_tensor)
                if isinstance(output_tensor, indexed_slices.IndexedSlices):
                    values = gen_array_ops.identity(output_tensor.values, name=name)
                    return indexed_slices.IndexedSlices(values, output_tensor.indices, output_tensor.dense_shape)
                return gen_array_ops.identity(output_tensor, name=name)


def tuple_v2(tensors, control_inputs=None, name=None):
    """The tensors, each available when all of them and the control inputs are."""
    return tuple(tensors, name, control_inputs)


def cond_for_tf_v2(pred, true_fn=None, false_fn=None, name=None):
    """What `true_fn` or `false_fn` gives, with lists of one tensor as they are."""
    return cond(pred, true_fn=true_fn, false_fn=false_fn, strict=True, name=name)


def while_loop_v2(cond, body, loop_vars, shape_invariants=None, parallel_iterations=10, back_prop=True, swap_memory=False,
                  maximum_iterations=None, name=None):
    """The loop variables after the last iteration, in their structure."""
    return while_loop(cond, body, loop_vars, shape_invariants, parallel_iterations, back_prop, swap_memory, name,
                      maximum_iterations, return_same_structure=True)


def cond(pred, true_fn=None, false_fn=None, strict=False, name=None, fn1=None, fn2=None):
    """The result of `true_fn` where `pred` is true, else that of `false_fn`."""
    true_fn = _given_branch('true_fn', true_fn, 'fn1', fn1)
    false_fn = _given_branch('false_fn', false_fn, 'fn2', fn2)
    for branch_name, branch in (('true_fn', true_fn), ('false_fn', false_fn)):
        if not callable(branch):
            raise TypeError('%s must be callable.' % branch_name)
    if _core.executing_eagerly():
        return _eagerly().cond(pred, true_fn, false_fn, strict)
    if isinstance(pred, bool):
        raise TypeError('pred must not be a Python bool')
    if _core.builds_functional_control_flow():
        from reflow.ops import branch_functions
        return branch_functions.cond(pred, true_fn, false_fn, name)
    results = []
    branches = [_branch(function, results, which, strict) for which, function in (('true_fn', true_fn), ('false_fn', false_fn))]
    merges = _core.cond(pred, *branches, name)
    return _packed(results[0], merges)


def _given_branch(name, branch, old_name, old):
    """A branch of cond, which may be given by its old name."""
    if old is None and branch is None:
        raise TypeError('cond(): %s argument required' % name)
    if old is not None and branch is not None:
        raise TypeError('cond(): %s and %s may not be set simultaneously.' % (name, old_name))
    return branch if old is None else old


def _eagerly():
    from reflow.ops import eager_control_flow
    return eager_control_flow


def _branch(function, results, name, strict):
    """`function` as the extension calls it: gives the flat tensors. ValueError: it gives nothing."""
    def run():
        result = function()
        if result is None:
            raise ValueError('%s must have a return value.' % name)
        if not strict:
            result = _unpack_single(result)
        if results:
            nest.assert_same_structure(results[0], result, expand_composites=True)
        results.append(result)
        return [_value_of(each) for each in nest.flatten(result, expand_composites=True)]
    return run


def _value_of(result):
    """A tensor for what a branch gives: for an operation the predicate after it, since the other branch may give a tensor."""
    if isinstance(result, ops.Operation):
        return with_dependencies([result], ops.get_default_graph()._get_control_flow_context().pivot)
    return _flow_of(result)


def _packed(structure, merges):
    from reflow.ops import tensor_array_ops
    values = [value._with_flow(merge) if isinstance(value, tensor_array_ops.TensorArray) else merge
              for value, merge in zip(nest.flatten(structure, expand_composites=True), merges)]
    return nest.pack_sequence_as(structure, values, expand_composites=True)


def _unpack_single(value):
    return value[0] if isinstance(value, (list, type(()))) and len(value) == 1 else value


def while_loop(cond, body, loop_vars, shape_invariants=None, parallel_iterations=10, back_prop=True, swap_memory=False,
               name=None, maximum_iterations=None, return_same_structure=False):
    """Repeats `body`, which makes new loop variables from the old ones, while `cond` is true."""
    from reflow.ops import tensor_array_ops
    if not callable(cond):
        raise TypeError('cond must be callable.')
    if not callable(body):
        raise TypeError('body must be callable.')
    if not loop_vars:
        raise ValueError('No loop variables provided')
    if parallel_iterations < 1:
        raise TypeError('parallel_iterations must be a positive integer.')
    if _core.executing_eagerly():
        return _eagerly().while_loop(cond, body, loop_vars, maximum_iterations, return_same_structure)
    loop_vars = list(loop_vars) if isinstance(loop_vars, list) else loop_vars
    if shape_invariants is not None:
        nest.assert_same_structure(loop_vars, shape_invariants, expand_composites=False)
    flat = nest.flatten(loop_vars, expand_composites=True)
    if any(value is None for value in flat):
        raise AttributeError("'NoneType' object has no attribute 'shape'")
    arrays = [value if isinstance(value, tensor_array_ops.TensorArray) else None for value in flat]
    structures = []

    def packed(values):
        values = [value if array is None else array._with_flow(value) for value, array in zip(values, arrays)]
        return nest.pack_sequence_as(loop_vars, values, expand_composites=True)

    def call(function, values):
        return function(**values) if isinstance(values, dict) else function(*values)

    def run_body(values):
        values = packed(values)
        result = call(body, values)
        if not nest.is_sequence(result):
            result = [result]
        nest.assert_same_structure(list(values) if not isinstance(values, dict) else values,
                                   list(result) if not isinstance(result, dict) else result, expand_composites=True)
        structures.append(result)
        flat_result = nest.flatten(result, expand_composites=True)
        for i, value in enumerate(flat_result):
            if isinstance(value, tensor_array_ops.TensorArray):
                arrays[i] = value
        return [_flow_of(value) for value in flat_result]

    invariants = None
    if shape_invariants is not None:
        invariants = [shape if array is None else () for shape, array in zip(_flat_invariants(loop_vars, shape_invariants),
                                                                            arrays)]
    test = lambda values: call(cond, packed(values))  # noqa: E731
    if _core.builds_functional_control_flow():
        from reflow.ops import branch_functions
        test, run_body = branch_functions.part_of_graph(test), branch_functions.part_of_graph(run_body)
    exits = _core.while_loop(test, run_body, [_flow_of(value) for value in flat], invariants, parallel_iterations,
                             bool(back_prop), bool(swap_memory), 'while' if name is None else name, maximum_iterations)
    scope = exits[0].op.name.rpartition('/')[0]
    with ops.name_scope(scope and scope + '/'):  # the loop's, where TensorFlow makes the arrays
        values = [value if array is None else array._with_flow(value) for value, array in zip(exits, arrays)]
    result = nest.pack_sequence_as(structures[0], values, expand_composites=True)
    if return_same_structure or len(values) != 1 or isinstance(result, dict):
        return result
    return result[0]


def _flow_of(value):
    from reflow.ops import tensor_array_ops
    return value.flow if isinstance(value, tensor_array_ops.TensorArray) else value


def _flat_invariants(loop_vars, shape_invariants):
    """The invariants, one for each tensor of the loop variables: sparse tensors have several."""
    from reflow.framework import indexed_slices
    from reflow.framework import sparse_tensor
    shapes = []
    for variable, shape in zip(nest.flatten(loop_vars), nest.flatten(shape_invariants)):
        if isinstance(variable, sparse_tensor.SparseTensor):
            rank = shape.ndims if hasattr(shape, 'ndims') else None
            shapes += [[None, rank], [None], [rank]]
        elif isinstance(variable, indexed_slices.IndexedSlices):
            parts = nest.flatten(variable, expand_composites=True)
            shapes += [shape] + [None] * (len(parts) - 1)
        else:
            shapes.append(shape)
    return shapes


def case_v2(pred_fn_pairs, default=None, exclusive=False, strict=False, name='case'):
    """The result of the first function whose predicate is true, else that of `default`."""
    return case(pred_fn_pairs, default, exclusive, strict, name)


def case(pred_fn_pairs, default=None, exclusive=False, strict=False, name='case'):
    """The result of the first function whose predicate is true, else that of `default`."""
    if isinstance(pred_fn_pairs, dict):
        pairs = list(pred_fn_pairs.items())
    elif isinstance(pred_fn_pairs, (list, type(()))):
        pairs = list(pred_fn_pairs)
    else:
        raise TypeError('fns must be a list, tuple, or dict')
    if isinstance(pred_fn_pairs, dict):
        pairs.sort(key=lambda pair: pair[0].name if hasattr(pair[0], 'name') else str(pair[0]))
    for pair in pairs:
        if not isinstance(pair, type(())) or len(pair) != 2:
            raise TypeError('Each entry in pred_fn_pairs must be a 2-tuple')
        if not _core.executing_eagerly() and not isinstance(pair[0], ops.Tensor):
            raise TypeError('pred must be a Tensor, got: %s' % pair[0])
        if not callable(pair[1]):
            raise TypeError('fn for pred %s must be callable.' % pair[0].name)
    if not pairs:
        raise ValueError('not enough values to unpack (expected 2, got 0)')
    if default is not None and not callable(default):
        raise TypeError('false_fn must be callable.')
    if _core.executing_eagerly():
        return _eagerly().case(pairs, default, exclusive, strict)
    if _core.builds_functional_control_flow():
        from reflow.ops import branch_functions
        return branch_functions.case(pairs, default, bool(exclusive), name)
    results = []
    if default is None and len(pairs) == 1:
        return _lone_case(*pairs[0], name)
    branches = [_branch(function, results, 'true_fn', strict) for _, function in pairs]
    if default is None:
        branches[-1] = _branch(pairs[-1][1], results, 'false_fn', strict)
    merges = _core.case([pred for pred, _ in pairs], branches,
                        None if default is None else _branch(default, results, 'false_fn', strict), bool(exclusive), name)
    return _packed(results[0], merges)


def _lone_case(pred, function, name):
    """What `function` gives, whatever that is, after `pred` was found true."""
    results = []

    def run():
        results.append(function())
        return [pred]
    _core.case([pred], [run], None, False, name)
    return results[0]


def switch_case(branch_index, branch_fns, default=None, name='switch_case'):
    """The result of the function whose number is `branch_index`; of the last one, or `default`, for other numbers."""
    from reflow.ops import switch_case as implementation
    return implementation.switch_case(branch_index, branch_fns, default, name)


def Assert(condition, data, summarize=None, name=None):
    """Fails the run with the values of `data` where `condition` is false."""
    if _core.executing_eagerly():
        return _eagerly().check(condition, data, summarize)
    if not isinstance(data, collections.abc.Sequence):
        with ops.name_scope(name, 'Assert', [condition]):
            raise TypeError('values must be a sequence.')
    return _core.assert_op(condition, data, 3 if summarize is None else summarize, name)


def __getattr__(name):
    # Contexts are loaded when they are asked for: most programs only make them.
    if name in ('CondContext', 'WhileContext'):
        from reflow.ops import control_flow_contexts
        return getattr(control_flow_contexts, name)
    if not name.startswith('_') and hasattr(gen_control_flow_ops, name):
        return getattr(gen_control_flow_ops, name)
    raise AttributeError('module %r has no attribute %r' % (__name__, name))
