"""Workers that add up their gradients among themselves."""

from reflow.distribute import collective_all_reduce_strategy
from reflow.distribute import cross_device_ops
from reflow.distribute import distribute_lib


class CollectiveAllReduceStrategy(distribute_lib.StrategyV1):
    """Trains a model on all workers together."""

    def __init__(self, num_gpus_per_worker=0, communication=cross_device_ops.CollectiveCommunication.AUTO):
        del num_gpus_per_worker
        super().__init__(collective_all_reduce_strategy.CollectiveAllReduceExtended(self, communication))
