"""Operators that tensors and variables have in common and that functions of Python make; the others are C++."""


def _operator(name, function_name):
    """Both methods of an operator: of `x NAME y`, and the reflected one."""

    def function():
        from reflow.ops import math_ops
        return getattr(math_ops, function_name)

    def apply(x, y):
        from reflow.framework import ops
        with ops.name_scope(None, name, [x, y]) as scope:
            x = ops.convert_to_tensor(x)
            y = ops.convert_to_tensor(y, dtype_hint=x.dtype.base_dtype, name='y')
            return function()(x, y, name=scope)

    def apply_reflected(y, x):
        from reflow.framework import ops
        with ops.name_scope(None, name, [x, y]) as scope:
            y = ops.convert_to_tensor(y)
            x = ops.convert_to_tensor(x, dtype=y.dtype.base_dtype, name='x')
            return function()(x, y, name=scope)

    return apply, apply_reflected


MATMUL = _operator('matmul', 'matmul')
DIV = _operator('div', 'div')


def absolute(x, name=None):
    """|x|."""
    from reflow.ops import math_ops
    return math_ops.abs(x, name)
