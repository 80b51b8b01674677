"""`tf.contrib.hooks`."""
from reflow.names.packages import lazy_modules
from reflow.training.basic_session_run_hooks import ProfilerHook  # noqa: F401

__getattr__ = lazy_modules(__spec__.name)
