"""Where the package keeps all callbacks."""

from reflow.keras_package.callbacks import *  # noqa: F401,F403
