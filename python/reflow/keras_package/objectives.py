"""Losses by the name that Keras 1 had for them."""

from reflow.keras_package.losses import *  # noqa: F401,F403
from reflow.keras_package.losses import deserialize, get, serialize  # noqa: F401
