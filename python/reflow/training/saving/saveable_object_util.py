"""From variables, lists and dictionaries to what a Saver saves."""
from reflow import _core
from reflow.framework import ops
from reflow.training.saving import saveable_object

_VARIABLE_OPS = {'Variable', 'VariableV2', 'AutoReloadVariable', 'VarHandleOp', 'ReadVariableOp'}
_REF_VARIABLE_OPS = {'Variable', 'VariableV2', 'AutoReloadVariable'}


class ReferenceVariableSaveable(saveable_object.SaveableObject):
    """A ref variable, or the tensor of one."""

    def __init__(self, var, slice_spec, name):
        super().__init__(var, [saveable_object.SaveSpec(var, slice_spec, name, dtype=var.dtype)], name)

    def restore(self, restored_tensors, restored_shapes):
        from reflow.ops import array_ops, state_ops
        restored = restored_tensors[0]
        if restored_shapes is not None:
            restored = array_ops.reshape(restored, restored_shapes[0])
        return state_ops.assign(self.op, restored, validate_shape=restored_shapes is None and
                                self.op.get_shape().is_fully_defined())


class ResourceVariableSaveable(saveable_object.SaveableObject):
    """A resource variable, or a tensor that reads one."""

    def __init__(self, var, slice_spec, name):
        is_tensor = isinstance(var, ops.Tensor)
        self.handle_op = var.op.inputs[0] if is_tensor else var.handle
        self._var_device = var.device
        self._var_shape = var.shape
        tensor = var if is_tensor else var._as_graph_element()
        super().__init__(var, [saveable_object.SaveSpec(tensor, slice_spec, name, dtype=var.dtype)], name)

    def restore(self, restored_tensors, restored_shapes):
        from reflow.ops import array_ops, gen_resource_variable_ops
        restored = restored_tensors[0]
        if restored_shapes is not None:
            restored = array_ops.reshape(restored, restored_shapes[0])
        with ops.device(self._var_device):
            return gen_resource_variable_ops.assign_variable_op(self.handle_op, array_ops.identity(restored))


class EagerVariableSaveable(saveable_object.SaveableObject):
    """A variable that has its value."""

    def __init__(self, var, slice_spec, name):
        self._variable = var
        super().__init__(var, [saveable_object.SaveSpec(var.read_value, slice_spec, name, dtype=var.dtype)], name)

    def restore(self, restored_tensors, restored_shapes):
        from reflow.ops import array_ops
        restored = restored_tensors[0]
        if restored_shapes is not None:
            restored = array_ops.reshape(restored, restored_shapes[0])
        self._variable.shape.assert_is_compatible_with(restored.shape)
        return self._variable.assign(restored, read_value=False)


def _saveable_class(variable):
    """The class of SaveableObjects for a variable."""
    if getattr(variable, '_is_eager', False):
        return EagerVariableSaveable
    return ReferenceVariableSaveable if variable.op.type in _REF_VARIABLE_OPS else ResourceVariableSaveable


def _is_variable(op):
    return isinstance(op, _core.Variable)


def _is_partitioned(op):
    """Whether it is a variable in parts."""
    return type(op).__name__ == 'PartitionedVariable'


def _slice_info(variable):
    return getattr(variable, '_save_slice_info', None)


def _own_name(variable):
    if getattr(variable, '_is_eager', False):
        return variable._shared_name
    op = variable.op
    return op.inputs[0].op.name if op.type == 'ReadVariableOp' else op.name


def op_list_to_dict(op_list, convert_variable_to_tensor=True):
    """{name in checkpoints: what is saved}; parts of one variable are a list."""
    if not isinstance(op_list, (list, tuple, set)):
        raise TypeError('Variables to save should be passed in a dict or a list: %s' % op_list)
    named = {}
    for var in sorted(op_list, key=lambda var: var.name):
        if isinstance(var, saveable_object.SaveableObject):
            named[var.name] = var
            continue
        if _is_variable(var) and _slice_info(var) is not None:
            name = _slice_info(var).full_name
            if not isinstance(named.setdefault(name, []), list):
                raise ValueError('Mixing slices and non-slices with the same name: %s' % name)
            named[name].append(var)
            continue
        if not _is_partitioned(var) and not _is_variable(var) and not (hasattr(var, 'op') and var.op.type in _VARIABLE_OPS):
            raise TypeError('Variable to save is not a Variable: %s' % (var,))
        name = var.name if _is_partitioned(var) else _own_name(var)
        if name in named:
            raise ValueError('At least two variables have the same name: %s' % name)
        named[name] = var
    return named


def _slices(variables, name):
    """The parts of a variable as the extension takes them: (name, variable, slice)."""
    full_name = None
    for variable in variables:
        if not _is_variable(variable):
            raise ValueError('Slices must all be Variables: %s' % variable)
        info = _slice_info(variable)
        if info is None:
            raise ValueError('Slices must all be slices: %s' % variable)
        if full_name not in (None, info.full_name):
            raise ValueError('Slices must all be from the same tensor: %s != %s' % (full_name, info.full_name))
        full_name = info.full_name
        yield name, variable, info.spec


def _named_saveables(name, op):
    """What the extension takes for one entry of the dictionary."""
    if not isinstance(name, str):
        raise TypeError('names_to_saveables must be a dict mapping string names to trackable operations. Name is not a '
                        'string: %s' % name)
    if isinstance(op, saveable_object.SaveableObject):
        return [op]
    if isinstance(op, (list, tuple)) or _is_partitioned(op):
        return list(_slices(list(op), name))
    if _is_variable(op):
        return [(name, op, '')]
    tensor = op if isinstance(op, ops.Tensor) else ops.convert_to_tensor(op)
    if tensor.op.type not in _VARIABLE_OPS:
        raise TypeError('names_to_saveables must be a dict mapping string names to Tensors/Variables. Not a variable: %s' %
                        tensor)
    cls = ReferenceVariableSaveable if tensor.op.type in _REF_VARIABLE_OPS else ResourceVariableSaveable
    return [cls(tensor, '', name)]


def saveable_objects_for_op(op, name):
    """The SaveableObjects of a variable, of its parts, or of what is a SaveableObject itself."""
    for item in _named_saveables(name, op):
        if isinstance(item, tuple):
            name, variable, slice_spec = item
            item = _saveable_class(variable)(variable, slice_spec, name)
        yield item


def items_to_save(var_list):
    """What the extension takes for a list or dictionary of variables, by name."""
    named = var_list if isinstance(var_list, dict) else op_list_to_dict(var_list)
    return [item for name, op in sorted(named.items()) for item in _named_saveables(name, op)]


def validate_and_slice_inputs(names_to_saveables):
    """The SaveableObjects of a list or dictionary, by name."""
    named = names_to_saveables if isinstance(names_to_saveables, dict) else op_list_to_dict(names_to_saveables)
    saveables, seen = [], set()
    for name, op in sorted(named.items()):
        for saveable in saveable_objects_for_op(op, name):
            if id(saveable.op) in seen:
                raise ValueError('The same saveable will be restored with two names: %s' % saveable.name)
            seen.add(id(saveable.op))
            saveables.append(saveable)
    return saveables
