"""One replica for each device of this process."""

from reflow.distribute import distribute_lib
from reflow.distribute import mirrored_strategy

all_local_devices = mirrored_strategy.all_local_devices


class MirroredStrategy(distribute_lib.StrategyV1):
    """Trains a model on all devices of this process together."""

    def __init__(self, devices=None, num_gpus=None, num_gpus_per_worker=None, cross_device_ops=None,
                 auto_shard_dataset=False, cross_tower_ops=None):
        assert not (cross_device_ops and cross_tower_ops)
        del auto_shard_dataset  # there is one worker
        if num_gpus is not None and num_gpus_per_worker is not None and num_gpus != num_gpus_per_worker:
            raise ValueError('`num_gpus` and `num_gpus_per_worker` cannot be different.')
        num_gpus = num_gpus_per_worker if num_gpus is None else num_gpus
        if devices is None and num_gpus is not None:
            devices = all_local_devices(num_gpus)
        super().__init__(mirrored_strategy.MirroredExtended(self, devices, cross_device_ops or cross_tower_ops))
