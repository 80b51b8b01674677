"""The devices of this process."""


def list_local_devices(session_config=None):
    """A DeviceAttributes for each device that sessions of this process can use."""
    from reflow.client import session
    from reflow.core.framework import device_attributes_pb2
    from reflow.framework import ops
    with session.Session(graph=ops.Graph(), config=session_config) as sess:
        devices = sess.list_devices()
    return [device_attributes_pb2.DeviceAttributes(
        name=device.name[device.name.index('/device:'):], device_type=device.device_type,
        memory_limit=device.memory_limit_bytes, locality=device_attributes_pb2.DeviceLocality(),
        incarnation=device.incarnation) for device in devices]
