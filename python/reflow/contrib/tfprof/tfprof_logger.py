"""Logs of what the profiler is told about ops, under their older name."""

from reflow.profiler import tfprof_logger
from reflow.profiler.tfprof_logger import TRAINABLE_VARIABLES  # noqa: F401
from reflow.util import deprecation


@deprecation.deprecated('2018-01-01', 'Use `tf.profiler.write_op_log. go/tfprof`')
def write_op_log(graph, log_dir, op_log=None, run_meta=None, add_trace=True):
    """tf.profiler.write_op_log."""
    tfprof_logger.write_op_log(graph, log_dir, op_log, run_meta, add_trace)
