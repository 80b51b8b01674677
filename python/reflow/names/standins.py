"""Modules of TensorFlow's inside of which Reflow has no files, and that programs import all the same.

A name of such a module is that of the module that Reflow has in its place; what isn't there either can be imported and derived
from, and says on use that Reflow hasn't it: TensorFlow has these modules, and most programs that import them use them for a
machine or in a mode that they don't always run in.
"""

import importlib

# The name below tensorflow.python, or below tensorflow, of a module or package, and the module in its place: all below it is
# like it.
_PACKAGES = {
    'contrib.data.python.ops.threadpool': 'reflow.data.experimental.ops.threadpool',
    **{'contrib.data.python.ops.' + name: 'reflow.tensorflow.contrib.data' for name in (
        'counter', 'enumerate_ops', 'error_ops', 'grouping', 'iterator_ops', 'parsing_ops', 'prefetching_ops', 'random_ops',
        'resampling', 'scan_ops', 'shuffle_ops', 'unique', 'writers')},
    'contrib.tpu.python': 'reflow.tensorflow.contrib.tpu',
    'contrib.tpu.python.tpu.tpu_function': 'reflow.tpu.tpu_function',
    'tpu': 'reflow.tensorflow.contrib.tpu',
    'debug.cli': 'reflow.debug',
    'debug.lib': 'reflow.debug',
    'debug.wrappers': 'reflow.debug',
    'client.client_lib': 'reflow.tensorflow',
    'framework.framework_lib': 'reflow.tensorflow',
    'keras.engine.saving': 'reflow.keras.saving',
    'grappler': None,
    'ops.bitwise_ops': 'reflow.tensorflow.bitwise',
    'ops.initializers_ns': 'reflow.tensorflow.initializers',
    'ops.linalg.linalg': 'reflow.tensorflow.linalg',
    'ops.linalg_ops_impl': 'reflow.tensorflow.linalg',
    'pywrap_tensorflow_internal': 'reflow.pywrap_tensorflow',
    'training.distribute': 'reflow.distribute.distribute_lib',
    'training.distribution_strategy_context': 'reflow.distribute.distribution_strategy_context',
}

# The same for those that have no module in their place, by the package that they lie in.
_NOTHING_IN_PLACE = {
    'autograph': '''
        converters.break_statements converters.continue_statements converters.return_statements core.naming pyct.anno
        pyct.ast_util pyct.cfg pyct.common_transformers pyct.compiler pyct.inspect_utils pyct.origin_info pyct.parser
        pyct.pretty_printer pyct.qual_names pyct.static_analysis pyct.templates pyct.transformer''',
    'compiler': 'tensorrt',
    'data.experimental.ops': 'distribute map_defun snapshot',
    'distribute': '''
        all_reduce cross_device_utils distribute_coordinator_context estimator_training input_ops multi_worker_util
        numpy_dataset shared_variable_creator summary_op_util tpu_strategy''',
    'eager': '''
        cancellation core execute execution_callbacks executor forwardprop graph_only_ops imperative_grad lift_to_graph
        profiler profiler_client remote''',
    'framework': '''
        auto_control_deps composite_tensor_utils convert_to_constants func_graph function_def_to_graph
        graph_to_function_def kernels op_callbacks op_def_library registry subscribe traceable_stack''',
    'keras': '''
        engine.base_layer_utils engine.base_preprocessing_layer engine.data_adapter engine.training_arrays
        engine.training_distributed engine.training_generator engine.training_utils engine.training_v2
        engine.training_v2_utils layers.kernelized layers.rnn_cell_wrapper_v2 saving.saving_utils utils.kernelized_utils
        utils.metrics_utils utils.mode_keys''',
    'ops': '''
        array_grad collective_ops cond_v2 control_flow_grad control_flow_state control_flow_util_v2
        cudnn_rnn_grad data_flow_grad gradient_checker_v2 image_grad linalg_grad manip_grad math_grad nccl_ops nn_grad
        op_selector parallel_for.gradients parallel_for.pfor random_grad rnn_grad sparse_grad state_grad
        tensor_array_grad while_v2''',
    'profiler': 'profile_context profiler',
    'saved_model': 'function_deserialization function_serialization revived_types signature_serialization',
    'training': 'tensorboard_logging',
    'util': 'example_parser_configuration lock_util memory module_wrapper serialization tf_stack',
}
_PACKAGES.update((f'{package}.{name}', None) for package, names in _NOTHING_IN_PLACE.items() for name in names.split())


def is_standin(name):
    """Whether `name`, without `reflow.`, is such a module or package."""
    return _package(name) is not None


def is_absent(value):
    """Whether it only stands for what Reflow does not have."""
    return isinstance(value, (_AbsentType, _Standin))


def _package(name):
    while name:
        if name in _PACKAGES:
            return name
        name = name.rpartition('.')[0]
    return None


class StandinLoader:
    """Makes such a module."""

    def __init__(self, name):
        self._name = name

    def create_module(self, spec):
        return _Standin(spec.name)

    def exec_module(self, module):
        module._in_its_place = _PACKAGES[_package(self._name)]
        below = 'tensorflow.' if self._name.startswith('contrib.') else 'tensorflow.python.'
        module._public_name = below + self._name


class _Standin(type(importlib)):
    """A module, or, since nobody knows which it would be, a function."""

    def __getattr__(self, name):
        if name.startswith('__') or '_in_its_place' not in vars(self):
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        value = getattr(importlib.import_module(self._in_its_place), name, None) if self._in_its_place else None
        if value is None:
            if name.lstrip('_')[:1].isupper():
                value = _absent_class(self._public_name, name)
            else:
                value = importlib.import_module(f'{self.__name__}.{name}')
        setattr(self, name, value)
        return value

    def __call__(self, *args, **kwargs):
        raise NotImplementedError(f'{self._public_name} is part of TensorFlow 1.15, but Reflow does not have it')


class _AbsentType(type):
    """Names of a class that is not there are not there either."""

    def __getattr__(cls, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return _absent_class(f'{cls.__module__}.{cls.__name__}', name)


def _absent_class(module, name):
    """A class that can be derived from, and not called: NotImplementedError."""
    message = f'{module}.{name} is part of TensorFlow 1.15, but Reflow does not have it'

    def __init__(self, *args, **kwargs):
        raise NotImplementedError(message)

    return _AbsentType(name, (), {'__init__': __init__, '__module__': module, '__doc__': f'Not there: {message}.'})
