"""Tensors that stay in a session from run to run, under handles (tensorflow.python.ops.session_ops)."""

from reflow.framework import dtypes
from reflow.framework import ops

_DEAD_HANDLES_THRESHOLD = 10  # so many forgotten handles are deleted at once


def _gen(name):
    from reflow.ops import gen_data_flow_ops
    return getattr(gen_data_flow_ops, name)


def _placeholder():
    from reflow.ops import array_ops
    return array_ops.placeholder(dtypes.string)


def _as_text(handle):
    return handle.decode() if isinstance(handle, bytes) else str(handle)


def _device_of(handle):
    return _as_text(handle).split(';')[-1]


class TensorHandle:
    """What a run gives for a fetched get_session_handle: the session keeps the tensor as long as this is there."""

    def __init__(self, handle, dtype, session):
        self._handle = _as_text(handle)
        self._dtype = dtype
        self._session = session
        self._auto_gc_enabled = True

    def __del__(self):
        if self._auto_gc_enabled:
            self._session.__dict__.setdefault('_dead_handles', []).append(self._handle)

    def __str__(self):
        return self._handle

    @property
    def handle(self):
        """The handle as a string."""
        return self._handle

    def _check_is_kept(self):
        if not self._auto_gc_enabled:
            raise TypeError('Persistent tensor %s may have already been deleted.' % self.handle)

    def eval(self):
        """The value of the tensor."""
        self._check_is_kept()
        readers = self._session.graph.__dict__.setdefault('_handle_readers', {})
        parts = self._handle.split(';')
        key = (parts[0], parts[-1], self._dtype)
        if key not in readers:
            with self._session.graph.as_default():
                readers[key] = get_session_tensor(self._handle, self._dtype)
        holder, tensor = readers[key]
        return self._session.run(tensor, feed_dict={holder: self._handle})

    def delete(self):
        """Makes the session forget the tensor."""
        self._check_is_kept()
        self._auto_gc_enabled = False
        _delete(self._session, self._handle)

    def get_raw_handle(self):
        """The handle as a string; the tensor then stays until it is deleted."""
        self._auto_gc_enabled = False
        return self._handle


def _delete(session, handle):
    deleters = session.graph.__dict__.setdefault('_handle_deleters', {})
    device = _device_of(handle)
    if device not in deleters:
        with session.graph.as_default():
            deleters[device] = delete_session_tensor(handle)
    holder, deleter = deleters[device]
    session.run(deleter, feed_dict={holder: handle})


def get_session_handle(data, name=None):
    """A tensor whose value, when it is run, is a handle under which the session keeps `data`."""
    if not isinstance(data, ops.Tensor):
        raise TypeError('`data` must be of type Tensor.')
    data.graph.__dict__['_has_session_handles'] = True
    with ops.colocate_with(data):
        return _gen('get_session_handle')(data, name=name)


def get_session_tensor(handle, dtype, name=None):
    """A placeholder to feed a handle to, and the tensor that the session keeps under it."""
    with ops.device(_device_of(handle)):
        holder = _placeholder()
        tensor = _gen('get_session_tensor')(holder, dtype, name=name)
    return holder, tensor


def delete_session_tensor(handle, name=None):
    """A placeholder to feed a handle to, and an op that makes the session forget what it keeps under it."""
    with ops.device(_device_of(handle)):
        holder = _placeholder()
        deleter = _gen('delete_session_tensor')(holder, name=name)
    return holder, deleter


def with_handles(session, fetches, values):
    """The values of a run, with TensorHandles where handles were fetched."""
    if isinstance(fetches, dict):
        return type(values)((key, with_handles(session, fetches[key], value)) for key, value in values.items())
    if isinstance(fetches, (list, tuple)):
        made = [with_handles(session, fetch, value) for fetch, value in zip(fetches, values)]
        return type(values)(*made) if hasattr(values, '_fields') else type(values)(made)
    if isinstance(fetches, ops.Tensor) and fetches.op.type in ('GetSessionHandle', 'GetSessionHandleV2'):
        return TensorHandle(values, fetches.op.inputs[0].dtype, session)
    return values


def delete_dead_handles(session):
    """Deletes the tensors whose TensorHandles are gone, once there are some."""
    dead = session.__dict__.get('_dead_handles', ())
    if len(dead) < _DEAD_HANDLES_THRESHOLD:
        return
    session.__dict__['_dead_handles'] = []
    for handle in dead:
        _delete(session, handle)
