"""Products of tensors, sample by sample, as the package has them: of any two dimensions."""

from reflow.keras import backend as K
from reflow.ops import array_ops
from reflow.ops import math_ops


def batch_dot(x, y, axes=None):
    """The product of a dimension of x and one of y, sample by sample."""
    x_rank, y_rank = K.ndim(x), K.ndim(y)
    if x_rank < 2 or y_rank < 2:
        raise ValueError('Cannot do batch_dot on inputs with rank < 2. Received inputs with shapes ' + str(K.int_shape(x)) +
                         ' and ' + str(K.int_shape(y)) + '.')
    if axes is None:
        axes = [x_rank - 1, y_rank - 1 if y_rank == 2 else y_rank - 2]
    elif isinstance(axes, int):
        axes = [axes, axes]
    else:
        axes = list(axes)
    if 0 in axes:
        raise ValueError('Can not perform batch_dot over axis 0.If your inputs are not batched, add a dummy batch dimension '
                         'to your inputs using K.expand_dims(x, 0)')
    a, b = axes[0] % x_rank, axes[1] % y_rank
    d1, d2 = K.int_shape(x)[a], K.int_shape(y)[b]
    if d1 is not None and d2 is not None and d1 != d2:
        raise ValueError('Cannot do batch_dot on inputs with shapes ' + str(K.int_shape(x)) + ' and ' + str(K.int_shape(y)) +
                         ' with axes=' + str(axes) + '. x.shape[%d] != y.shape[%d] (%d != %d).' % (axes[0], axes[1], d1, d2))
    # [batch, ..., contracted] times [batch, contracted, ...], each with one other dimension.
    x_kept, y_kept = [i for i in range(1, x_rank) if i != a], [i for i in range(1, y_rank) if i != b]
    x_shape, y_shape = array_ops.shape(x), array_ops.shape(y)
    left = array_ops.transpose(x, [0] + x_kept + [a]) if x_kept + [a] != list(range(1, x_rank)) else x
    right = array_ops.transpose(y, [0, b] + y_kept) if [b] + y_kept != list(range(1, y_rank)) else y
    if len(x_kept) != 1:
        left = array_ops.reshape(left, array_ops.stack([x_shape[0], -1 if x_kept else 1, x_shape[a]]))
    if len(y_kept) != 1:
        right = array_ops.reshape(right, array_ops.stack([y_shape[0], y_shape[b], -1 if y_kept else 1]))
    result = math_ops.matmul(left, right)
    static = [K.int_shape(x)[0]] + [K.int_shape(x)[i] for i in x_kept] + [K.int_shape(y)[i] for i in y_kept]
    if len(x_kept) != 1 or len(y_kept) != 1:
        sizes = [x_shape[0]] + [x_shape[i] for i in x_kept] + [y_shape[i] for i in y_kept]
        if not x_kept and not y_kept:
            sizes.append(1)
            static.append(1)
        result = array_ops.reshape(result, array_ops.stack(sizes))
    result.set_shape(static)
    return result
