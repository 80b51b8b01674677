"""Python's operators on ragged tensors: those of their values."""

import numpy as np

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import math_ops


class Operators:
    """The base of what has the operators. Their other arguments are scalars, or have the same rows."""


def check_rows(name, values):
    """NotImplementedError: of the arguments of the function `name` one is neither ragged nor a scalar."""
    from reflow.ops.ragged import ragged_tensor
    for value in values:
        if ragged_tensor.is_ragged(value):
            continue
        shape = value.shape if isinstance(value, ops.Tensor) else np.shape(value)
        if tensor_shape.TensorShape(shape).ndims != 0:
            raise NotImplementedError('%s of a RaggedTensor and a tensor that is no scalar: give both the same rows' % name)


def _operator(name, function, reflected=False):
    def operator(self, *others):
        from reflow.ops.ragged import ragged_functional_ops
        check_rows(name, others)
        arguments = (self,) + others
        return ragged_functional_ops.map_flat_values(function, *(reversed(arguments) if reflected else arguments))
    setattr(Operators, name, operator)


for _name, _function in (('add', math_ops.add), ('sub', math_ops.subtract), ('mul', math_ops.multiply), ('div', math_ops.div),
                         ('truediv', math_ops.truediv), ('floordiv', math_ops.floordiv), ('mod', math_ops.floormod),
                         ('pow', math_ops.pow),
                         ('and', math_ops.logical_and), ('or', math_ops.logical_or), ('xor', math_ops.logical_xor)):
    _operator('__%s__' % _name, _function)
    _operator('__r%s__' % _name, _function, reflected=True)
for _name, _function in (('lt', math_ops.less), ('le', math_ops.less_equal), ('gt', math_ops.greater),
                         ('ge', math_ops.greater_equal),
                         ('neg', math_ops.negative), ('abs', math_ops.abs), ('invert', math_ops.logical_not)):
    _operator('__%s__' % _name, _function)
