"""The definitions of all ops as OpDef messages."""
import functools

from reflow import _core
from reflow.framework import protos


@functools.lru_cache(maxsize=None)
def op_def(op_type):
    """The OpDef of an op, without its documentation; None if Reflow has no such op."""
    if not _core.has_op(op_type):
        return None
    definition = protos.message('tensorflow.OpDef').FromString(_core.op_def_proto(op_type))
    for described in (definition, *definition.input_arg, *definition.output_arg, *definition.attr):
        described.ClearField('description')
    definition.ClearField('summary')
    return definition


def get_registered_ops():
    """A dict from the names of all ops to their OpDefs."""
    return {op_type: op_def(op_type) for op_type in _core.op_types()}
