"""What counts as a tensor where composite tensors may be given."""
import sys


class _TensorLike:
    """The base of IndexedSlices and SparseTensor, and of other classes whose values count as tensors."""


# There are no tensors before the module of Tensor is loaded, which the questions here do not do.


def is_plain_tensor(value):
    """Whether `value` is a Tensor."""
    ops = sys.modules.get('reflow.framework.ops')
    return ops is not None and isinstance(value, ops.Tensor)


def is_dense_tensor_like(value):
    """Whether `value` is a Tensor, or a Variable or another of a class that is registered to stand for one."""
    ops = sys.modules.get('reflow.framework.ops')
    return ops is not None and ops.is_dense_tensor_like(value)


def is_eager_tensor(value):
    """Whether `value` is a tensor that has its value already."""
    eager_tensor = getattr(sys.modules.get('reflow.framework.ops'), 'EagerTensor', None)
    return eager_tensor is not None and isinstance(value, eager_tensor)
