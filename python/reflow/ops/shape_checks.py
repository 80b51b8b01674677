"""assert_shapes: tensors whose dimensions have given sizes, or the same ones."""

from reflow import _core
from reflow.framework import constant_op
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops


class _Sizes:
    """The sizes that a tensor should have, and those that it has: ints, or tensors that aren't known before it runs."""

    def __init__(self, tensor, wanted, message):
        self.tensor = tensor
        if not hasattr(wanted, '__iter__') and not hasattr(wanted, '__getitem__'):
            raise ValueError('%s.  Tensor %s.  Specified shape must be an iterable.  An iterable has the attribute '
                             '`__iter__` or `__getitem__`.  Received specified shape: %s' % (
                                 message, _name_of(tensor), wanted))
        wanted = tuple(wanted)
        self.is_innermost = False  # dimensions before them are not looked at
        for i, symbol in enumerate(wanted):
            if symbol not in [Ellipsis, '*']:
                continue
            if i != 0:
                raise ValueError('%s.  Tensor %s specified shape index %d.  Symbol `...` or `*` for a variable number of '
                                 'unspecified dimensions is only allowed as the first entry' % (
                                     message, _name_of(tensor), i))
            self.is_innermost = True
        self.actual = _actual_sizes(tensor)
        self.wanted = (wanted[1:] if self.is_innermost else wanted) or (1,)

    def check_rank(self, **arguments):
        """An assertion, or None where any rank will do. A scalar is taken for a vector of one element."""
        rank = len(self.wanted)
        if self.is_innermost:
            return None if rank <= 1 else check_ops.assert_rank_at_least(x=self.tensor, rank=rank, **arguments)
        if rank <= 1:
            return check_ops.assert_rank_in(x=self.tensor, ranks=[0, 1], **arguments)
        return check_ops.assert_rank(x=self.tensor, rank=rank, **arguments)

    def dimension(self, i):
        """Where in the tensor the size `wanted[i]` is."""
        return i - len(self.wanted) if self.is_innermost else i


def _name_of(tensor):
    if _core.executing_eagerly():
        from reflow.ops import eager_checks
        return eager_checks.description(tensor)
    return tensor.name


def _actual_sizes(tensor):
    dynamic_shape = array_ops.shape(tensor)
    rank = tensor.shape.rank
    if rank == 0:
        return (1,)
    if rank is not None:
        return [dynamic_shape[i] if size is None else size for i, size in enumerate(tensor.shape.as_list())]
    is_scalar = math_ops.equal(array_ops.rank(tensor), 0)
    return control_flow_ops.cond(is_scalar, lambda: constant_op.constant([1]), lambda: dynamic_shape)


def _is_known(size):
    try:
        int(size)
    except (ValueError, TypeError):
        return False
    return True


def assert_shapes(shapes, data=None, summarize=None, message=None, name=None):
    """An operation that fails where the shapes of tensors aren't as `shapes`, of (tensor, shape), says."""
    if isinstance(shapes, dict):
        shapes = shapes.items()
    message = message or ''
    with ops.name_scope(name, 'assert_shapes', [shapes, data]):
        tensors = [(ops.convert_to_tensor(x), shape) for x, shape in shapes if shape is not None]
        constraints = [_Sizes(tensor, shape, message) for tensor, shape in tensors]
        ranks = [sizes.check_rank(data=data, summarize=summarize, message=message, name=name) for sizes in constraints]
        assertions = []
        named = {}  # by symbol: what has it, and where, first
        for sizes in constraints:
            for i, symbol in enumerate(sizes.wanted):
                if symbol not in [None, '.']:
                    assertions += _check_size(sizes, sizes.dimension(i), symbol, named, data, summarize, message)
        with ops.control_dependencies([rank for rank in ranks if rank is not None]):
            return control_flow_ops.group(assertions)


def _check_size(sizes, dim, symbol, named, data, summarize, message):
    actual = sizes.actual[dim]
    if _is_known(symbol):
        wanted, reason = int(symbol), 'Specified explicitly'
    elif symbol in named:
        wanted, tensor, at = named[symbol]
        reason = 'Specified by tensor %s dimension %d' % (_name_of(tensor), at)
    else:
        named[symbol] = (actual, sizes.tensor, dim)
        return []
    if _is_known(actual) and _is_known(wanted):
        if int(actual) != int(wanted):
            raise ValueError('%s.  %s.  Tensor %s dimension %s must have size %d.  Received size %d, shape %s' % (
                message, reason, _name_of(sizes.tensor), dim, wanted, actual, sizes.tensor.shape))
        return []
    condition = math_ops.equal(ops.convert_to_tensor(actual), ops.convert_to_tensor(wanted))
    if data is None:
        data = [message, reason, 'Tensor %s dimension' % _name_of(sizes.tensor), dim, 'must have size', wanted,
                'Received shape: ', array_ops.shape(sizes.tensor)]
    return [control_flow_ops.Assert(condition, data, summarize=summarize)]
