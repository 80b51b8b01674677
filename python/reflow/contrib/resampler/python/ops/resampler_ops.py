"""Images read between pixels. TensorFlow has an op for this; here it is made of gathers."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops

__all__ = ['resampler']


def resampler(data, warp, name='resampler'):
    """What `data`, of [batch, height, width, channels], is at points `warp`, of [batch, ..., 2], each x and y.

    Bilinearly, with zeros outside. Gradients go to both.
    """
    with ops.name_scope(name, 'resampler', [data, warp]):
        data, warp = ops.convert_to_tensor(data, name='data'), ops.convert_to_tensor(warp, name='warp')
        if data.shape.ndims not in (None, 4):
            raise ValueError('data must be a 4-D tensor of [batch, height, width, channels], but its shape is %s' % data.shape)
        x, y = warp[..., 0], warp[..., 1]
        left, top = math_ops.floor(x), math_ops.floor(y)
        dx, dy = (x - left)[..., None], (y - top)[..., None]
        result = ((1. - dy) * ((1. - dx) * _read(data, top, left) + dx * _read(data, top, left + 1.))
                  + dy * ((1. - dx) * _read(data, top + 1., left) + dx * _read(data, top + 1., left + 1.)))
        # Points further outside than a pixel have no value, and no gradient.
        shape = array_ops.shape(data)
        height, width = math_ops.cast(shape[1], x.dtype), math_ops.cast(shape[2], x.dtype)
        is_near = math_ops.logical_and(math_ops.logical_and(x > -1., y > -1.),
                                       math_ops.logical_and(x < width, y < height))
        is_near = math_ops.logical_and(is_near[..., None], array_ops.ones_like(result, dtypes.bool))
        return array_ops.where(is_near, result, array_ops.zeros_like(result))


def _read(data, y, x):
    """The pixels at whole positions; zeros outside."""
    shape = array_ops.shape(data)
    bottom, right = math_ops.cast(shape[1] - 1, y.dtype), math_ops.cast(shape[2] - 1, x.dtype)
    is_inside = math_ops.logical_and(math_ops.logical_and(y >= 0., y <= bottom), math_ops.logical_and(x >= 0., x <= right))

    def index(position, largest):
        position = array_ops.where(is_inside, position, array_ops.zeros_like(position))
        return math_ops.cast(math_ops.minimum(position, largest), dtypes.int32)

    row, column = index(y, bottom), index(x, right)
    ndims = y.shape.ndims
    image = array_ops.reshape(math_ops.range(shape[0]), [-1] + [1] * (ndims - 1)) + array_ops.zeros_like(row)
    pixels = array_ops.gather_nd(data, array_ops.stack([image, row, column], axis=-1))
    return pixels * math_ops.cast(is_inside, data.dtype)[..., None]
