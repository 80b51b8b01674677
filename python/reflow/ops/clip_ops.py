"""Keeping values within bounds."""

from reflow import _core
from reflow.framework import indexed_slices
from reflow.framework import ops


def clip_by_value(t, clip_value_min, clip_value_max, name=None):
    """Values outside of the bounds become the nearest of these."""
    if isinstance(t, indexed_slices.IndexedSlices):
        return indexed_slices.IndexedSlices(clip_by_value(t.values, clip_value_min, clip_value_max, name), t.indices,
                                            t.dense_shape)
    return _core.clip_by_value(t, clip_value_min, clip_value_max, name)


def clip_by_norm(t, clip_norm, axes=None, name=None):
    """`t` scaled down to an L2 norm of `clip_norm` where it is larger."""
    if isinstance(t, indexed_slices.IndexedSlices):
        return indexed_slices.IndexedSlices(clip_by_norm(t.values, clip_norm, axes, name), t.indices, t.dense_shape)
    return _core.clip_by_norm(t, clip_norm, axes, name)


def global_norm(t_list, name=None):
    """The L2 norm of all tensors together."""
    from reflow.ops import array_ops
    from reflow.ops import gen_nn_ops
    from reflow.ops import math_ops
    if not isinstance(t_list, (list, tuple)) or isinstance(t_list, (str, bytes)):
        raise TypeError('t_list should be a sequence')
    t_list = list(t_list)
    with ops.name_scope(name, 'global_norm', t_list) as name:
        values = [ops.convert_to_tensor(t.values if isinstance(t, indexed_slices.IndexedSlices) else t, name='t_%d' % i)
                  if t is not None else t for i, t in enumerate(t_list)]
        half_squared_norms = []
        for value in values:
            if value is not None:
                with ops.colocate_with(value):
                    half_squared_norms.append(gen_nn_ops.l2_loss(value))
        half_squared_norm = math_ops.reduce_sum(array_ops.stack(half_squared_norms))
        return math_ops.sqrt(half_squared_norm * ops.convert_to_tensor(2.0, dtype=half_squared_norm.dtype),
                             name='global_norm')


def clip_by_global_norm(t_list, clip_norm, use_norm=None, name=None):
    """The tensors, scaled down so that their norm together is at most `clip_norm`, and that norm before."""
    from reflow.ops import array_ops
    from reflow.ops import gen_math_ops
    if not isinstance(t_list, (list, tuple)) or isinstance(t_list, (str, bytes)):
        raise TypeError('t_list should be a sequence')
    t_list = list(t_list)
    if use_norm is None:
        use_norm = global_norm(t_list, name)
    with ops.name_scope(name, 'clip_by_global_norm', t_list + [clip_norm]) as name:
        scale_for_finite = clip_norm * gen_math_ops.minimum(
            1.0 / use_norm, ops.convert_to_tensor(1.0, dtype=use_norm.dtype) / clip_norm)
        scale = array_ops.where(gen_math_ops.is_finite(use_norm), scale_for_finite,
                                ops.convert_to_tensor(float('nan'), dtype=use_norm.dtype))
        values = [ops.convert_to_tensor(t.values if isinstance(t, indexed_slices.IndexedSlices) else t, name='t_%d' % i)
                  if t is not None else t for i, t in enumerate(t_list)]
        values_clipped = []
        for i, value in enumerate(values):
            if value is None:
                values_clipped.append(None)
                continue
            with ops.colocate_with(value):
                values_clipped.append(array_ops.identity(value * scale, name='%s_%d' % (name, i)))
        list_clipped = [indexed_slices.IndexedSlices(clipped, t.indices, t.dense_shape)
                        if isinstance(t, indexed_slices.IndexedSlices) else clipped
                        for clipped, t in zip(values_clipped, t_list)]
    return list_clipped, use_norm


def clip_by_average_norm(t, clip_norm, name=None):
    """`t` scaled down to an average L2 norm of `clip_norm` where it is larger."""
    return _core.clip_by_average_norm(t, clip_norm, name)
