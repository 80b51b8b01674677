"""What makes a layer whose weights are scaled by moving averages give what the batch's statistics would."""

import collections

from reflow.contrib.quantize.python import common
from reflow.framework import ops
from reflow.layers import utils
from reflow.ops import array_ops
from reflow.ops import math_ops

# The tensors of a batch normalization. Those of moving averages are None where the graph isn't trained.
Statistics = collections.namedtuple(
    'Statistics', 'gamma mean variance moving_mean moving_variance mean_decay variance_decay epsilon')

# The layer's weights are multiplied by `scale`, its result by `reciprocal`; then `offset` is added.
Corrections = collections.namedtuple('Corrections', 'scale reciprocal offset')


def corrections_of(statistics, context, freeze_batch_norm_delay):
    """The Corrections. After `freeze_batch_norm_delay` steps (None: never) they give what moving averages would.

    From then on moving averages stand still, too.
    """
    with ops.get_default_graph().name_scope(context + 'batch_norm_correction'):
        moving = math_ops.rsqrt(statistics.moving_variance + statistics.epsilon)
        own = math_ops.rsqrt(statistics.variance + statistics.epsilon)
        scale = math_ops.divide(moving, own, name='scale_compute')
        scale = array_ops.identity(scale, name='correction_scale')
        reciprocal = math_ops.reciprocal(scale, name='reciprocal_compute')
        difference = statistics.mean * own
        difference -= statistics.moving_mean * moving
        offset = math_ops.multiply(statistics.gamma, difference, name='offset_compute')
        is_frozen = False
        if freeze_batch_norm_delay is not None:
            is_frozen = math_ops.greater_equal(common.CreateOrGetQuantizationStep(), freeze_batch_norm_delay,
                                               name='use_moving_average')
        for decay, name in ((statistics.mean_decay, 'freeze_moving_mean'), (statistics.variance_decay, 'freeze_moving_var')):
            consumers = list(decay.consumers())
            frozen = utils.smart_cond(is_frozen, lambda: 0.0, lambda decay=decay: decay, name=name)
            common.RerouteTensor(frozen, decay, can_modify=consumers)
        reciprocal_now = utils.smart_cond(is_frozen, lambda: array_ops.ones(scale.shape), lambda: reciprocal,
                                          name='correction_recip')
        offset_now = utils.smart_cond(is_frozen, lambda: offset, lambda: array_ops.zeros(offset.shape),
                                      name='correction_offset')
    return Corrections(scale, reciprocal_now, offset_now)
