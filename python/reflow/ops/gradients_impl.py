"""Symbolic derivatives."""

import sys

from reflow import _core
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.ops.gradients_util import AggregationMethod, known_aggregation_method  # noqa: F401
from reflow.ops.unconnected_gradients import UnconnectedGradients


def _as_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def gradients(ys, xs, grad_ys=None, name='gradients', colocate_gradients_with_ops=False, gate_gradients=False,
              aggregation_method=None, stop_gradients=None, unconnected_gradients=UnconnectedGradients.NONE):
    """The derivatives of the sum of `ys` with respect to each of `xs`: tensors, IndexedSlices, or None."""
    if _core.executing_eagerly():
        raise RuntimeError('tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape instead.')
    try:
        zeros = UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO
    except ValueError:
        raise ValueError("Unknown value for unconnected_gradients: %r" % unconnected_gradients) from None
    aggregation_method = known_aggregation_method(aggregation_method)
    ys, xs, stops = _as_list(ys), _as_list(xs), [] if stop_gradients is None else _as_list(stop_gradients)
    for tensor in [tensor for tensor in ys + xs if tensor is None] + stops:
        _ = tensor.op  # AttributeError: it is no tensor
    grad_ys = [None] * len(ys) if grad_ys is None else _as_list(grad_ys)
    if len(ys) != len(grad_ys):
        raise ValueError('Passed %d grad_ys for %d ys' % (len(grad_ys), len(ys)))
    if any(grad_y is not None and not isinstance(grad_y, (ops.Tensor, ops.IndexedSlices)) for grad_y in grad_ys):
        with ops.name_scope(name, 'gradients', ys) as name:
            grad_ys = ops.convert_n_to_tensor_or_indexed_slices(grad_ys, name='grad_y')
    # A variable stops where it is, not where it is read.
    stops = [stop._variable if isinstance(stop, _core.Variable) else stop for stop in stops]
    tensors = [_dense_y(y, grad_y) for y, grad_y in zip(ys, grad_ys)]
    name = 'gradients' if name is None else name
    found = _core.gradients(tensors, [x.values if _is_several(x) else x for x in xs], grad_ys, name,
                            bool(colocate_gradients_with_ops), bool(gate_gradients), aggregation_method, stops, zeros)
    for x, gradient in zip(xs, found):
        if gradient is not None and _is_several(x):
            _ = x.value_index  # AttributeError: it is several tensors
    return found


def current():
    """`gradients` as the module tensorflow.python.ops.gradients has it, where programs put functions of their own."""
    module = sys.modules.get('reflow.ops.gradients')
    return gradients if module is None else module.gradients


def _is_several(value):
    return isinstance(value, (sparse_tensor.SparseTensor, ops.IndexedSlices))


def _dense_y(y, grad_y):
    """`y` as a tensor. AttributeError: it is several."""
    if not _is_several(y):
        return _core.convert_to_tensor(y, None, 'y', None)
    if grad_y is None and isinstance(y, ops.IndexedSlices):
        ops.convert_to_tensor(y)
    return y.value_index


def gradients_v2(ys, xs, grad_ys=None, name='gradients', gate_gradients=False, aggregation_method=None,
                 stop_gradients=None, unconnected_gradients=UnconnectedGradients.NONE):
    """The derivatives of the sum of `ys` with respect to each of `xs`."""
    return gradients(ys, xs, grad_ys, name, True, gate_gradients, aggregation_method, stop_gradients,
                     unconnected_gradients)


def HessiansV2(ys, xs, gate_gradients=False, aggregation_method=None, name='hessians'):
    """The second derivatives of the sum of `ys` with respect to each of `xs`: of the shape of x, twice."""
    return hessians(ys, xs, name=name, colocate_gradients_with_ops=True, gate_gradients=gate_gradients,
                    aggregation_method=aggregation_method)


def hessians(ys, xs, name='hessians', colocate_gradients_with_ops=False, gate_gradients=False, aggregation_method=None):
    """The second derivatives of the sum of `ys` with respect to each of `xs`: of the shape of x, twice."""
    from reflow.framework import dtypes
    from reflow.ops import array_ops
    from reflow.ops import control_flow_ops
    from reflow.ops import tensor_array_ops
    how = {'colocate_gradients_with_ops': colocate_gradients_with_ops, 'gate_gradients': gate_gradients,
           'aggregation_method': aggregation_method}
    xs = _as_list(xs)

    def hessian_of(gradient, x):
        gradient = array_ops.reshape(gradient, [-1])
        n = array_ops.size(x)
        start = [ops.convert_to_tensor(0, dtypes.int32), tensor_array_ops.TensorArray(x.dtype.base_dtype, n)]
        _, rows = control_flow_ops.while_loop(
            lambda i, _: i < n, lambda i, rows: (i + 1, rows.write(i, gradients(gradient[i], x)[0])), start)
        shape = array_ops.shape(x)
        return array_ops.reshape(rows.stack(), array_ops.concat((shape, shape), 0))

    return [hessian_of(gradient, x) for gradient, x in zip(gradients(ys, xs, **how), xs)]
