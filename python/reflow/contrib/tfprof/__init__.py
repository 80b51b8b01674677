"""`tf.contrib.tfprof`: tf.profiler under its older names."""
from reflow.contrib.tfprof import model_analyzer, tfprof_logger  # noqa: F401
