"""Control flow: group, tuple, cond, and what waits for others."""

from reflow import _core
from reflow.framework import ops
from reflow.ops import gen_array_ops
from reflow.ops import gen_control_flow_ops
from reflow.util import nest


def no_op(name=None):
    """Does nothing; runs after its control inputs."""
    return gen_control_flow_ops.no_op(name=name)


def group(*inputs, **kwargs):
    """An operation that runs when all of `inputs` have run."""
    name = kwargs.pop('name', None)
    if kwargs:
        raise ValueError('Unknown keyword arguments: ' + ', '.join(kwargs.keys()))
    elements = []
    for element in nest.flatten(inputs, expand_composites=True):
        if element is None:
            continue
        if not hasattr(element, 'device'):
            raise TypeError("Expected tf.group() expected Tensor objects not None with type '%s'" % type(element))
        elements.append(element)
    return _core.group(elements, name)


def tuple(tensors, name=None, control_inputs=None):  # pylint: disable=redefined-builtin
    """The tensors, each available when all of them and the control inputs are."""
    with ops.name_scope(name, 'tuple', tensors) as scope:
        gating = [tensor.op for tensor in tensors if tensor is not None and not isinstance(tensor, ops.Operation)]
        gating += [tensor for tensor in tensors if isinstance(tensor, ops.Operation)]
        for control in control_inputs or ():
            gating.append(control if isinstance(control, ops.Operation) else control.op)
        if not gating:
            raise ValueError('Must have at least one Tensor: %s' % tensors)
        gate = _core.group(sorted(set(gating), key=lambda op: op._id), None)
        results = []
        for tensor in tensors:
            if isinstance(tensor, ops.Operation):
                results.append(with_dependencies([gate], tensor))
            else:
                results.append(None if tensor is None else with_dependencies([gate], tensor))
        return results


def with_dependencies(dependencies, output_tensor, name=None):
    """`output_tensor` after `dependencies`."""
    from reflow.framework import indexed_slices
    with ops.name_scope(name, 'control_dependency', list(dependencies) + [output_tensor]) as name:
        with ops.colocate_with(output_tensor):
            with ops.control_dependencies(dependencies):
                output_tensor = ops.convert_to_tensor_or_indexed_slices(output_tensor)
                if isinstance(output_tensor, indexed_slices.IndexedSlices):
                    return indexed_slices.IndexedSlices(gen_array_ops.identity(output_tensor.values, name=name), output_tensor.indices,
                                                        output_tensor.dense_shape)
                return gen_array_ops.identity(output_tensor, name=name)


def cond(pred, true_fn=None, false_fn=None, strict=False, name=None, fn1=None, fn2=None):
    """The result of `true_fn` where `pred` is true, else that of `false_fn`."""
    if fn1 is not None:
        if true_fn is not None:
            raise TypeError('cond(): true_fn and fn1 may not be set simultaneously.')
        true_fn = fn1
    elif true_fn is None:
        raise TypeError('cond(): true_fn argument required')
    if fn2 is not None:
        if false_fn is not None:
            raise TypeError('cond(): false_fn and fn2 may not be set simultaneously.')
        false_fn = fn2
    elif false_fn is None:
        raise TypeError('cond(): false_fn argument required')
    if not callable(true_fn):
        raise TypeError('true_fn must be callable.')
    if not callable(false_fn):
        raise TypeError('false_fn must be callable.')
    if isinstance(pred, bool):
        raise TypeError('pred must not be a Python bool')
    results = []
    branches = [_branch(true_fn, results), _branch(false_fn, results)]
    merges = _core.cond(pred, branches[0], branches[1], name)
    structure = results[0]
    if isinstance(structure, ops.Operation) or structure is None:
        return merges[0]
    packed = nest.pack_sequence_as(structure, merges, expand_composites=True)
    return packed if strict else _unpack_single(packed)


def _branch(function, results):
    """`function` as the extension calls it: gives the flat tensors, or an operation."""
    def run():
        result = function()
        if result is None or isinstance(result, ops.Operation):
            results.append(result)
            return result if result is not None else no_op()
        if results:
            nest.assert_same_structure(results[0], result, expand_composites=True)
        results.append(result)
        return [value for value in nest.flatten(result, expand_composites=True)]
    return run


def _unpack_single(value):
    if isinstance(value, (list,) + (type(()),)) and not hasattr(value, '_fields') and len(value) == 1:
        return value[0]
    return value


