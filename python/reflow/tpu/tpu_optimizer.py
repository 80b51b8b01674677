"""An optimizer that adds up the gradients of the shards of a TPU."""

from reflow.framework import ops
from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.ops.losses import losses_impl
from reflow.platform import tf_logging as logging
from reflow.tpu import tpu_function
from reflow.tpu.ops import tpu_ops
from reflow.training import optimizer


class CrossShardOptimizer(optimizer.Optimizer):
    """Another optimizer, for the gradients of all shards. Outside of a `tpu_shard_context` there is one shard.

    reduction: MEAN, the loss is divided by the number of shards, or SUM. group_assignment: lists of shards, as long as each
    other, that go together.
    """

    def __init__(self, opt, reduction=losses_impl.Reduction.MEAN, name='CrossShardOptimizer', group_assignment=None):
        if reduction not in (losses_impl.Reduction.SUM, losses_impl.Reduction.MEAN):
            raise ValueError('Unsupported reduction: %s.' % reduction)
        if isinstance(opt, optimizer_v2.OptimizerV2):
            raise TypeError(
                'CrossShardOptimizer does not work with OptimizerV2. If you are using TPUStrategy, OptimizerV2 will sum '
                'gradients across replicas.If you are using TPUEstimator, you may instead sum your gradients with: grads = '
                '[tf.compat.v1.tpu.cross_replica_sum(g) for g in grads]. If you want to average your gradients, rescale your '
                'loss with: loss /= global_batch_size')
        super().__init__(False, name)
        self._opt = opt
        self._reduction = reduction
        self._group_assignment = group_assignment

    def _subgroup_size(self, num_shards):
        groups = self._group_assignment
        if not groups:
            return None
        if not (isinstance(groups, list) and all(isinstance(group, list) for group in groups)):
            raise ValueError('group_assignment must be a list of list. Got {}'.format(groups))
        if set(range(num_shards)) != {shard for group in groups for shard in group}:
            raise ValueError('group_assignment must be a permutation of range({0}). Got group_assignment={1}'.format(
                num_shards, groups))
        if any(len(group) != len(groups[0]) for group in groups):
            raise ValueError('The size of each subgroup in group_assignment must be equal. Got group_assignment={}'.format(
                groups))
        return len(groups[0])

    def compute_gradients(self, loss, var_list=None, **kwargs):
        """A list of pairs (gradient, variable), of this shard."""
        num_shards = tpu_function.get_tpu_context().number_of_shards
        if num_shards is None:
            logging.warning('CrossShardOptimizer should be used within a tpu_shard_context, but got unset number_of_shards. '
                            'Assuming 1.')
            num_shards = 1
        subgroup_size = self._subgroup_size(num_shards)
        if num_shards > 1 and self._reduction == losses_impl.Reduction.MEAN:
            loss *= 1. / (subgroup_size or num_shards)
        return self._opt.compute_gradients(loss, var_list=var_list, **kwargs)

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """An operation that changes the variables by the sums of the shards' gradients."""
        sums = []
        for gradient, variable in grads_and_vars:
            if gradient is not None:
                with ops.colocate_with(gradient):
                    gradient = tpu_ops.cross_replica_sum(gradient, self._group_assignment)
            sums.append((gradient, variable))
        return self._opt.apply_gradients(sums, global_step, name)

    def get_slot(self, *args, **kwargs):
        """A slot of the other optimizer."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args, **kwargs):
        """The names of the other optimizer's slots."""
        return self._opt.get_slot_names(*args, **kwargs)

    def variables(self):
        """The other optimizer's variables."""
        return self._opt.variables()


CrossShardOptimizer.__module__ = 'tensorflow.python.tpu.tpu_optimizer'
