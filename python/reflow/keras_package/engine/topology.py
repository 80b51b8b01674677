"""Where older programs find the base classes."""

from reflow.keras.utils.layer_utils import get_source_inputs  # noqa: F401
from reflow.keras_package.engine.base_layer import InputSpec, Layer, Node  # noqa: F401
from reflow.keras_package.engine.input_layer import Input, InputLayer  # noqa: F401
from reflow.keras_package.engine.training import Model as Network  # noqa: F401
