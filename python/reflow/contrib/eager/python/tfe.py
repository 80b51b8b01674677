"""Eager execution: the names of tf.contrib.eager."""

from reflow.contrib.eager.python import metrics
from reflow.contrib.eager.python.datasets import Iterator
from reflow.contrib.eager.python.network import Network
from reflow.contrib.eager.python.network import Sequential
from reflow.contrib.eager.python.network_checkpoints import restore_network_checkpoint
from reflow.contrib.eager.python.network_checkpoints import save_network_checkpoint
from reflow.contrib.eager.python.saver import Saver
from reflow.contrib.eager.python.saver import get_optimizer_variables
from reflow.contrib.eager.python.saver import restore_variables_on_create
from reflow.eager.backprop import GradientTape
from reflow.eager.backprop import gradients_function
from reflow.eager.backprop import implicit_grad as implicit_gradients
from reflow.eager.backprop import implicit_val_and_grad as implicit_value_and_gradients
from reflow.eager.backprop import make_vjp
from reflow.eager.backprop import val_and_grad_function as value_and_gradients_function
from reflow.eager.context import ASYNC
from reflow.eager.context import DEVICE_PLACEMENT_EXPLICIT
from reflow.eager.context import DEVICE_PLACEMENT_SILENT
from reflow.eager.context import DEVICE_PLACEMENT_WARN
from reflow.eager.context import SYNC
from reflow.eager.context import async_clear_error
from reflow.eager.context import async_wait
from reflow.eager.context import execution_mode
from reflow.eager.context import executing_eagerly
from reflow.eager.context import in_eager_mode
from reflow.eager.context import list_devices
from reflow.eager.context import num_gpus
from reflow.eager.def_function import function
from reflow.framework.ops import eager_run as run
from reflow.framework.ops import enable_eager_execution
from reflow.framework.tensor_spec import TensorSpec
from reflow.framework.test_modes import run_all_in_graph_and_eager_modes as run_all_tests_in_graph_and_eager_modes
from reflow.framework.test_modes import run_in_graph_and_eager_modes as run_test_in_graph_and_eager_modes
from reflow.ops.eager_variable_store import EagerVariableStore
from reflow.ops.resource_variable_ops import ResourceVariable as Variable
from reflow.ops.script_ops import eager_py_func as py_func
from reflow.training.tracking.tracking import AutoTrackable as Checkpointable
from reflow.training.tracking.util import CheckpointV1 as Checkpoint
from reflow.training.tracking.util import TrackableSaver as CheckpointableSaver

__all__ = [
    'ASYNC', 'Checkpoint', 'Checkpointable', 'CheckpointableSaver', 'DEVICE_PLACEMENT_EXPLICIT',
    'DEVICE_PLACEMENT_SILENT', 'DEVICE_PLACEMENT_WARN', 'EagerVariableStore', 'GradientTape', 'Iterator', 'Network',
    'SYNC', 'Saver', 'Sequential', 'TensorSpec', 'Variable', 'async_clear_error', 'async_wait', 'custom_gradient',
    'defun', 'enable_eager_execution', 'executing_eagerly', 'execution_mode', 'function', 'get_optimizer_variables',
    'gradients_function', 'implicit_gradients', 'implicit_value_and_gradients', 'in_eager_mode', 'list_devices',
    'make_vjp', 'metrics', 'num_gpus', 'py_func', 'restore_network_checkpoint', 'restore_variables_on_create', 'run',
    'run_all_tests_in_graph_and_eager_modes', 'run_test_in_graph_and_eager_modes', 'save_network_checkpoint',
    'value_and_gradients_function']


def defun(func=None, input_signature=None, autograph=True, experimental_autograph_options=None):
    """tf.function."""
    return function(func, input_signature, autograph, experimental_autograph_options=experimental_autograph_options)


def custom_gradient(f):
    """tf.custom_gradient."""
    from reflow.ops import custom_gradient as custom_gradient_lib
    return custom_gradient_lib.custom_gradient(f)
