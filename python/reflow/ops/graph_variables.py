"""The variables of a graph by their collections, and operations over many of them."""

from reflow import _core
from reflow.framework import ops


def global_variables(scope=None):
    """The variables that are shared and saved."""
    return ops.get_collection(ops.GraphKeys.GLOBAL_VARIABLES, scope)


def all_variables():
    """Deprecated: global_variables."""
    return global_variables()


def local_variables(scope=None):
    """The variables of this process only."""
    return ops.get_collection(ops.GraphKeys.LOCAL_VARIABLES, scope)


def model_variables(scope=None):
    """The variables that a model computes with."""
    return ops.get_collection(ops.GraphKeys.MODEL_VARIABLES, scope)


def trainable_variables(scope=None):
    """The variables that optimizers train."""
    return ops.get_collection(ops.GraphKeys.TRAINABLE_VARIABLES, scope)


def moving_average_variables(scope=None):
    """The variables that moving averages are kept of."""
    return ops.get_collection(ops.GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


def _all_saveable_objects(scope=None):
    return (ops.get_collection(ops.GraphKeys.GLOBAL_VARIABLES, scope) +
            ops.get_collection(ops.GraphKeys.SAVEABLE_OBJECTS, scope))


def variables_initializer(var_list, name='init'):
    """An operation that initialises the variables."""
    if _core.executing_eagerly():
        return None
    from reflow.ops import control_flow_ops
    return control_flow_ops.group(*[variable.initializer for variable in var_list or ()], name=name)


def initialize_variables(var_list, name='init'):
    """Deprecated: variables_initializer."""
    return variables_initializer(var_list, name=name)


def global_variables_initializer():
    """An operation that initialises the global variables."""
    return variables_initializer(global_variables())


def initialize_all_variables():
    """Deprecated: global_variables_initializer."""
    return global_variables_initializer()


def local_variables_initializer():
    """An operation that initialises the local variables."""
    variables = local_variables()
    if variables:
        return variables_initializer(variables)
    from reflow.ops import control_flow_ops
    return control_flow_ops.no_op(name='init')


def initialize_local_variables():
    """Deprecated: local_variables_initializer."""
    return local_variables_initializer()


def is_variable_initialized(variable):
    """A bool: has the variable a value?"""
    return _core.is_variable_initialized(variable, None)


def report_uninitialized_variables(var_list=None, name='report_uninitialized_variables'):
    """The names of the variables that have no value yet."""
    if var_list is None:
        var_list = global_variables() + local_variables()
    return _core.report_uninitialized_variables(list(var_list), name)


def assert_variables_initialized(var_list=None):
    """Deprecated: an operation that fails where a variable has no value."""
    if var_list is None:
        var_list = global_variables() + local_variables()
    if not var_list:
        return None
    from reflow.ops import array_ops
    ranks = []
    for variable in var_list:
        with ops.colocate_with(variable.op):
            ranks.append(array_ops.rank_internal(variable, optimize=False))
    return ranks[0] if len(ranks) == 1 else array_ops.stack(ranks)
