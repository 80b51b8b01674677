"""One replica for each device of this process."""

from reflow.distribute import device_util
from reflow.distribute import distribute_lib
from reflow.framework import device as device_lib


def _is_local(devices):
    """True where all devices are of this process. ValueError: some are."""
    local = [device_lib.DeviceSpec.from_string(each).job in (None, 'localhost') for each in devices]
    if local[0] and not all(local):
        raise ValueError("Local device string cannot have job specified other than 'localhost'")
    if not local[0] and any(local):
        raise ValueError('Remote device string must have job specified.')
    return local[0]


def all_local_devices(num_gpus=None):
    """The GPUs of this process, or its CPU where there are none."""
    return device_util.local_devices_from_num_gpus(num_gpus or 0)


class MirroredExtended(distribute_lib.StrategyExtendedV1):
    """Replicas on the devices of this process."""

    def __init__(self, container_strategy, devices=None, cross_device_ops=None):
        super().__init__(container_strategy)
        devices = devices or all_local_devices()
        devices = tuple(device_util.canonicalize(each) for each in devices)
        assert len(set(devices)) == len(devices), 'No duplicates allowed in `devices` argument: %s' % (devices,)
        if not _is_local(devices):
            raise NotImplementedError('Replicas on several tasks in one graph are not supported: %s' % (devices,))
        self._devices, self._cross_device_ops = devices, cross_device_ops


class MirroredStrategyV1(distribute_lib.StrategyV1):
    """Trains a model on all devices of this process together: each takes a part of a batch, and the gradients are summed."""

    def __init__(self, devices=None, cross_device_ops=None):
        super().__init__(MirroredExtended(self, devices=devices, cross_device_ops=cross_device_ops))


class MirroredStrategy(distribute_lib.Strategy):
    """Trains a model on all devices of this process together."""

    def __init__(self, devices=None, cross_device_ops=None):
        super().__init__(MirroredExtended(self, devices=devices, cross_device_ops=cross_device_ops))
