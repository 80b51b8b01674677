"""Images read between pixels."""

from reflow.contrib.resampler.ops import gen_resampler_ops
from reflow.framework import ops

__all__ = ['resampler']


def resampler(data, warp, name='resampler'):
    """What `data`, of [batch, height, width, channels], is at points `warp`, of [batch, ..., 2], each x and y.

    Bilinearly, with zeros outside. Gradients go to both.
    """
    with ops.name_scope(name, 'resampler', [data, warp]):
        data, warp = ops.convert_to_tensor(data, name='data'), ops.convert_to_tensor(warp, name='warp')
        return gen_resampler_ops.resampler(data, warp)
