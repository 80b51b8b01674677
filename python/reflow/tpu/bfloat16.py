"""Models that calculate with bfloat16 and keep their variables as float32."""
import contextlib

from reflow.framework import dtypes
from reflow.ops import math_ops
from reflow.ops import variable_scope


def _get_custom_getter():
    def getter_of_float32(getter, *args, **kwargs):
        is_bfloat16 = kwargs['dtype'] == dtypes.bfloat16
        if is_bfloat16:
            kwargs['dtype'] = dtypes.float32
        variable = getter(*args, **kwargs)
        return math_ops.cast(variable, dtypes.bfloat16) if is_bfloat16 else variable

    return getter_of_float32


@contextlib.contextmanager
def bfloat16_scope():
    """A variable scope in which get_variable gives variables of type bfloat16 as casts of such of float32."""
    with variable_scope.variable_scope('', custom_getter=_get_custom_getter()) as scope:
        yield scope
