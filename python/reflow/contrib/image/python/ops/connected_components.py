"""Areas of equal pixels."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops

__all__ = ['connected_components']


def connected_components(images):
    """Numbers of the areas of pixels that are equal, not 0, and joined by their sides: from 1 on, row by row, 0 for 0.

    TensorFlow has an op for it; here numbers spread from pixel to pixel until none changes.
    """
    with ops.name_scope('connected_components'):
        given = ops.convert_to_tensor(images, name='images')
        if len(given.get_shape()) not in (2, 3):
            raise TypeError('images should have rank 2 (HW) or 3 (NHW). Static shape is %s' % given.get_shape())
        images = given[None, :, :] if len(given.get_shape()) == 2 else given
        if images.dtype.base_dtype == dtypes.bool:
            images = math_ops.cast(images, dtypes.int32)
        shape = array_ops.shape(images)
        is_area = math_ops.not_equal(images, array_ops.zeros([], images.dtype))
        count = math_ops.reduce_prod(shape)
        first = array_ops.where(is_area, array_ops.reshape(math_ops.range(count), shape), array_ops.fill(shape, count))

        def spread(labels, _):
            smallest = labels
            for axis, step in ((1, 1), (1, -1), (2, 1), (2, -1)):
                smallest = math_ops.minimum(smallest, _from_neighbour(labels, images, axis, step, count))
            smallest = array_ops.where(is_area, smallest, labels)
            return smallest, math_ops.reduce_any(math_ops.not_equal(smallest, labels))

        labels, _ = control_flow_ops.while_loop(lambda _, changed: changed, spread, [first, ops.convert_to_tensor(True)],
                                                back_prop=False)
        numbers, where = array_ops.unique(array_ops.reshape(labels, [-1]))
        counts = math_ops.cast(math_ops.less(numbers, count), dtypes.int64)
        consecutive = math_ops.cumsum(counts) * counts
        components = array_ops.reshape(array_ops.gather(consecutive, where), shape)
        components.set_shape(images.shape)
        return components[0, :, :] if len(given.get_shape()) == 2 else components


def _from_neighbour(labels, images, axis, step, outside):
    """The labels of neighbours that are equal, `outside` where there is none."""
    shape = array_ops.shape(labels)
    edge = [shape[i] if i != axis else 1 for i in range(3)]

    def moved(x, fill):
        filling = array_ops.fill(edge, fill)
        size = shape[axis]
        kept = array_ops.gather(x, math_ops.range(1, size) if step > 0 else math_ops.range(0, size - 1), axis=axis)
        return array_ops.concat([kept, filling] if step > 0 else [filling, kept], axis=axis)

    equal = math_ops.equal(moved(images, array_ops.zeros([], images.dtype)), images)
    return array_ops.where(equal, moved(labels, outside), array_ops.fill(shape, outside))
