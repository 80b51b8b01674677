"""Traces for TensorBoard: the graphs of the functions that a program calls between trace_on and trace_export."""
import collections
import threading

from reflow import _core
from reflow.eager import function
from reflow.framework import ops
from reflow.framework import protos
from reflow.platform import tf_logging as logging

_Trace = collections.namedtuple('_Trace', ('graph', 'profiler'))
_lock = threading.Lock()
_trace = None  # what is being traced


def _is_outside(in_function, in_graph):
    """Whether operations run at once; else a warning says which of both isn't possible here."""
    if ops.inside_function():
        logging.warn(in_function)
    elif not _core.executing_eagerly():
        logging.warn(in_graph)
    else:
        return True
    return False


def trace_on(graph=True, profiler=False):
    """Begins a trace, in which all threads take part.

    Args:
      graph: whether the graphs of called functions are kept.
      profiler: whether more than these is kept. Reflow measures no times of operations that run at once, so that it is
        each function's graph with its name.
    """
    global _trace
    if not _is_outside('Cannot enable trace inside a tf.function.', 'Must enable trace in eager mode.'):
        return
    with _lock:
        if _trace is not None:
            logging.warn('Trace already enabled')
            return
        _trace = _Trace(graph, profiler)
        function.start_keeping_calls()


def trace_export(name, step=None, profiler_outdir=None):
    """Ends the trace and writes it, a summary `name`, to the default writer.

    Args:
      name: what the summary is called.
      step: its step; None: that of set_step.
      profiler_outdir: a folder for a profile. It has to be given where trace_on was told to profile.
    Raises:
      ValueError: there is no trace, no step, or no folder for the profile.
    """
    if not _is_outside('Cannot export trace inside a tf.function.', 'Can only export trace while executing eagerly.'):
        return
    with _lock:
        if _trace is None:
            raise ValueError('Must enable trace before export.')
        graph, profiler = _trace
        if profiler and profiler_outdir is None:
            raise ValueError('Required profiler_outdir is not specified')
    from reflow.ops import summary_ops_v2
    write = summary_ops_v2.run_metadata_graphs if graph and not profiler else summary_ops_v2.run_metadata
    write(name, _metadata(function.kept_calls(), profiler), step)
    trace_off()


def trace_off():
    """Ends the trace and forgets it."""
    global _trace
    with _lock:
        _trace = None
        function.stop_keeping_calls()


def _metadata(functions, profiler):
    """The RunMetadata of calls of ConcreteFunctions."""
    metadata = protos.message('tensorflow.RunMetadata')()
    for each in functions:
        graph_def = each.graph.as_graph_def()
        metadata.partition_graphs.add().CopyFrom(graph_def)
        if profiler:
            graphs = metadata.function_graphs.add()
            graphs.pre_optimization_graph.CopyFrom(graph_def)
            graphs.post_optimization_graph.CopyFrom(graph_def)
            graphs.partition_graphs.add().CopyFrom(graph_def)
    return metadata
