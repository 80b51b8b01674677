"""Gradients compared with differences: `tf.test.compute_gradient` and `tf.test.compute_gradient_error`."""
import numpy as np

from reflow.framework import dtypes

_TYPES = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128)


def compute_gradient(x, x_shape, y, y_shape, x_init_value=None, delta=1e-3, init_targets=None, extra_feed_dict=None):
    """The Jacobian of `y` with respect to `x`, by its gradient and by differences: (theoretical, numeric).

    A Jacobian is [elements of x, elements of y]; a complex element counts as two. `x` may be a list of tensors, then so
    are shapes, initial values (random where there are none) and results. `init_targets` are run first. In the default
    session.
    """
    for target in init_targets or ():
        target.run()
    feeds = extra_feed_dict or {}
    if not isinstance(x, list):
        return _jacobians(x, x_shape, y, y_shape, x_init_value, delta, feeds, *_gradient(x, y, y_shape))
    # All gradients are made before the first run, as in TensorFlow.
    gradients = [_gradient(each, y, y_shape) for each in x]
    values = x_init_value or [None] * len(x)
    return [_jacobians(each, shape, y, y_shape, value, delta, feeds, *gradient)
            for each, shape, value, gradient in zip(x, x_shape, values, gradients)]


def compute_gradient_error(x, x_shape, y, y_shape, x_init_value=None, delta=1e-3, init_targets=None,
                           extra_feed_dict=None):
    """The largest difference between the two Jacobians of compute_gradient."""
    jacobians = compute_gradient(x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict)
    error = 0
    for theoretical, numeric in [jacobians] if isinstance(jacobians, tuple) else jacobians:
        if theoretical.size:
            error = np.maximum(error, np.fabs(theoretical - numeric).max())
    return error


def _gradient(x, y, y_shape):
    """dy/dx of `y` by `x`, and the tensor to feed as the gradient of `y`."""
    from reflow.framework import constant_op
    from reflow.ops import array_ops, gradients_impl
    with x.graph.as_default():
        fed = constant_op.constant(1.0, shape=y_shape, dtype=y.dtype)
        dy = array_ops.identity(fed)
    return gradients_impl.gradients(y, x, dy)[0], fed


def _jacobians(x, x_shape, y, y_shape, x_value, delta, feeds, dx, dy):
    for tensor, name in ((x, 'x'), (y, 'y')):
        assert tensor.dtype.base_dtype in _TYPES, "Don't support type %s for %s" % (tensor.dtype.name, name)
    if x_value is None:
        x_value = np.random.random_sample(x_shape).astype(x.dtype.as_numpy_dtype)
        if x.dtype.is_complex:
            x_value.imag = np.random.random_sample(x_shape)
    assert list(x_shape) == list(x_value.shape), 'x_shape = %s, init_data shape = %s' % (x_shape, list(x_value.shape))
    return _theoretical(x, x_value, dy, y_shape, dx, feeds), _numeric(x, x_value, y, y_shape, delta, feeds)


def _reals(array):
    """The elements of an array in a row, the two parts of complex ones one after the other; shares its memory."""
    flat = array.reshape(-1)
    return flat.view(flat.real.dtype)


def _theoretical(x, x_value, dy, dy_shape, dx, feeds):
    from reflow.framework import indexed_slices, ops
    session = ops.get_default_session()
    dy_value = np.zeros(dy_shape, dtype=dy.dtype.as_numpy_dtype)
    columns = _reals(dy_value)
    jacobian = np.zeros((_reals(x_value).size, columns.size), dtype=x.dtype.real_dtype.as_numpy_dtype)
    for column in range(columns.size):
        columns[column] = 1
        value = session.run(dx, feed_dict={**feeds, x: x_value, dy: dy_value})
        if isinstance(dx, indexed_slices.IndexedSlices):
            rows = jacobian[:, column].reshape(x_value.shape[0], -1)
            np.add.at(rows, value.indices, value.values.reshape(len(value.indices), -1))
            jacobian[:, column] = rows.reshape(-1)
        else:
            jacobian[:, column] = _reals(value)
        columns[column] = 0
    if not columns.size:
        _check_empty(session.run(dx, feed_dict={**feeds, x: x_value, dy: dy_value}), x_value)
    return jacobian


def _check_empty(value, x_value):
    if value.shape != x_value.shape:
        raise ValueError('Empty gradient has wrong shape: expected %s, got %s' % (x_value.shape, value.shape))
    if np.any(value):
        raise ValueError('Empty tensor with nonzero gradients')


def _numeric(x, x_value, y, y_shape, delta, feeds):
    x_value = np.array(x_value, dtype=x.dtype.as_numpy_dtype)
    y_type = y.dtype.real_dtype.as_numpy_dtype
    scale = np.asarray(2 * delta, dtype=y_type)[()]
    rows = _reals(x_value).size
    jacobian = np.zeros((rows, _reals(np.zeros(y_shape, dtype=y.dtype.as_numpy_dtype)).size),
                        dtype=x.dtype.real_dtype.as_numpy_dtype)
    for row in range(rows):
        sides = []
        for step in (delta, -delta):
            moved = x_value.copy()
            _reals(moved)[row] += step
            sides.append(y.eval(feed_dict={**feeds, x: moved}))
        jacobian[row] = _reals(np.asarray((sides[0] - sides[1]) / scale, dtype=y.dtype.as_numpy_dtype))
    return jacobian
