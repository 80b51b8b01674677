"""Devices by name, and device functions that merge a name into what a node has."""
from reflow.framework import device_spec
from reflow.util import compat

DeviceSpec = device_spec.DeviceSpecV1


def check_valid(spec):
    """Raises ValueError unless the text names a device."""
    DeviceSpec.from_string(spec)


def is_device_spec(obj):
    return isinstance(obj, device_spec.DeviceSpecV2)


def canonical_name(device):
    """The full text of a DeviceSpec or a text; empty for None."""
    if device is None:
        return ''
    return (device if is_device_spec(device) else DeviceSpec.from_string(device)).to_string()


def name_of(device):
    """The text that a device function has given: of a DeviceSpec, or itself. TypeError: it is neither."""
    return device.to_string() if is_device_spec(device) else compat.as_str(device)


def checked_name(device):
    """The text of a DeviceSpec or a text; empty for all that is false. ValueError, AttributeError: it names no device."""
    if is_device_spec(device):
        return device.to_string()
    hash(device)  # TypeError: a list or a dict
    if not device:
        return ''
    device_spec.parts_of(device)
    return str(device)


def caching_name(device):
    """The text of what a variable takes as caching_device, a function too, or None."""
    if device is None:
        return None
    return name_of(device(_Snapshot())) if callable(device) else checked_name(device)


class _Snapshot:
    """What a device function sees of the operation that reads a variable for all others. It stands where the variable does."""
    name, type, device = 'read', 'Identity', ''


_mergers = {}  # text -> MergeDevice


def merge_device(spec):
    """The device function that gives a node the device `spec`, under what the node has already."""
    if isinstance(spec, MergeDevice):
        return spec
    text = spec.to_string() if is_device_spec(spec) else spec
    merger = _mergers.get(text)
    if merger is None:
        merger = _mergers[text] = MergeDevice(text)
    return merger


class MergeDevice:
    """A device function: what the node's own device leaves open, `spec` decides."""

    def __init__(self, spec):
        # A copy, for the caller may change a DeviceSpec afterwards.
        self._spec = DeviceSpec.from_string(spec.to_string() if is_device_spec(spec) else spec)

    def __call__(self, node_def):
        return self._spec.make_merged_spec(DeviceSpec.from_string(node_def.device or ''))

    def shortcut_string_merge(self, node_def):
        """The text of the merged device."""
        return self(node_def).to_string()

    def __repr__(self):
        return '%s (spec: %s)' % (super().__repr__(), self._spec.to_string())

    @property
    def is_null_merge(self):
        """Whether this changes nothing."""
        return not self._spec.to_string()
