"""tf.config: devices, threads and rewriting of graphs, as settings of the process.

Sessions without a ConfigProto of their own go by them. There is one device, the CPU.
"""

import collections

from reflow.eager import context
from reflow.framework import errors_impl

PhysicalDevice = collections.namedtuple('PhysicalDevice', ['name', 'device_type'])
LogicalDevice = collections.namedtuple('LogicalDevice', ['name', 'device_type'])
for _class in (PhysicalDevice, LogicalDevice):
    _class.__module__ = 'tensorflow.python.eager.context'

_POLICIES = {'silent': context.DEVICE_PLACEMENT_SILENT, 'silent_for_int32': context.DEVICE_PLACEMENT_SILENT_FOR_INT32,
             'warn': context.DEVICE_PLACEMENT_WARN, 'explicit': context.DEVICE_PLACEMENT_EXPLICIT,
             None: context.DEVICE_PLACEMENT_SILENT}
_CPU = PhysicalDevice('/physical_device:CPU:0', 'CPU')
# What RewriterConfig has a Toggle for.
_TOGGLES = ('layout_optimizer', 'constant_folding', 'shape_optimization', 'remapping', 'arithmetic_optimization',
            'dependency_optimization', 'loop_optimization', 'function_optimization', 'debug_stripper',
            'scoped_allocator_optimization', 'pin_to_host_optimization', 'implementation_selector', 'auto_mixed_precision')
_BOOLS = ('disable_model_pruning', 'disable_meta_optimizer')
_IN_ORDER = (*_TOGGLES[:9], 'disable_model_pruning', *_TOGGLES[9:], 'disable_meta_optimizer')


class _Settings:
    """What a program has set."""

    def __init__(self):
        self.soft_device_placement = False
        self.is_soft_device_placement_set = False
        self.jit = False
        self.optimizer_options = {}
        self.inter_op_threads = 0
        self.intra_op_threads = 0
        self.visible = [_CPU]
        self.virtual = {}
        self.is_initialized = False  # by a question for the devices that there are


_settings = _Settings()


def _set(attribute, value, message):
    """Sets a setting. RuntimeError: it would change after the devices have been asked for."""
    if getattr(_settings, attribute) == value:
        return
    if _settings.is_initialized:
        raise RuntimeError(message)
    setattr(_settings, attribute, value)


def session_config():
    """The ConfigProto of the settings; None where a program has set nothing."""
    if vars(_settings) == vars(_Settings()):
        return None
    from reflow.core.protobuf import config_pb2, rewriter_config_pb2
    config = config_pb2.ConfigProto(inter_op_parallelism_threads=_settings.inter_op_threads,
                                    intra_op_parallelism_threads=_settings.intra_op_threads)
    if _settings.is_soft_device_placement_set:
        config.allow_soft_placement = _settings.soft_device_placement
    if _settings.jit:
        config.graph_options.optimizer_options.global_jit_level = config_pb2.OptimizerOptions.ON_1
    rewriter, values = config.graph_options.rewrite_options, rewriter_config_pb2.RewriterConfig
    for option, value in _settings.optimizer_options.items():
        if option in _TOGGLES:
            setattr(rewriter, option, values.ON if value else values.OFF)
        elif option in _BOOLS or option == 'min_graph_nodes':
            setattr(rewriter, option, value)
    if not _settings.visible:
        config.device_count['CPU'] = 0
    elif len(_settings.virtual.get(_CPU, ())) > 1:
        config.device_count['CPU'] = len(_settings.virtual[_CPU])
    return config


def get_intra_op_parallelism_threads():
    """The number of threads within an operation, 0 for as many as there are cores."""
    return _settings.intra_op_threads


def set_intra_op_parallelism_threads(num_threads):
    """Sets the number of threads within an operation."""
    _set('intra_op_threads', num_threads, 'Intra op parallelism cannot be modified after initialization.')


def get_inter_op_parallelism_threads():
    """The number of operations that may run side by side, 0 for as many as there are cores."""
    return _settings.inter_op_threads


def set_inter_op_parallelism_threads(num_threads):
    """Sets the number of operations that may run side by side."""
    _set('inter_op_threads', num_threads, 'Inter op parallelism cannot be modified after initialization.')


