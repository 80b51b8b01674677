"""Workers that add up their gradients among themselves."""

from reflow.distribute import cross_device_ops
from reflow.distribute import distribute_lib
from reflow.distribute import mirrored_strategy


class CollectiveAllReduceExtended(mirrored_strategy.MirroredExtended):
    """The replicas of a worker. NotImplementedError: there are others."""

    def __init__(self, container_strategy, communication):
        from reflow.distribute.cluster_resolver import tfconfig_cluster_resolver
        cluster_spec = tfconfig_cluster_resolver.TFConfigClusterResolver().cluster_spec()
        tasks = {job: addresses for job, addresses in cluster_spec.as_dict().items() if job in ('chief', 'worker')}
        if sum(map(len, tasks.values())) > 1:
            raise NotImplementedError('Collective operations between workers are not supported')
        super().__init__(container_strategy)
        self._communication = communication


class CollectiveAllReduceStrategyV1(distribute_lib.StrategyV1):
    """Trains a model on all workers together, which add up their gradients among themselves."""

    def __init__(self, communication=cross_device_ops.CollectiveCommunication.AUTO):
        super().__init__(CollectiveAllReduceExtended(self, communication=communication))


CollectiveAllReduceStrategy = CollectiveAllReduceStrategyV1
