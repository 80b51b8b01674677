"""Operations to run when a SavedModel has been loaded."""
from reflow.framework import ops
from reflow.ops import control_flow_ops, lookup_ops, variables
from reflow.util import deprecation


@deprecation.deprecated(
    None, 'This function will only be available through the v1 compatibility library as '
    'tf.compat.v1.saved_model.main_op.main_op.')
def main_op():
    """The operation that initializes all variables, local variables and tables."""
    return control_flow_ops.group(variables.global_variables_initializer(), variables.local_variables_initializer(),
                                  lookup_ops.tables_initializer())


@deprecation.deprecated(
    None, 'This function will only be available through the v1 compatibility library as '
    'tf.compat.v1.saved_model.main_op_with_restore or tf.compat.v1.saved_model.main_op.main_op_with_restore.')
def main_op_with_restore(restore_op_name):
    """The operation that initializes all variables, local variables and tables, and then runs the one of this name."""
    with ops.control_dependencies([main_op()]):
        return control_flow_ops.group(restore_op_name)
