"""`tf.contrib.tfprof`: tf.profiler under its older names."""
from reflow.contrib.tfprof import model_analyzer, tfprof_logger  # noqa: F401
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
