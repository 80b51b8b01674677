"""Variables on one device, replicas on others."""

from reflow.distribute import distribute_lib
from reflow.distribute import parameter_server_strategy


class CentralStorageStrategyV1(distribute_lib.StrategyV1):
    """Keeps variables on `parameter_device`; a replica on each of `compute_devices`."""

    def __init__(self, compute_devices=None, parameter_device=None):
        super().__init__(parameter_server_strategy.ParameterServerStrategyExtended(
            self, compute_devices=compute_devices, parameter_device=parameter_device))


class CentralStorageStrategy(distribute_lib.Strategy):
    """Keeps variables on `parameter_device`; a replica on each of `compute_devices`."""

    def __init__(self, compute_devices=None, parameter_device=None):
        super().__init__(parameter_server_strategy.ParameterServerStrategyExtended(
            self, compute_devices=compute_devices, parameter_device=parameter_device))
