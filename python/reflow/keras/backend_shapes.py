"""Functions of Keras' backend that move elements: parts put together, other shapes, other orders."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import ops
from reflow.keras.backend_math import ndim
from reflow.keras.backend_session import int_shape, is_sparse, to_dense
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import sparse_ops


def concatenate(tensors, axis=-1):
    """The tensors one after the other."""
    if axis < 0:
        rank = ndim(tensors[0])
        axis = axis % rank if rank else 0
    if all(is_sparse(x) for x in tensors):
        return sparse_ops.sparse_concat(axis, tensors)
    return array_ops.concat([to_dense(x) for x in tensors], axis)


def reshape(x, shape):
    """The elements in another shape."""
    return array_ops.reshape(x, shape)


def permute_dimensions(x, pattern):
    """The dimensions in another order."""
    return array_ops.transpose(x, perm=pattern)


def resize_images(x, height_factor, width_factor, data_format, interpolation='nearest'):
    """Images that are larger by integer factors."""
    from reflow.ops import gen_image_ops
    rows, cols = (2, 3) if data_format == 'channels_first' else (1, 2)
    if data_format not in ('channels_first', 'channels_last'):
        raise ValueError('Invalid `data_format` argument: %s' % (data_format,))
    static = int_shape(x)
    new_shape = array_ops.shape(x)[rows:cols + 1]
    new_shape *= constant_op.constant(np.array([height_factor, width_factor], dtype='int32'))
    if data_format == 'channels_first':
        x = permute_dimensions(x, [0, 2, 3, 1])
    resizers = {'nearest': gen_image_ops.resize_nearest_neighbor, 'bilinear': gen_image_ops.resize_bilinear}
    if interpolation not in resizers:
        raise ValueError('interpolation should be one of "nearest" or "bilinear".')
    with ops.name_scope(None, 'resize', [x, new_shape]):
        x = resizers[interpolation](x, new_shape, half_pixel_centers=True)
    if data_format == 'channels_first':
        x = permute_dimensions(x, [0, 3, 1, 2])
    sizes = list(static)
    sizes[rows] = None if static[rows] is None else static[rows] * height_factor
    sizes[cols] = None if static[cols] is None else static[cols] * width_factor
    x.set_shape(sizes)
    return x


def resize_volumes(x, depth_factor, height_factor, width_factor, data_format):
    """Volumes that are larger by integer factors."""
    if data_format not in ('channels_first', 'channels_last'):
        raise ValueError('Invalid data_format: ' + str(data_format))
    first = 2 if data_format == 'channels_first' else 1
    for i, factor in enumerate((depth_factor, height_factor, width_factor)):
        x = repeat_elements(x, factor, axis=first + i)
    return x


def repeat_elements(x, rep, axis):
    """Each slice along a dimension `rep` times."""
    static = x.shape.as_list()
    if static[axis] is not None:
        parts = array_ops.split(value=x, num_or_size_splits=static[axis], axis=axis)
        return concatenate([part for part in parts for _ in range(rep)], axis)
    auxiliary = axis + 1
    reps = np.ones(len(static) + 1)
    reps[auxiliary] = rep
    repeated = array_ops.tile(array_ops.expand_dims(x, axis=auxiliary), reps.astype('int32'))
    factors = np.ones(len(static))
    factors[axis] = rep
    repeated = array_ops.reshape(repeated, array_ops.shape(x) * constant_op.constant(factors.astype('int32')))
    repeated.set_shape(static)
    return repeated


def repeat(x, n):
    """[batch, d] as [batch, n, d]."""
    assert ndim(x) == 2
    return array_ops.tile(array_ops.expand_dims(x, 1), array_ops.stack([1, n, 1]))


def arange(start, stop=None, step=1, dtype='int32'):
    """Numbers at equal distances."""
    if stop is None and start < 0:
        start = 0
    result = math_ops.range(start, limit=stop, delta=step, name='arange')
    return result if dtype == 'int32' else math_ops.cast(result, dtype)


def tile(x, n):
    """x, n times in each dimension."""
    return array_ops.tile(x, [n] if isinstance(n, int) else n)


def flatten(x):
    """All elements in one dimension."""
    return array_ops.reshape(x, [-1])


def batch_flatten(x):
    """All dimensions but the first as one."""
    return array_ops.reshape(x, array_ops.stack([-1, math_ops.reduce_prod(array_ops.shape(x)[1:])]))


def expand_dims(x, axis=-1):
    """With a dimension of 1 more."""
    return array_ops.expand_dims(x, axis)


def squeeze(x, axis):
    """Without a dimension of 1."""
    return array_ops.squeeze(x, [axis])


def temporal_padding(x, padding=(1, 1)):
    """[batch, steps, d] with zeros before and after."""
    return array_ops.pad(x, [[0, 0], [padding[0], padding[1]], [0, 0]])


def spatial_2d_padding(x, padding=((1, 1), (1, 1)), data_format=None):
    """Images with zeros around."""
    return array_ops.pad(x, _pattern(padding, data_format))


def spatial_3d_padding(x, padding=((1, 1), (1, 1), (1, 1)), data_format=None):
    """Volumes with zeros around."""
    return array_ops.pad(x, _pattern(padding, data_format))


def _pattern(padding, data_format):
    from reflow.keras.backend_config import image_data_format
    data_format = data_format or image_data_format()
    if data_format not in {'channels_first', 'channels_last'}:
        raise ValueError('Unknown data_format: ' + str(data_format))
    inner = [list(each) for each in padding]
    return [[0, 0], [0, 0]] + inner if data_format == 'channels_first' else [[0, 0]] + inner + [[0, 0]]


def stack(x, axis=0):
    """Tensors along a new dimension."""
    return array_ops.stack(x, axis=axis)


def one_hot(indices, num_classes):
    """Vectors with a 1 at the index."""
    return array_ops.one_hot(indices, depth=num_classes, axis=-1)


def reverse(x, axes):
    """The other way round."""
    return array_ops.reverse(x, [axes] if isinstance(axes, int) else axes)
