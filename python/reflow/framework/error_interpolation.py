"""Where the operations of a graph were made, as a message that stands beside an exported graph."""
import os

from reflow.framework import protos

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_MOST_CALLS = 10
_CALLS_WITHIN_THE_PACKAGE = 2  # behind the program's own, to say which function made the operation


def _useful_calls(op):
    """The calls that lead from the program to the operation, the outermost first."""
    calls = op.traceback
    own = [i for i, call in enumerate(calls) if not call[0].startswith((_PACKAGE, '<frozen '))]
    if not own:
        return calls[-_MOST_CALLS:]
    return calls[own[0]:own[-1] + 1 + _CALLS_WITHIN_THE_PACKAGE][-_MOST_CALLS:]


def create_graph_debug_info_def(operations):
    """The GraphDebugInfo of (name of a function, or '', Operation) pairs: for each the calls, the innermost first."""
    info = protos.message('tensorflow.GraphDebugInfo')()
    indices = {}  # of files
    for function, op in operations:
        trace = info.traces[function + op.name]
        for file, line, *_ in reversed(_useful_calls(op)):
            trace.file_line_cols.add(file_index=indices.setdefault(file, len(indices)), line=line)
    info.files.extend(indices)
    return info
