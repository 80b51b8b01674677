"""`tf.summary`: ops whose values FileWriter writes to event files."""
from reflow import _core
from reflow.eager import context
from reflow.framework import ops, protos
from reflow.platform import tf_logging
from reflow.util import compat


def __getattr__(name):
    """The messages and the classes that tensorflow.python.summary.summary has too."""
    if name in ('Summary', 'SummaryDescription', 'SummaryMetadata'):
        return protos.message('tensorflow.' + name)
    if name in ('Event', 'SessionLog', 'TaggedRunMetadata'):
        return protos.message('tensorflow.' + name)
    if name == 'FileWriter':
        from reflow.summary.writer.writer import FileWriter
        return FileWriter
    if name == 'FileWriterCache':
        from reflow.summary.writer.writer_cache import FileWriterCache
        return FileWriterCache
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')


def clean_tag(name):
    """`name` as a summary can be called, which is said in the log where it is another; None for None."""
    if name is None:
        return None
    if isinstance(name, bytes):
        raise TypeError('cannot use a string pattern on a bytes-like object')
    cleaned = _core.clean_summary_tag(name)
    if cleaned != name:
        tf_logging.info('Summary name %s is illegal; using %s instead.' % (name, cleaned))
    return cleaned


def _tag(name):
    """`name` as a summary can be called. ValueError: None."""
    if name is None:
        raise ValueError('At least one of name (None) and default_name (None) must be provided.')
    if name == '':
        raise ValueError("'' is not a valid node name")
    return clean_tag(name)


def scalar(name, tensor, collections=None, family=None):
    """A summary of a number."""
    return _core.scalar_summary(_tag(name), tensor, collections, clean_tag(family) or '')


def image(name, tensor, max_outputs=3, collections=None, family=None):
    """A summary of images, [batch, height, width, channels] with 1, 3 or 4 channels: the first `max_outputs`."""
    return _core.image_summary(_tag(name), tensor, max_outputs, collections, clean_tag(family) or '')


def histogram(name, values, collections=None, family=None):
    """A summary of how the elements of a tensor are distributed."""
    return _core.histogram_summary(clean_tag(name) or 'HistogramSummary', values, collections, clean_tag(family) or '')


def audio(name, tensor, sample_rate, max_outputs=3, collections=None, family=None):
    """A summary of sounds, [batch, frames] or [batch, frames, channels] with samples from -1 to 1."""
    return _core.audio_summary(_tag(name), tensor, sample_rate, max_outputs, collections, clean_tag(family) or '')


def text(name, tensor, collections=None):
    """A summary of text, which TensorBoard shows as Markdown. ValueError: `tensor` isn't of type string."""
    if tensor.dtype != 'string':
        raise ValueError('Expected tensor %s to have dtype string, got %s' % (tensor.name, tensor.dtype))
    return _core.text_summary(clean_tag(name), tensor, collections)


def tensor_summary(name, tensor, summary_description=None, collections=None, summary_metadata=None, family=None,
                   display_name=None):
    """A summary of any tensor. `summary_metadata` says who shows it."""
    if summary_metadata is None:
        summary_metadata = protos.message('tensorflow.SummaryMetadata')()
    if summary_description is not None:
        summary_metadata.summary_description = summary_description
    if display_name is not None:
        summary_metadata.display_name = display_name
    return _core.tensor_summary(clean_tag(name), tensor, summary_metadata.SerializeToString(), collections,
                                clean_tag(family) or '')


def merge(inputs, collections=None, name=None):
    """One summary of several. RuntimeError: eager execution."""
    if context.executing_eagerly():
        raise RuntimeError('Merging tf.summary.* ops is not compatible with eager execution. Use tf.contrib.summary instead.')
    if inputs is None:
        raise TypeError("Expected list for 'inputs' argument to 'merge_summary' Op, not None.")
    if name == '':
        raise ValueError("'' is not a valid node name")
    return _core.merge_summary(inputs, collections, clean_tag(name) or '')


def merge_all(key=ops.GraphKeys.SUMMARIES, scope=None, name=None):
    """One summary of all in a collection, or of those below `scope`; None where there are none."""
    if context.executing_eagerly():
        raise RuntimeError('Merging tf.summary.* ops is not compatible with eager execution. Use tf.contrib.summary instead.')
    summaries = ops.get_collection(key, scope=scope)
    return merge(summaries, name=name) if summaries else None


def get_summary_description(node_def):
    """The SummaryDescription that a TensorSummary node has as JSON. ValueError: it is another op."""
    from google.protobuf import json_format
    if node_def.op != 'TensorSummary':
        raise ValueError("Can't get_summary_description on %s" % node_def.op)
    description = protos.message('tensorflow.SummaryDescription')()
    json_format.Parse(compat.as_str_any(node_def.attr['description'].s), description)
    return description
