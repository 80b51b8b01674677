"""DeviceSpec: which device is meant, as parts and as the text /job:worker/replica:0/task:1/device:GPU:0."""


def _text_or_none(value):
    return None if value is None else str(value)


def _int_or_none(value):
    return None if value is None else int(value)


def _type_or_none(device_type):
    return device_type.upper() if device_type in ('cpu', 'gpu') else _text_or_none(device_type)


_parsed = {}  # text -> parts; there are few devices, asked for often


def parts_of(spec):
    """(job, replica, task, device type, device index) that the text names; None for what it does not."""
    parts = _parsed.get(spec)
    if parts is None:
        parts = _parsed[spec] = _parse_anew(spec or '')
    return parts


def _parse_anew(spec):
    parts = dict.fromkeys(('job', 'replica', 'task'))
    device_type = device_index = None
    for piece in spec.split('/'):
        key, *values = piece.split(':')
        if key in parts and len(values) == 1:
            parts[key] = values[0]
            continue
        if key.upper() in ('CPU', 'GPU') and len(values) <= 1:
            values = [key.upper(), *values]
        elif key != 'device' or len(values) != 2:
            if key:
                raise ValueError("Unknown attribute: '%s' in '%s'" % (key, spec))
            continue
        if device_type is not None:
            raise ValueError('Cannot specify multiple device types: %s' % spec)
        device_type = values[0]
        if len(values) == 2 and values[1] != '*':
            device_index = int(values[1])
    return parts['job'], parts['replica'], parts['task'], device_type, device_index


class DeviceSpecV2:
    """The job, replica, task, type and index of a device, each of them known or None. It does not change."""

    __slots__ = ('_job', '_replica', '_task', '_device_type', '_device_index', '_as_string', '_hash')

    def __init__(self, job=None, replica=None, task=None, device_type=None, device_index=None):
        self._job = _text_or_none(job)
        self._replica = _int_or_none(replica)
        self._task = _int_or_none(task)
        self._device_type = _type_or_none(device_type)
        self._device_index = _int_or_none(device_index)
        self._as_string = self._hash = None

    @classmethod
    def from_string(cls, spec):
        """The DeviceSpec that a text names. Raises ValueError if it names none."""
        return cls(*parts_of(spec))

    def parse_from_string(self, spec):
        """The DeviceSpec that a text names."""
        return self.from_string(spec)

    def to_string(self):
        """The text that names the device."""
        if self._as_string is None:
            self._as_string = self._text()
        return self._as_string

    def _text(self):
        text = ''.join('/%s:%s' % (name, value) for name, value in (
            ('job', self._job), ('replica', self._replica), ('task', self._task)) if value is not None)
        if self._device_type is None:
            return text
        return '%s/device:%s:%s' % (
            text, self._device_type, '*' if self._device_index is None else self._device_index)

    def make_merged_spec(self, dev):
        """The DeviceSpec with what `dev` knows, and what this one knows beyond that."""
        return type(self)(*self._merged_parts(dev))

    def _merged_parts(self, dev):
        return [theirs if theirs is not None else mine for mine, theirs in zip(self._parts(), (
            dev.job, dev.replica, dev.task, dev.device_type, dev.device_index))]

    def _parts(self):
        return self._job, self._replica, self._task, self._device_type, self._device_index

    def replace(self, **kwargs):
        """The DeviceSpec with some parts replaced."""
        parts = dict(zip(('job', 'replica', 'task', 'device_type', 'device_index'), self._parts()))
        return type(self)(**{**parts, **kwargs})

    @property
    def job(self):
        return self._job

    @property
    def replica(self):
        return self._replica

    @property
    def task(self):
        return self._task

    @property
    def device_type(self):
        return self._device_type

    @property
    def device_index(self):
        return self._device_index

    def __eq__(self, other):
        return isinstance(other, type(self)) and self.to_string() == other.to_string()

    def __hash__(self):
        if self._hash is None:
            self._hash = hash(self.to_string())
        return self._hash


def _part(name, convert):
    """A property whose setter forgets the text of the whole."""
    attribute = '_' + name

    def change(self, value):
        setattr(self, attribute, convert(value))
        self._as_string = self._hash = None

    return getattr(DeviceSpecV2, name).setter(change)


class DeviceSpecV1(DeviceSpecV2):
    """The job, replica, task, type and index of a device, each of them known or None, that may be set."""

    __slots__ = ()

    job = _part('job', _text_or_none)
    replica = _part('replica', _int_or_none)
    task = _part('task', _int_or_none)
    device_type = _part('device_type', _type_or_none)
    device_index = _part('device_index', _int_or_none)

    def parse_from_string(self, spec):
        """Makes this the device that a text names; returns itself."""
        self.job, self.replica, self.task, self.device_type, self.device_index = parts_of(spec)
        return self

    def merge_from(self, dev):
        """Takes over what `dev` knows."""
        self.job, self.replica, self.task, self.device_type, self.device_index = self._merged_parts(dev)

    def __hash__(self):
        return super().__hash__()

    def __eq__(self, other):
        return super().__eq__(other)
