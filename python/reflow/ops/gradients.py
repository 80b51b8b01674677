"""All that computes gradients in graphs (tensorflow.python.ops.gradients)."""
from reflow.eager.backprop import GradientTape  # noqa: F401
from reflow.ops.custom_gradient import custom_gradient  # noqa: F401
from reflow.ops.gradients_impl import gradients, hessians  # noqa: F401
from reflow.ops.gradients_util import AggregationMethod  # noqa: F401
from reflow.ops.unconnected_gradients import UnconnectedGradients  # noqa: F401