def get_optimizer_jit():
    """Whether XLA is asked for, which Reflow has not."""
    return _settings.jit


def set_optimizer_jit(enabled):
    """Asks for XLA, which does nothing."""
    _settings.jit = enabled


def get_optimizer_experimental_options():
    """What of the rewriting of graphs is switched on or off."""
    given = _settings.optimizer_options
    options = {name: bool(given.get(name, False)) for name in _IN_ORDER if name in given or name in _BOOLS}
    if _settings.optimizer_options.get('min_graph_nodes'):
        options['min_graph_nodes'] = _settings.optimizer_options['min_graph_nodes']
    return options


def set_optimizer_experimental_options(options):
    """Switches rewriting of graphs on or off, by the names of RewriterConfig's fields."""
    _settings.optimizer_options.update(options)


def get_soft_device_placement():
    """Whether operations go to another device where theirs isn't there."""
    return _settings.soft_device_placement


def set_soft_device_placement(enabled):
    """Sets whether operations go to another device where theirs isn't there."""
    _settings.soft_device_placement = enabled
    _settings.is_soft_device_placement_set = True


def get_device_policy():
    """What is done with arguments that are on another device than the operation."""
    current = context.context().device_policy
    for name, policy in _POLICIES.items():
        if policy == current:
            return name
    raise ValueError('Not a valid device policy: %r' % current)


def set_device_policy(device_policy):
    """Sets what is done with arguments that are on another device; with one device that makes no difference."""
    if device_policy not in _POLICIES:
        raise ValueError('Not a valid device policy: %r' % device_policy)
    context.context().device_policy = _POLICIES[device_policy]


def get_synchronous_execution():
    """Whether operations have run when their functions return, which they always have."""
    return context.context().execution_mode == context.SYNC


def set_synchronous_execution(enable):
    """Allows operations to run later, which does nothing."""
    context.context().execution_mode = context.SYNC if enable is None or enable else context.ASYNC


def _of_type(devices, device_type):
    return [device for device in devices if device_type is None or device.device_type == device_type]


def list_physical_devices(device_type=None):
    """The devices of the machine that can be used."""
    return _of_type([_CPU], device_type)


def list_logical_devices(device_type=None):
    """The devices that operations can be placed on."""
    if not _settings.visible:
        raise errors_impl.NotFoundError(None, None, 'No CPU devices are available in this process')
    _settings.is_initialized = True
    count = max(1, len(_settings.virtual.get(_CPU, ())))
    return _of_type([LogicalDevice('/job:localhost/replica:0/task:0/device:CPU:%d' % i, 'CPU') for i in range(count)],
                    device_type)


def get_visible_devices(device_type=None):
    """The devices that the process may use."""
    return _of_type(_settings.visible, device_type)


def _check_known(device):
    if device != _CPU:
        raise ValueError('Unrecognized device: %s' % repr(device))


def set_visible_devices(devices, device_type=None):
    """Sets the devices that the process may use: all, or those of a type."""
    for device in devices:
        _check_known(device)
        if device_type is not None and device.device_type != device_type:
            raise ValueError('Unrecognized device: %s' % repr(device))
    others = [] if device_type is None else [each for each in _settings.visible if each.device_type != device_type]
    _set('visible', others + list(devices), 'Visible devices cannot be modified after being initialized')


def get_memory_growth(device):
    """Whether a GPU takes memory as it needs it. ValueError, KeyError: it is no GPU."""
    _check_known(device)
    raise KeyError(device)


def set_memory_growth(device, enable):
    """Lets a GPU take memory as it needs it. ValueError: it is no GPU."""
    _check_known(device)
    if device in _settings.virtual:
        raise ValueError('Cannot set memory growth on device when virtual devices configured')
    raise ValueError('Cannot set memory growth on non-GPU devices')


def get_virtual_device_configuration(device):
    """The devices that a device is taken as, None where it is one."""
    _check_known(device)
    return _settings.virtual.get(device)


def set_virtual_device_configuration(device, virtual_devices):
    """Takes a device as several."""
    _check_known(device)
    if any(each.memory_limit is not None for each in virtual_devices):
        raise ValueError('Setting memory limit on CPU virtual devices is currently not supported')
    _set('virtual', {device: virtual_devices}, 'Virtual devices cannot be modified after being initialized')
