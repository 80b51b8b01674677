"""Reading event files."""
from reflow.framework import protos
from reflow.lib.io import tf_record


def summary_iterator(path):
    """Yields the Events of a file."""
    event = protos.message('tensorflow.Event')
    for record in tf_record.tf_record_iterator(path):
        yield event.FromString(record)
