"""Everything on one device."""

from reflow.distribute import one_device_strategy


class OneDeviceStrategy(one_device_strategy.OneDeviceStrategyV1):
    """Puts variables and computations on one device."""
