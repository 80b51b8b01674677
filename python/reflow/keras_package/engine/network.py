"""The package's networks."""

from reflow.keras_package.engine.training import Model as Network  # noqa: F401
