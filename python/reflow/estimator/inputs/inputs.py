"""tf.estimator.inputs."""

from reflow.estimator.inputs.numpy_io import numpy_input_fn  # noqa: F401
from reflow.estimator.inputs.pandas_io import pandas_input_fn  # noqa: F401
