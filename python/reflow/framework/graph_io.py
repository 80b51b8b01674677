"""Graphs as files."""
import os


def write_graph(graph_or_graph_def, logdir, name, as_text=True):
    """Writes a graph, GraphDef or other message to LOGDIR/NAME, as text or bytes; returns the path.

    The folder is made if it is not there, and the file is there only when it is complete.
    """
    from reflow.lib.io import file_io
    message = graph_or_graph_def
    if hasattr(message, 'as_graph_def'):
        message = message.as_graph_def()
    if not file_io.file_exists(logdir) and not logdir.startswith('gs:'):
        file_io.recursive_create_dir(logdir)
    path = os.path.join(logdir, name)
    if as_text:
        from reflow.framework import protos
        content = protos.to_text(message)
    else:
        content = message.SerializeToString()
    file_io.atomic_write_string_to_file(path, content)
    return path
