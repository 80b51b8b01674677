"""Full names of devices."""

from reflow.framework import device as device_lib
from reflow.framework import ops


def canonicalize(d, default=None):
    """The name with job, replica, task and device: what it lacks is that of `default`, or of this process."""
    result = device_lib.DeviceSpec(replica=0, task=0, device_type='CPU', device_index=0, job='localhost')
    for name in (default, d):
        if name:
            spec = device_lib.DeviceSpec.from_string(name)
            result = device_lib.DeviceSpec(**{
                attribute: getattr(result, attribute) if getattr(spec, attribute) is None else getattr(spec, attribute)
                for attribute in ('job', 'replica', 'task', 'device_type', 'device_index')})
    return result.to_string()


def resolve(d):
    """The full name of `d` where the current device scope completes it."""
    return canonicalize(d, default=current())


def current():
    """The device that operations are made for now."""
    from reflow.ops import control_flow_ops
    if ops.executing_eagerly_outside_functions():
        return ''
    probe = ops.get_default_graph()
    with ops.control_dependencies(None):
        return control_flow_ops.no_op().device if probe is not None else ''


def get_host_for_device(device):
    """The CPU of the task of a device."""
    spec = device_lib.DeviceSpec.from_string(device)
    return device_lib.DeviceSpec(job=spec.job, replica=spec.replica, task=spec.task, device_type='CPU',
                                 device_index=0).to_string()


def local_devices_from_num_gpus(num_gpus):
    """The GPUs of this process, or its CPU where there are none."""
    return tuple('/device:GPU:%d' % i for i in range(num_gpus)) or ('/device:CPU:0',)
