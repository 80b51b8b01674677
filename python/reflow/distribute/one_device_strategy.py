"""Everything on one device."""

from reflow.distribute import device_util
from reflow.distribute import distribute_lib


class OneDeviceExtended(distribute_lib.StrategyExtendedV1):
    """One replica, on the device."""

    def __init__(self, container_strategy, device):
        super().__init__(container_strategy)
        self._devices = (device_util.canonicalize(device),)


class OneDeviceStrategyV1(distribute_lib.StrategyV1):
    """Puts variables and computations on one device."""

    def __init__(self, device):
        super().__init__(OneDeviceExtended(self, device))


class OneDeviceStrategy(distribute_lib.Strategy):
    """Puts variables and computations on one device."""

    def __init__(self, device):
        super().__init__(OneDeviceExtended(self, device))
