"""What programs use of TensorFlow's extension module: readers of checkpoints and of records, writers of event files."""
from reflow import _core
from reflow.util import compat


CheckpointReader = _core.CheckpointReader


def NewCheckpointReader(filepattern):
    """A reader of the checkpoint, V2 or V1, with this prefix: has_tensor, get_tensor, get_variable_to_shape_map, ..."""
    return _core.open_checkpoint(compat.as_str_any(compat.path_to_str(filepattern)))


def TF_TryEvaluateConstant_wrapper(graph, output):
    """The value of a tensor, as an array, where it follows from constants; None: it doesn't."""
    del graph
    return _core.constant_value(output)


def __getattr__(name):
    if name == 'EventsWriter':
        from reflow.summary.writer.events_writer import EventsWriter
        return EventsWriter
    if name == 'PyRecordReader_New':
        from reflow.lib.io.record_reader import new_record_reader
        return new_record_reader
    raise AttributeError('module %r has no attribute %r' % (__name__, name))
