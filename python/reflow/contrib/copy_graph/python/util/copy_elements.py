"""Copies of operations and variables in other graphs, under the same names within a scope."""
from reflow.client.session import Session
from reflow.framework import ops
from reflow.ops.variables import VariableV1

__all__ = ['copy_op_to_graph', 'copy_variable_to_graph', 'get_copied_op']

_WITHOUT_SCOPE = (ops.GraphKeys.GLOBAL_VARIABLES, ops.GraphKeys.TRAINABLE_VARIABLES)


def _in_scope(scope, name):
    return scope + '/' + name if scope else name


def _collections_with(instance):
    graph = instance.graph
    return [name for name in graph.get_all_collection_keys()
            if any(each is instance for each in graph.get_collection_ref(name))]


def copy_variable_to_graph(org_instance, to_graph, scope=''):
    """A variable in another graph, whose initial value is that of the given one."""
    if not isinstance(org_instance, VariableV1):
        raise TypeError(str(org_instance) + ' is not a Variable')
    names = _collections_with(org_instance)
    with org_instance.graph.as_default(), Session() as session:
        value = session.run(org_instance.initialized_value())
    with to_graph.as_default():
        return VariableV1(
            value, trainable=ops.GraphKeys.TRAINABLE_VARIABLES in names, name=_in_scope(scope, org_instance.op.name),
            collections=[name if name in _WITHOUT_SCOPE else _in_scope(scope, name) for name in names], validate_shape=False)


def copy_op_to_graph(org_instance, to_graph, variables, scope=''):
    """An operation or tensor in another graph, with all that it is made of; `variables` are those copied before."""
    name = _in_scope(scope, org_instance.name)
    if any(variable.name == name for variable in variables):
        return to_graph.get_tensor_by_name(name)
    try:
        return get_copied_op(org_instance, to_graph, scope)
    except (KeyError, ValueError):
        pass
    if isinstance(org_instance, ops.Tensor):
        operation = copy_op_to_graph(org_instance.op, to_graph, variables, scope)
        copied = operation.outputs[org_instance.value_index]
        for collection in _collections_with(org_instance):
            to_graph.add_to_collection(_in_scope(scope, collection), copied)
        return copied
    if not isinstance(org_instance, ops.Operation):
        raise TypeError('Could not copy instance: ' + str(org_instance))
    controls = [copy_op_to_graph(each, to_graph, variables, scope) for each in org_instance.control_inputs]
    inputs = [copy_op_to_graph(each, to_graph, variables, scope) for each in org_instance.inputs]
    with to_graph.as_default(), ops.control_dependencies(None), ops.control_dependencies(controls):
        copied = to_graph.create_op(
            org_instance.type, inputs, [each.dtype for each in org_instance.outputs], name=name + '/',
            attrs={key: value for key, value in org_instance.node_def.attr.items()})
    return copied


def get_copied_op(org_instance, graph, scope=''):
    """The copy of an operation or tensor."""
    return graph.as_graph_element(_in_scope(scope, org_instance.name), allow_tensor=True, allow_operation=True)
