"""Variables on parameter servers, or on the CPU where there are none."""

from reflow.distribute import distribute_lib
from reflow.distribute import mirrored_strategy
from reflow.distribute import parameter_server_strategy


class ParameterServerStrategy(distribute_lib.StrategyV1):
    """Keeps variables on parameter servers; without a cluster, on the CPU."""

    def __init__(self, num_gpus_per_worker=0):
        devices = mirrored_strategy.all_local_devices(num_gpus_per_worker)
        super().__init__(parameter_server_strategy.ParameterServerStrategyExtended(self, compute_devices=devices))
