"""Where the package keeps TensorBoard."""

from reflow.keras_package.callbacks import TensorBoard  # noqa: F401
