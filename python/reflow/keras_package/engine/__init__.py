"""Classes of the package keras: Layer, InputLayer, Model, Sequential."""

from reflow.keras_package.engine.base_layer import InputSpec, Layer  # noqa: F401
from reflow.keras_package.engine.input_layer import Input, InputLayer  # noqa: F401
from reflow.keras_package.engine.training import Model  # noqa: F401
from reflow.keras.utils.layer_utils import get_source_inputs  # noqa: F401
