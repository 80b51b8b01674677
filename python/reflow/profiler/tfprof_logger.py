"""What the profiler knows of operations, as OpLogProto."""

import os
import sys

from reflow.core.profiler import tfprof_log_pb2
from reflow.framework import ops
from reflow.platform import gfile
from reflow.profiler import flops

TRAINABLE_VARIABLES = '_trainable_variables'


def merge_default_with_oplog(graph, op_log=None, run_meta=None, add_trace=True, add_trainable_var=True):
    """An OpLogProto of floating-point operations and trainable variables of a graph, added to `op_log`."""
    graph = graph or ops.get_default_graph()
    entries = {}
    if op_log is not None:
        entries.update((entry.name, entry) for entry in op_log.log_entries)

    def entry_of(name):
        if name not in entries:
            entries[name] = tfprof_log_pb2.OpLogEntry(name=name)
        return entries[name]

    unknown = 0
    for op in graph.get_operations():
        try:
            count = flops.of_op(op)
        except ValueError:
            unknown += 1
            continue
        if count and not entry_of(op.name).float_ops:
            entries[op.name].float_ops = count
    if add_trainable_var:
        for variable in graph.get_collection(ops.GraphKeys.TRAINABLE_VARIABLES):
            entry_of(variable.op.name).types.append(TRAINABLE_VARIABLES)
    if unknown and not run_meta:
        sys.stderr.write('%d ops no flops stats due to incomplete shapes.\n' % unknown)
    result = tfprof_log_pb2.OpLogProto()
    result.log_entries.extend(entries.values())
    return result


def write_op_log(graph, log_dir, op_log=None, run_meta=None, add_trace=True):
    """Writes an OpLogProto to `log_dir`/tfprof_log."""
    log = merge_default_with_oplog(graph, op_log, run_meta, add_trace)
    with gfile.Open(os.path.join(log_dir, 'tfprof_log'), 'wb') as file:
        file.write(log.SerializeToString())
