"""Whether operations run at once, and what holds then: the mode is the engine's, which a default graph decides."""

import collections
import contextlib
import threading

from reflow import _core

GRAPH_MODE, EAGER_MODE = 0, 1
SYNC, ASYNC = 0, 1
DEVICE_PLACEMENT_EXPLICIT, DEVICE_PLACEMENT_WARN, DEVICE_PLACEMENT_SILENT, DEVICE_PLACEMENT_SILENT_FOR_INT32 = range(4)

_MAXINT32 = 2**31 - 1


class FunctionCallOptions:
    """How functions are to be called: kept, as the engine has one way."""

    def __init__(self, executor_type=None, config_proto=None):
        self.executor_type = executor_type
        self.config_proto_serialized = config_proto


def _of_thread(name, doc):
    """A property that each thread has a value of, at first None."""
    return property(lambda self: getattr(self._thread, name, None),
                    lambda self, value: setattr(self._thread, name, value), doc=doc)


class VirtualDeviceConfiguration(collections.namedtuple('VirtualDeviceConfiguration', ['memory_limit'])):
    """One of the devices that a device is taken as; `memory_limit` in megabytes, which only GPUs have."""

    def __new__(cls, memory_limit=None):
        return super().__new__(cls, memory_limit)


class Context:
    """Where operations run at once: one CPU device, in the calling thread, one after the other."""

    def __init__(self):
        self._log_device_placement = False
        self.device_policy = DEVICE_PLACEMENT_SILENT
        self.execution_mode = SYNC
        self.function_call_options = FunctionCallOptions()
        self._thread = threading.local()

    summary_writer = _of_thread('summary_writer', 'What summaries of tf.contrib.summary are written to, or None.')
    summary_recording = _of_thread('summary_recording', 'Whether they are recorded: a bool, a tensor, a function, or None.')
    summary_step = _of_thread('summary_step', 'Their step, where they are given none.')

    def executing_eagerly(self):
        """Whether operations of this thread run at once."""
        return executing_eagerly()

    def ensure_initialized(self):
        """Does nothing: the engine starts by itself."""

    @property
    def device_name(self):
        """The device that operations run on."""
        return _core.eager_device_name()

    @property
    def scope_name(self):
        """The current name scope, with a slash at its end."""
        name = _core.eager_graph()._name_scope()
        return name + '/' if name else ''

    def devices(self):
        """The names of the devices."""
        return [_core.eager_device_name()]

    def num_gpus(self):
        """0: there are none."""
        return 0

    def internal_operation_seed(self):
        """The seed that the next random operation without one of its own would take."""
        return _core.internal_operation_seed()

    _internal_operation_seed = internal_operation_seed

    def device(self, name):
        """Runs operations on a device, within the context."""
        return device(name)

    @property
    def log_device_placement(self):
        """Whether programs want to be told where operations run."""
        return self._log_device_placement

    @log_device_placement.setter
    def log_device_placement(self, enabled):
        self._log_device_placement = enabled


_context = Context()


def context():
    """The context of the process."""
    return _context


def ensure_initialized():
    """Does nothing: the engine starts by itself."""


def executing_eagerly():
    """Whether operations run at once."""
    return _core.executing_eagerly()


in_eager_mode = executing_eagerly


def in_graph_mode():
    """Whether operations are added to a graph."""
    return not executing_eagerly()


def graph_mode():
    """A context in which operations are added to a graph."""
    return _Mode(_core.get_built_graph())


def eager_mode():
    """A context in which operations run at once."""
    return _Mode(_core.eager_graph())


class _Mode:
    def __init__(self, graph):
        self._graph = graph

    def __enter__(self):
        self._scope = _core.DefaultGraph(self._graph)
        self._scope.enter()

    def __exit__(self, *unused_exception):
        self._scope.exit()
        return False


class _Device:
    """`with tf.device(name):` where operations run at once: there is one device, and another can't be asked for."""

    def __init__(self, name):
        self._name = _full_name(name)

    def __enter__(self):
        if self._name != _core.eager_device_name():
            raise RuntimeError('%s unknown device.' % self._name)

    def __exit__(self, *unused_exception):
        return False


def _full_name(name):
    from reflow.framework import device_spec
    spec = device_spec.DeviceSpecV1.from_string(_core.eager_device_name())
    if name is not None and not callable(name):
        spec.merge_from(device_spec.DeviceSpecV1.from_string(name.to_string() if hasattr(name, 'to_string') else name))
    return spec.to_string()


def device(name):
    """Runs operations on a device, within the context. RuntimeError: there is no such device."""
    return _Device(name)


def enable_eager_execution(config=None, device_policy=None, execution_mode=None):
    """Has operations run at once from now on. ValueError: a graph has operations already."""
    if config is not None:
        from reflow.core.protobuf import config_pb2
        if not isinstance(config, config_pb2.ConfigProto):
            raise TypeError('config must be a tf.ConfigProto, but got %s' % type(config))
    if device_policy not in (None, DEVICE_PLACEMENT_EXPLICIT, DEVICE_PLACEMENT_WARN, DEVICE_PLACEMENT_SILENT,
                             DEVICE_PLACEMENT_SILENT_FOR_INT32):
        raise ValueError('device_policy must be one of None, tf.contrib.eager.DEVICE_PLACEMENT_*')
    if execution_mode not in (None, SYNC, ASYNC):
        raise ValueError('execution_mode must be one of None, tf.contrib.eager.SYNC, tf.contrib.eager.ASYNC')
    if _core.eager_execution_enabled():
        return
    from reflow.framework import ops
    if _core.get_built_graph()._version() > 0 or ops.get_default_session() is not None:
        raise ValueError('tf.enable_eager_execution must be called at program startup.')
    _core.enable_eager_execution()


def disable_eager_execution():
    """Has operations be added to graphs from now on."""
    _core.disable_eager_execution()


def internal_operation_seed():
    """The seed that the next random operation without one of its own would take."""
    return _core.internal_operation_seed()


def global_seed():
    """The seed of random operations that have none of their own; None: there is none."""
    return _core.eager_graph()._seed()


def set_global_seed(seed):
    """Sets the seed of random operations that have none of their own."""
    from reflow.framework import random_seed
    with eager_mode():
        random_seed.set_random_seed(seed)


def num_gpus():
    """0: there are none."""
    return 0


def list_devices():
    """The names of the devices."""
    return _context.devices()


def async_wait():
    """Does nothing: operations have run when their functions return."""


def async_clear_error():
    """Does nothing: errors are raised where they occur."""


@contextlib.contextmanager
def execution_mode(mode):
    """Would run operations asynchronously; Reflow runs them in the thread that makes them."""
    if mode not in (None, SYNC, ASYNC):
        raise ValueError('Execution mode should be None/SYNC/ASYNC. Got %s' % mode)
    yield


def get_log_device_placement():
    """Whether programs want to be told where operations run."""
    return _context.log_device_placement


def set_log_device_placement(enabled):
    """Says whether programs want to be told where operations run."""
    _context.log_device_placement = enabled


def shared_name(name=None):
    """The shared name of a resource called `name`: nobody finds it by that where operations run at once."""
    return name if name or not executing_eagerly() else 'cd2c89b7-88b7-44c8-ad83-06c2a9158347'


@contextlib.contextmanager
def function_executor_type(executor_type):
    """The executor of functions within the context: kept, as the engine has one."""
    options = context().function_call_options
    context().function_call_options = FunctionCallOptions(executor_type, options.config_proto_serialized)
    try:
        yield
    finally:
        context().function_call_options = options
